/** Tests of the durable store as its users see it. */
@NullMarked
package dev.allframe.journal.allsource;

import org.jspecify.annotations.NullMarked;

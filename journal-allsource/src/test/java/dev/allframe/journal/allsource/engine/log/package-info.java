/** Tests of the entries' bytes. */
@NullMarked
package dev.allframe.journal.allsource.engine.log;

import org.jspecify.annotations.NullMarked;

/** Tests of the Pekko plugins on the store in memory. */
@NullMarked
package dev.allframe.journal.plugin;

import org.jspecify.annotations.NullMarked;

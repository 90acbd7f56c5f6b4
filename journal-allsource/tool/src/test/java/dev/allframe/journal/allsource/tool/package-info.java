/** Tests of the store's command line, each on a small real store. */
@NullMarked
package dev.allframe.journal.allsource.tool;

import org.jspecify.annotations.NullMarked;

/** What tests of the tool do to a store that no user can do. */
@NullMarked
package dev.allframe.journal.allsource.engine;

import org.jspecify.annotations.NullMarked;

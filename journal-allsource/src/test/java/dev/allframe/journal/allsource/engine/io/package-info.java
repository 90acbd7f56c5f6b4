/**
 * A disk that loses what was not forced, and the tests of the real ones. Read
 * {@link dev.allframe.journal.allsource.engine.io.SimulatedDisk} first.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.io;

import org.jspecify.annotations.NullMarked;

/**
 * What the engine needs of a file system. Read {@link dev.allframe.journal.allsource.engine.io.Disk} first. Knows
 * nothing of events; runs on the caller's thread.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.io;

import org.jspecify.annotations.NullMarked;

/**
 * The command line for stores. Read {@link dev.allframe.journal.allsource.tool.StoreTool} first. A command runs on the
 * thread that calls it, and works through {@link dev.allframe.journal.allsource.engine.closed.ClosedStore} and its
 * neighbours alone: only they know files.
 */
@NullMarked
package dev.allframe.journal.allsource.tool;

import org.jspecify.annotations.NullMarked;

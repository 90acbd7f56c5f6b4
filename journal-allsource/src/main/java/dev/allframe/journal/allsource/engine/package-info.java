/**
 * The store engine: one thread that writes, a tail in memory, sealed segments behind it. Read
 * {@link dev.allframe.journal.allsource.engine.Partition} first, then
 * {@link dev.allframe.journal.allsource.engine.View}, and for the threads that read
 * {@link dev.allframe.journal.allsource.engine.ReadThreads}. Knows no actor.
 */
@NullMarked
package dev.allframe.journal.allsource.engine;

import org.jspecify.annotations.NullMarked;

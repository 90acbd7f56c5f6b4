/**
 * The way from {@code contents} to a caller: the events of a stream by
 * {@link dev.allframe.journal.allsource.engine.read.StreamReads}, all events in the order of their positions by
 * {@link dev.allframe.journal.allsource.engine.read.PositionReads}. Changes nothing.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.read;

import org.jspecify.annotations.NullMarked;

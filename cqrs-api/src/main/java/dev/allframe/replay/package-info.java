/**
 * Stored events given to a handler once more: a range of them, at a rate, with its progress. Read
 * {@link dev.allframe.replay.ReplayType} first, which says what a replay does, then
 * {@link dev.allframe.replay.ReplayManager}, which starts it. Values and interfaces alone: the runtime runs replays.
 */
@NullMarked
package dev.allframe.replay;

import org.jspecify.annotations.NullMarked;

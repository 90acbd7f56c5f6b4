/**
 * One aggregate instance as one event-sourced actor, and the two hosts it can live in. Read
 * {@link dev.allframe.runtime.aggregate.AggregateActor} first, then
 * {@link dev.allframe.runtime.aggregate.AggregateHost}.
 *
 * <p>Rooms of the actor are {@link dev.allframe.runtime.aggregate.NewRecords},
 * {@link dev.allframe.runtime.aggregate.RecordVersions}, {@link dev.allframe.runtime.aggregate.Outcomes} and
 * {@link dev.allframe.runtime.aggregate.Snapshots}.
 *
 * <p>Messages are those of {@link dev.allframe.runtime.aggregate.AggregateMessage}; the code of an instance runs on
 * Pekko's dispatcher, one message at a time.
 */
@NullMarked
package dev.allframe.runtime.aggregate;

import org.jspecify.annotations.NullMarked;

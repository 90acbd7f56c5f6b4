package dev.allframe.store;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Keeps states of streams, so that not every record must be read again. Several for one stream. Callable from any thread. */
public interface SnapshotStore {

    /** Keeps a snapshot; one with the same stream and sequence number is replaced. Durable when the stage completes. */
    CompletionStage<Void> saveSnapshot(Snapshot snapshot);

    /** The snapshot with the highest sequence number among those meant. */
    CompletionStage<Optional<Snapshot>> getLatestSnapshot(StreamId stream, SnapshotCriteria criteria);

    /** Deletes those meant; none is no error. */
    CompletionStage<Void> deleteSnapshots(StreamId stream, SnapshotCriteria criteria);
}

package dev.allframe.store;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Keeps states of streams, so that not every record must be read again. Several for one stream. Callable from any
 * thread.
 *
 * <p>Snapshots and records know nothing of each other: a snapshot needs no record and makes no stream, and deleting
 * records leaves snapshots alone.
 *
 * <p>Stages fail with {@link StoreClosedException} after {@code close()}, and with {@link StoreOverloadedException}
 * where too much waits already.
 */
public interface SnapshotStore {

    /** Keeps a snapshot; one with the same stream and sequence number is replaced. Durable when the stage completes. */
    CompletionStage<Void> saveSnapshot(Snapshot snapshot);

    /**
     * The snapshot with the highest sequence number among those meant, whenever it was saved; empty where none is
     * meant.
     */
    CompletionStage<Optional<Snapshot>> getLatestSnapshot(StreamId stream, SnapshotCriteria criteria);

    /** Deletes those meant; none is no error. */
    CompletionStage<Void> deleteSnapshots(StreamId stream, SnapshotCriteria criteria);
}

package dev.allframe.journal.allsource.engine;

import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.DurableState;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a caller wants from the partition's thread, and where the answer goes. */
sealed interface Request {

    /** Where the answer goes. */
    CompletableFuture<?> result();

    record AppendEvents(Append append, CompletableFuture<Appended> result) implements Request {}

    record DeleteEvents(StreamId stream, long toSequenceNr, CompletableFuture<Void> result) implements Request {}

    record SaveSnapshot(Snapshot snapshot, CompletableFuture<Void> result) implements Request {}

    record DeleteSnapshots(StreamId stream, SnapshotCriteria criteria, CompletableFuture<Void> result)
            implements
                Request {}

    /** Sets a durable state, or deletes it where there is no payload; a delete keeps the tag. */
    record ChangeState(StreamId id, long revision, @Nullable Payload payload, String tag,
            CompletableFuture<DurableState> result) implements Request {}

    /** Looks at something after everything that was asked for before has been applied. */
    record Look<T>(Supplier<T> look, CompletableFuture<T> result) implements Request {}

    /** Ends the tail segment; answered when everything before is sealed. */
    record Seal(CompletableFuture<Void> result) implements Request {}

    /** What is taken while nothing changes. */
    @FunctionalInterface
    interface Taking<T> {

        T take(long lastLsn) throws IOException;
    }

    /**
     * Ends the tail segment and takes something of this moment; from then on no segment of the log is deleted until
     * {@link Thaw}. Nothing is held where it fails.
     */
    record Freeze<T>(Taking<T> taking, CompletableFuture<T> result) implements Request {}

    /** The log may be deleted again. */
    record Thaw(CompletableFuture<Void> result) implements Request {}

    /** The log up to an entry is no longer needed. */
    record Release(long lsn, CompletableFuture<Void> result) implements Request {}

    /** Ends the partition when everything before is done. */
    record Stop(CompletableFuture<Void> result) implements Request {}
}

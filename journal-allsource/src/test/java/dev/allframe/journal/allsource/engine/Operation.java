package dev.allframe.journal.allsource.engine;

import dev.allframe.store.Append;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StreamId;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Something a caller asks of a store. */
sealed interface Operation {

    CompletionStage<?> submitTo(EventStoreBackend store);

    /** Adds records. */
    record AppendEvents(Append append) implements Operation {
        @Override
        public CompletionStage<?> submitTo(EventStoreBackend store) {
            return store.append(append);
        }
    }

    /** Deletes records. */
    record DeleteEvents(StreamId stream, long to) implements Operation {
        @Override
        public CompletionStage<?> submitTo(EventStoreBackend store) {
            return store.deleteEventsTo(stream, to);
        }
    }

    /** Saves a snapshot. */
    record SaveSnapshot(Snapshot snapshot) implements Operation {
        @Override
        public CompletionStage<?> submitTo(EventStoreBackend store) {
            return store.saveSnapshot(snapshot);
        }
    }

    /** Deletes snapshots. */
    record DeleteSnapshots(StreamId stream, SnapshotCriteria criteria) implements Operation {
        @Override
        public CompletionStage<?> submitTo(EventStoreBackend store) {
            return store.deleteSnapshots(stream, criteria);
        }
    }

    /** Sets a durable state, or deletes it where there is no payload. */
    record ChangeState(StreamId id, long revision, @Nullable Payload payload, String tag) implements Operation {
        @Override
        public CompletionStage<?> submitTo(EventStoreBackend store) {
            return payload == null ? store.deleteState(id, revision) : store.upsertState(id, revision, payload, tag);
        }
    }

    /** Seals. */
    record Flush() implements Operation {
        @Override
        public CompletionStage<?> submitTo(EventStoreBackend store) {
            return store.flush();
        }
    }
}

package dev.allframe.journal.allsource.engine.write;

import dev.allframe.journal.allsource.engine.log.LogEntry;
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
public sealed interface Request {

    /** What a request takes besides payloads, about. */
    int OVERHEAD = 256;

    /** The answer is that nothing came of it, or that nobody knows. */
    void fail(Answers answers, Throwable reason);

    /**
     * What it takes of the bytes that may wait, about, and the same each time; nothing where it must not be refused.
     */
    default long bytes() {
        return 0;
    }

    /** Changes the store by entries of the log. Each part is decided, and answered, by itself. */
    sealed interface Change extends Request permits OneChange, AppendEach {

        /** How many parts it has. */
        int parts();

        /**
         * What a part becomes; null where there is nothing to change.
         *
         * @throws RuntimeException the answer, where the part is refused
         */
        @Nullable LogEntry entry(Admission admission, int part);

        /**
         * A part is done.
         *
         * @param entry what it became; null where there was nothing to change
         */
        void done(Answers answers, int part, @Nullable LogEntry entry);

        /** As {@link Request#fail}, of a part. */
        void fail(Answers answers, int part, Throwable reason);
    }

    /** A change that is one entry. */
    sealed interface OneChange extends Change {

        CompletableFuture<?> result();

        @Nullable LogEntry entry(Admission admission);

        void done(Answers answers, @Nullable LogEntry entry);

        @Override
        default int parts() {
            return 1;
        }

        @Override
        default @Nullable LogEntry entry(Admission admission, int part) {
            return entry(admission);
        }

        @Override
        default void done(Answers answers, int part, @Nullable LogEntry entry) {
            done(answers, entry);
        }

        @Override
        default void fail(Answers answers, int part, Throwable reason) {
            fail(answers, reason);
        }

        @Override
        default void fail(Answers answers, Throwable reason) {
            answers.fail(result(), reason);
        }
    }

    record AppendEvents(Append append, CompletableFuture<Appended> result) implements OneChange {

        @Override
        public long bytes() {
            return OVERHEAD + append.recordBytes();
        }

        @Override
        public LogEntry entry(Admission admission) {
            return admission.append(append);
        }

        @Override
        public void done(Answers answers, @Nullable LogEntry entry) {
            answers.succeed(result, answers.appended(entry));
        }
    }

    /** @param bytes what it takes of the bytes that may wait; nothing where it must not be refused */
    record DeleteEvents(StreamId stream, long toSequenceNr, long bytes, CompletableFuture<Void> result)
            implements
                OneChange {

        @Override
        public @Nullable LogEntry entry(Admission admission) {
            return admission.delete(stream, toSequenceNr);
        }

        @Override
        public void done(Answers answers, @Nullable LogEntry entry) {
            answers.done(result);
        }
    }

    record SaveSnapshot(Snapshot snapshot, CompletableFuture<Void> result) implements OneChange {

        @Override
        public long bytes() {
            return OVERHEAD + lengthOf(snapshot.payload()) + lengthOf(snapshot.metadata());
        }

        @Override
        public LogEntry entry(Admission admission) {
            return admission.save(snapshot);
        }

        @Override
        public void done(Answers answers, @Nullable LogEntry entry) {
            answers.done(result);
        }
    }

    record DeleteSnapshots(StreamId stream, SnapshotCriteria criteria, CompletableFuture<Void> result)
            implements
                OneChange {

        @Override
        public long bytes() {
            return OVERHEAD;
        }

        @Override
        public @Nullable LogEntry entry(Admission admission) {
            return admission.delete(stream, criteria);
        }

        @Override
        public void done(Answers answers, @Nullable LogEntry entry) {
            answers.done(result);
        }
    }

    /** Sets a durable state, or deletes it where there is no payload; a delete keeps the tag. */
    record ChangeState(StreamId id, long revision, @Nullable Payload payload, String tag,
            CompletableFuture<DurableState> result) implements OneChange {

        @Override
        public long bytes() {
            return OVERHEAD + lengthOf(payload);
        }

        @Override
        public LogEntry entry(Admission admission) {
            return admission.change(id, revision, payload, tag);
        }

        @Override
        public void done(Answers answers, @Nullable LogEntry entry) {
            answers.succeed(result, answers.changed(entry));
        }
    }

    /** Changes nothing; done when the group that came with it is applied. */
    sealed interface Afterwards extends Request {

        CompletableFuture<?> result();

        @Override
        default void fail(Answers answers, Throwable reason) {
            answers.fail(result(), reason);
        }
    }

    /** Looks at something after everything that was asked for before has been applied. */
    record Look<T>(Supplier<T> look, CompletableFuture<T> result) implements Afterwards {}

    /** Ends the tail segment; answered when everything before is sealed. */
    record Seal(CompletableFuture<Void> result) implements Afterwards {

        @Override
        public long bytes() {
            return OVERHEAD;
        }
    }

    /** What is taken while nothing changes. */
    @FunctionalInterface
    interface Taking<T> {

        /**
         * Takes it.
         *
         * @param lastLsn the last number in files of the log that change no more
         */
        T take(long lastLsn) throws IOException;
    }

    /**
     * Ends the tail segment and takes something of this moment; from then on no file of the log is deleted until
     * {@link Thaw}. Nothing is held where it fails.
     */
    record Freeze<T>(Taking<T> taking, CompletableFuture<T> result) implements Afterwards {}

    /** The log may be deleted again. */
    record Thaw(CompletableFuture<Void> result) implements Afterwards {}

    /** The log up to an entry is no longer needed. */
    record Release(long lsn, CompletableFuture<Void> result) implements Afterwards {}

    /**
     * Ends the partition when everything before is done.
     *
     * @param endsTail whether the tail segment is ended too, where nothing is in trouble
     */
    record Stop(boolean endsTail, CompletableFuture<Void> result) implements Afterwards {}

    private static long lengthOf(@Nullable Payload payload) {
        return payload == null ? 0 : payload.bytes().length;
    }
}

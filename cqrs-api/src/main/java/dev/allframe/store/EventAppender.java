package dev.allframe.store;

import dev.allframe.failure.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The writing half of a store of events. Callable from any thread; never blocks on another caller's work for long. */
public interface EventAppender {

    /**
     * Stores records at the end of a stream, all or none. When the stage completes they are as durable as the backend
     * promises and every read and every subscription sees them. Appends to one stream that one thread calls one after
     * the other take effect in that order.
     *
     * <p>The stage fails with
     * <ul>
     * <li>{@link VersionConflictException} if the stream is not as expected; nothing is stored, whatever else is in
     * flight;
     * <li>{@link RecordTooLargeException} if a record exceeds the backend's limit; nothing is stored;
     * <li>{@link AppendTooLargeException} if all records together exceed what the backend takes at once; nothing is
     * stored;
     * <li>{@link StoreFullException} if there is no room; nothing is stored, and reads go on;
     * <li>{@link StoreOverloadedException} if too much waits already; nothing is stored;
     * <li>{@link StoreClosedException} after {@code close()}.
     * </ul>
     * After any other failure it is unknown whether the records are stored; a repeat with the same
     * {@link ExpectedVersion.Exactly} finds out.
     */
    CompletionStage<Appended> append(Append append);

    /**
     * Stores what several appends ask for, in their order, each as {@link #append} does and whatever becomes of the
     * others. A backend that makes them durable together, and answers them together, spends less on each. It refuses
     * none because too much waits: whoever calls this waits for the answer before the next call.
     *
     * @param appends of any streams, of one also several
     * @param answer is given the outcomes of all, in their order, when the last is known; called once, on any thread,
     *        also on the calling one. It must return at once and not throw: other callers may wait for it
     */
    default void appendEach(List<Append> appends, Consumer<List<AppendOutcome>> answer) {
        List<Append> all = List.copyOf(Objects.requireNonNull(appends, "appends"));
        Objects.requireNonNull(answer, "answer");
        AppendOutcome[] outcomes = new AppendOutcome[all.size()];
        List<CompletableFuture<?>> decided = new ArrayList<>(outcomes.length);
        for (int i = 0; i < outcomes.length; i++) {
            int number = i;
            decided.add(attempt(all.get(i)).handle((appended, failure) -> outcomes[number] = failure == null
                    ? new AppendOutcome.Stored(appended)
                    : new AppendOutcome.Failed(Failures.unwrapped(failure))).toCompletableFuture());
        }
        CompletableFuture<Void> unused = CompletableFuture.allOf(decided.toArray(CompletableFuture[]::new))
                .thenRun(() -> answer.accept(List.of(outcomes)));
    }

    private CompletionStage<Appended> attempt(Append append) {
        try {
            return append(append);
        } catch (RuntimeException | Error thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    /**
     * Deletes the records of a stream up to a sequence number, included; {@link Long#MAX_VALUE} deletes all. They are
     * not read again in any way. The stream's version stays what it was, for ever: a number above it deletes no record
     * that is yet to come. Where there is nothing to delete, nothing happens.
     */
    CompletionStage<Void> deleteEventsTo(StreamId stream, long toSequenceNr);
}

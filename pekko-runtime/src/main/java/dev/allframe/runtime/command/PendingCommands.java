package dev.allframe.runtime.command;

import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The dispatches that wait for their answer, so many at most. When the actor system ends, its timers end with it, and
 * who still waits is told here that no answer will come. Thread-safe.
 */
final class PendingCommands {

    private final Set<Pending<?>> pending = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final int limit;
    private final Executor answers;
    private volatile @Nullable String ended;

    /**
     * Nothing waits.
     *
     * @param answers gives each dispatch its result
     */
    PendingCommands(int limit, Executor answers) {
        this.limit = limit;
        this.answers = answers;
    }

    /** A dispatch under way. */
    static final class Pending<E extends Event> {

        private final CompletableFuture<CommandResult<E>> result = new CompletableFuture<>();
        private final boolean identified;
        private final AtomicBoolean counted = new AtomicBoolean(true);

        private Pending(boolean identified) {
            this.identified = identified;
        }

        CompletableFuture<CommandResult<E>> result() {
            return result;
        }
    }

    /** One more; null where there is no room. */
    <E extends Event> @Nullable Pending<E> add(boolean identified) {
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            return null;
        }
        Pending<E> added = new Pending<>(identified);
        pending.add(added);
        String reason = ended;
        if (reason != null) { // it may have come too late to be found, and is not sent
            forget(added);
            added.result.complete(new CommandResult.Failed<>(new CommandError.ShuttingDown()));
        }
        return added;
    }

    /** Completes when everything that waits at this moment has its result. */
    CompletableFuture<Void> answered() {
        return CompletableFuture
                .allOf(pending.stream().map(waiting -> waiting.result).toArray(CompletableFuture<?>[]::new));
    }

    /**
     * Gives a dispatch its result. Makes room first, for what the caller's code sends then; the dispatch waits until it
     * has its result.
     */
    <E extends Event> void complete(Pending<E> done, CommandResult<E> result) {
        makeRoom(done);
        answers.execute(() -> {
            done.result.complete(result);
            pending.remove(done);
        });
    }

    private void makeRoom(Pending<?> done) {
        if (done.counted.compareAndSet(true, false)) {
            count.decrementAndGet();
        }
    }

    private void forget(Pending<?> done) {
        makeRoom(done);
        pending.remove(done);
    }

    /** Answers everyone who waits, and everyone who comes later. */
    void abandon(String reason) {
        ended = reason;
        pending.forEach(waiting -> abandon(waiting, reason));
    }

    private <E extends Event> void abandon(Pending<E> waiting, String reason) {
        complete(waiting, new CommandResult.Failed<>(
                CommandError.NoAnswer.unknown(reason + "; the outcome of the command is unknown", waiting.identified)));
    }
}

package dev.allframe.runtime.command;

import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The dispatches that wait for their answer, so many at most. When the actor system ends, its timers end with it, and who still waits is told here that no answer will come.
 * Thread-safe.
 */
final class PendingCommands {

    private final Set<Pending<?>> pending = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final int limit;
    private volatile @Nullable String ended;

    PendingCommands(int limit) {
        this.limit = limit;
    }

    /** A dispatch under way. */
    static final class Pending<E extends Event> {

        private final CompletableFuture<CommandResult<E>> result = new CompletableFuture<>();
        private final boolean identified;

        private Pending(boolean identified) {
            this.identified = identified;
        }

        CompletableFuture<CommandResult<E>> result() {
            return result;
        }

        private void abandon(String reason) {
            result.complete(new CommandResult.Failed<>(
                    new CommandError.NoAnswer(reason + "; the outcome of the command is unknown", identified)));
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
            complete(added, new CommandResult.Failed<>(
                    new CommandError.NoAnswer(reason + "; the command was not sent", true)));
        }
        return added;
    }

    /** Completes when everything that waits at this moment has its result. */
    CompletableFuture<Void> answered() {
        return CompletableFuture
                .allOf(pending.stream().map(waiting -> waiting.result).toArray(CompletableFuture<?>[]::new));
    }

    <E extends Event> void complete(Pending<E> done, CommandResult<E> result) {
        release(done);
        done.result.complete(result);
    }

    private void release(Pending<?> done) {
        if (pending.remove(done)) {
            count.decrementAndGet();
        }
    }

    /** Answers everyone who waits, and everyone who comes later. */
    void abandon(String reason) {
        ended = reason;
        pending.forEach(waiting -> abandon(waiting, reason));
    }

    private void abandon(Pending<?> waiting, String reason) {
        release(waiting);
        waiting.abandon(reason);
    }
}

package dev.allframe.journal.allsource.engine.threads;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Completes the stages of an engine, each on a virtual thread of its own: a caller's code may wait there for the store,
 * or for another stage, and holds up neither a thread of the engine nor another stage. Thread-safe.
 */
public final class AnswerThreads {

    /*
     * A thread for a group of stages would be cheaper, and one callback that waits for a later stage of its group would
     * hold up both for ever. Whether a stage has callbacks cannot be known before it is completed: they may be added
     * at that moment, and CompletableFuture has no place to intervene.
     */

    private final AtomicInteger running = new AtomicInteger();
    private volatile @Nullable Thread waiting;

    public <T extends @Nullable Object> void complete(CompletableFuture<T> result, T value) {
        run(() -> result.complete(value));
    }

    public void fail(CompletableFuture<?> result, Throwable reason) {
        run(() -> result.completeExceptionally(reason));
    }

    /** Completes a stage with what a caller's code makes of an answer. */
    public <T extends @Nullable Object> void completeWith(CompletableFuture<T> result, Supplier<T> value) {
        run(() -> {
            T made;
            try {
                made = value.get();
            } catch (Throwable refused) {
                result.completeExceptionally(refused);
                return;
            }
            result.complete(made);
        });
    }

    /** Runs something that completes stages. */
    public void run(Runnable completion) {
        running.incrementAndGet();
        Runnable counted = () -> {
            try {
                completion.run();
            } finally {
                ended();
            }
        };
        try {
            Thread.startVirtualThread(counted);
        } catch (Error noMemory) { // an answer that may hold somebody up is better than none
            counted.run();
        }
    }

    private void ended() {
        if (running.decrementAndGet() == 0) {
            LockSupport.unpark(waiting);
        }
    }

    /** Waits a while until what was run has ended; whatever a caller's code still does then, it does alone. */
    public void awaitEnd(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        waiting = Thread.currentThread();
        while (running.get() > 0 && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(this, Math.max(1, end - System.nanoTime()));
            interrupted |= Thread.interrupted();
        }
        waiting = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

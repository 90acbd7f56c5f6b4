package dev.allframe.journal.allsource.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Work and waits that an interrupt does not end; it is kept for the caller.
 */
final class Threads {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private Threads() {}

    /** What may fail as the disk does. */
    interface Work {

        void run() throws IOException;
    }

    /**
     * Does something on a thread of its own, which nobody interrupts, and waits for its end. An interrupt of the caller
     * ends neither the work nor the waiting, and stays set. What the work throws is thrown here.
     */
    static void run(String name, Work work) throws IOException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (Throwable failed) {
                done.completeExceptionally(failed);
            }
        });
        try {
            done.join(); // which an interrupt does not end
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case IOException disk -> throw disk;
                case RuntimeException other -> throw other;
                case Error error -> throw error;
                case null, default -> throw failed;
            }
        }
    }

    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until the tasks of an executor that was shut down have ended.
     *
     * @throws IOException if they have not within a minute
     */
    static void awaitEnd(ExecutorService executor) throws IOException {
        boolean interrupted = false;
        try {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!executor.isTerminated()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new IOException("a read did not end within a minute");
                }
                try {
                    executor.awaitTermination(left, TimeUnit.NANOSECONDS);
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits a while for a thread to end. */
    static void join(Thread thread, Duration patience) {
        try {
            thread.join(patience);
        } catch (InterruptedException stray) {
            Thread.currentThread().interrupt();
        }
    }
}

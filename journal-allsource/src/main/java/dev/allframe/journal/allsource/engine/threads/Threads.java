package dev.allframe.journal.allsource.engine.threads;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Waits that an interrupt does not end; it is kept for the caller. */
public final class Threads {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private Threads() {}

    public static void join(Thread thread) {
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
    public static void join(Thread thread, Duration patience) {
        try {
            thread.join(patience);
        } catch (InterruptedException stray) {
            Thread.currentThread().interrupt();
        }
    }
}

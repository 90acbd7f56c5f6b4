package dev.allframe.journal.allsource.engine;

import java.time.Duration;

/** Waits that an interrupt does not end, because an interrupt would close the engine's files; it is kept for the caller. */
final class Threads {

    private Threads() {}

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

    /** Waits a while for a thread to end. */
    static void join(Thread thread, Duration patience) {
        try {
            thread.join(patience);
        } catch (InterruptedException stray) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.allframe.journal.allsource.engine.io;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Work that an interrupt of the caller does not end. */
public final class Uninterrupted {

    private Uninterrupted() {}

    /** What gives a value, or fails as the disk does. */
    public interface Call<T> {

        T call() throws IOException;
    }

    /** What may fail as the disk does. */
    public interface Work {

        void run() throws IOException;
    }

    /**
     * Does something on a thread of its own, which nobody interrupts, and waits for its end. An interrupt of the caller
     * ends neither the work nor the waiting, and stays set. What the work throws is thrown here.
     */
    public static <T> T call(String name, Call<T> work) throws IOException {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                done.complete(work.call());
            } catch (Throwable failed) {
                done.completeExceptionally(failed);
            }
        });
        try {
            return done.join(); // which an interrupt does not end
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case IOException disk -> throw disk;
                case RuntimeException other -> throw other;
                case Error error -> throw error;
                case null, default -> throw failed;
            }
        }
    }

    /** As {@link #call}, without a value. */
    public static void run(String name, Work work) throws IOException {
        call(name, () -> {
            work.run();
            return name;
        });
    }
}

package dev.allframe.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Starts and ends actor systems on a thread of its own. Pekko waits in both, and an interrupt of the caller would end
 * the waiting with an exception in the middle.
 */
final class Uninterrupted {

    private Uninterrupted() {}

    /**
     * Does something on a thread that nobody interrupts, and waits for its end. An interrupt of the caller ends
     * neither, and stays set. What the work throws is thrown here.
     */
    static <T> T call(String name, Supplier<T> work) {
        try { // join goes on when it is interrupted
            return CompletableFuture.supplyAsync(work, task -> Thread.ofPlatform().daemon().name(name).start(task))
                    .join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw failed;
            }
        }
    }
}

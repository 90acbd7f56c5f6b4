package dev.allframe.runtime.projection;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Does pieces of work one after the other, on threads that may wait. Thread-safe. */
final class Serial {

    private final Executor executor;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    Serial(Executor executor) {
        this.executor = executor;
    }

    /** Does something behind all that was given before; its failure is that of its stage alone. */
    synchronized <T> CompletionStage<T> submit(Supplier<T> work) {
        CompletableFuture<T> next = last.handleAsync((done, failed) -> work.get(), executor);
        last = next;
        return next;
    }
}

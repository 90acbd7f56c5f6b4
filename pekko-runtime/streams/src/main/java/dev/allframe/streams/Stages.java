package dev.allframe.streams;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls of a storage whose outcome is always a stage. Callable from any thread. */
public final class Stages {

    private Stages() {}

    /**
     * Calls on the caller's thread, and turns a thrown failure into a failed stage.
     *
     * @return the stage that the call returns, itself; a failed stage if the call throws anything
     */
    public static <T extends @Nullable Object> CompletionStage<T> attempt(Supplier<CompletionStage<T>> call) {
        try {
            return call.get();
        } catch (Throwable failure) { // Scala throws checked exceptions without saying so
            return CompletableFuture.failedFuture(failure);
        }
    }
}

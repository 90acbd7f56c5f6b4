package dev.allframe.journal.allsource.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for stages, and never for ever. */
final class Stages {

    private static final long PATIENCE_SECONDS = 20;

    private Stages() {}

    /** What it completes with; its failure is thrown as it is. */
    static <T extends @Nullable Object> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException reason) {
                throw reason;
            }
            throw new AssertionError("failed with an exception that no caller expects", failed.getCause());
        } catch (TimeoutException hangs) {
            throw new AssertionError("a stage did not complete in " + PATIENCE_SECONDS + " s", hangs);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Why it failed; null where it did not. */
    static @Nullable RuntimeException failure(CompletionStage<?> stage) {
        try {
            get(stage);
            return null;
        } catch (RuntimeException failed) {
            return failed;
        }
    }

    /** Runs something that must end, on another thread. */
    static void run(Runnable action) {
        get(CompletableFuture.runAsync(action, task -> Thread.ofPlatform().daemon().start(task)).handle((done, why) -> {
            if (why instanceof java.util.concurrent.CompletionException wrapped
                    && wrapped.getCause() instanceof RuntimeException reason) {
                throw reason;
            }
            return null;
        }));
    }
}

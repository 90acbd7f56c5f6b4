package dev.allframe.journal.plugin;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import scala.concurrent.Future;
import scala.concurrent.Future$;
import scala.concurrent.Promise;

/** From the storage's stages to Scala's futures. What is complete stays complete: no callback, no other thread. */
final class Futures {

    private Futures() {}

    /** The stage that a call returns; a failed one if the call throws. */
    static <T extends @Nullable Object> CompletionStage<T> attempt(Supplier<CompletionStage<T>> call) {
        try {
            return call.get();
        } catch (Throwable failure) { // Scala throws checked exceptions without saying so
            return CompletableFuture.failedFuture(failure);
        }
    }

    /** The future of the stage that a call returns; a failed one if the call throws. */
    static <T extends @Nullable Object> Future<T> future(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> stage = attempt(call).toCompletableFuture();
        return switch (stage.state()) {
            case SUCCESS -> Future.successful(stage.resultNow());
            case FAILED -> Future$.MODULE$.failed(unwrapped(stage.exceptionNow()));
            case RUNNING, CANCELLED -> pending(stage);
        };
    }

    private static <T extends @Nullable Object> Future<T> pending(CompletionStage<T> stage) {
        Promise<T> promise = Promise.apply();
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                promise.success(value);
            } else {
                promise.failure(unwrapped(failure));
            }
        });
        return promise.future();
    }

    /** What a stage failed with, without the wrapper that stages put around the failures of earlier ones. */
    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}

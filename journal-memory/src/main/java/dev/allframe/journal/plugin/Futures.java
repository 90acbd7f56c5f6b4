package dev.allframe.journal.plugin;

import dev.allframe.failure.Failures;
import dev.allframe.streams.Stages;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import scala.concurrent.Future;
import scala.concurrent.Future$;
import scala.concurrent.Promise;

/** From the storage's stages to Scala's futures. What is complete stays complete: no callback, no other thread. */
final class Futures {

    private Futures() {}

    /** The future of the stage that a call returns; a failed one if the call throws. */
    static <T extends @Nullable Object> Future<T> future(Supplier<CompletionStage<T>> call) {
        CompletableFuture<T> stage = Stages.attempt(call).toCompletableFuture();
        return switch (stage.state()) {
            case SUCCESS -> Future.successful(stage.resultNow());
            case FAILED -> Future$.MODULE$.failed(Failures.unwrapped(stage.exceptionNow()));
            case RUNNING, CANCELLED -> pending(stage);
        };
    }

    private static <T extends @Nullable Object> Future<T> pending(CompletionStage<T> stage) {
        Promise<T> promise = Promise.apply();
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                promise.success(value);
            } else {
                promise.failure(Failures.unwrapped(failure));
            }
        });
        return promise.future();
    }
}

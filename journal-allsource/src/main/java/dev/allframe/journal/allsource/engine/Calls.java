package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.threads.ReadThreads;
import dev.allframe.journal.allsource.engine.write.Request;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreOverloadedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * On which thread a call of a caller is done, and how what it refuses is told: by its stage. Thread-safe; takes nothing
 * more once it is closed.
 */
final class Calls {

    private final Engine engine;
    private final String storeId;
    private volatile boolean closed;

    Calls(Engine engine) {
        this.engine = engine;
        this.storeId = engine.storeId();
    }

    /** Hands a request to the writer. */
    <T extends @Nullable Object> CompletionStage<T> request(Function<CompletableFuture<T>, Request> request) {
        return attempt(() -> {
            CompletableFuture<T> result = new CompletableFuture<>();
            engine.submit(request.apply(result));
            return result;
        });
    }

    /** What a call refuses, it refuses by its stage. */
    <T extends @Nullable Object> CompletionStage<T> attempt(Supplier<CompletionStage<T>> call) {
        try {
            checkOpen();
            return call.get();
        } catch (RuntimeException | Error refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    /** Reads on a reading thread. */
    <T> CompletionStage<T> read(Supplier<T> read) {
        return read(read, answer -> answer);
    }

    <R, T> CompletionStage<T> read(Supplier<R> read, Function<R, T> finish) {
        return readOn(engine.readThreads().readers(), read, finish);
    }

    /**
     * Reads on a thread of the engine.
     *
     * @param finish makes the answer of what was read, on a thread that the engine does not need: runs callers' code
     */
    <R, T> CompletionStage<T> readOn(ExecutorService threads, Supplier<R> read, Function<R, T> finish) {
        return attempt(() -> {
            CompletableFuture<T> result = new CompletableFuture<>();
            try {
                threads.execute(() -> readInto(result, read, finish));
            } catch (RejectedExecutionException refused) {
                throw threads.isShutdown()
                        ? new StoreClosedException(storeId)
                        : new StoreOverloadedException("store " + storeId + ": " + ReadThreads.MAX_WAITING
                                + " reads wait already; try again");
            }
            return result;
        });
    }

    private <R, T> void readInto(CompletableFuture<T> result, Supplier<R> read, Function<R, T> finish) {
        try {
            R answer = read.get();
            engine.answerThreads().completeWith(result, () -> finish.apply(answer));
        } catch (Throwable failed) {
            engine.answerThreads().fail(result, failed);
        }
    }

    /** Answers on the caller's thread where memory has the answer, else on a thread of the engine. */
    <T> CompletionStage<T> read(Supplier<@Nullable T> fromMemory, ExecutorService threads,
            Supplier<T> fromFiles) {
        return attempt(() -> {
            T there = fromMemory.get();
            return there == null
                    ? readOn(threads, fromFiles, answer -> answer)
                    : CompletableFuture.completedFuture(there);
        });
    }

    void checkOpen() {
        if (closed) {
            throw new StoreClosedException(storeId);
        }
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
    }
}

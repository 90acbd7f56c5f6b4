package dev.allframe.api.testkit.conformance;

import dev.allframe.store.StoreClosedException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** A connection to a database and the one thread that uses it, a transaction for each call. */
final class H2Thread implements AutoCloseable {

    /** What is done in a transaction; what it throws rolls it back. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private final String storeId;
    private final Connection connection;
    /** Stages are completed apart from the thread, each on one of its own: callbacks may wait for the store. */
    private final ExecutorService answers = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());

    H2Thread(String url, String storeId) {
        this.storeId = storeId;
        try {
            connection = DriverManager.getConnection(url);
            connection.setAutoCommit(false);
        } catch (SQLException failure) {
            throw new IllegalStateException("the database cannot be opened", failure);
        }
    }

    <T> CompletionStage<T> run(Work<T> work) {
        return run(work, result -> {});
    }

    /** The callback runs after the commit and before the stage completes. */
    <T> CompletionStage<T> run(Work<T> work, Consumer<T> committed) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        try {
            thread.execute(() -> {
                try {
                    T result = transaction(work);
                    committed.accept(result);
                    answers.execute(() -> stage.complete(result));
                } catch (SQLException | RuntimeException | Error failure) {
                    answers.execute(() -> stage.completeExceptionally(failure));
                }
            });
        } catch (RejectedExecutionException closed) {
            stage.completeExceptionally(new StoreClosedException(storeId));
        }
        return stage;
    }

    private <T> T transaction(Work<T> work) throws SQLException {
        boolean committed = false;
        try {
            T result = work.on(connection);
            connection.commit();
            committed = true;
            return result;
        } finally {
            if (!committed) {
                connection.rollback();
            }
        }
    }

    /** Waits for the calls under way. */
    @Override
    public void close() {
        thread.close();
        answers.close();
        try {
            connection.close();
        } catch (SQLException failure) {
            throw new IllegalStateException("the database cannot be closed", failure);
        }
    }
}

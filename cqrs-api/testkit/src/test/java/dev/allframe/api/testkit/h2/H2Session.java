package dev.allframe.api.testkit.h2;

import static java.util.concurrent.CompletableFuture.failedFuture;

import dev.allframe.store.StoreClosedException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** One connection with a thread of its own: work is done in the order of the calls, each piece in a transaction that sees one state of the data. */
final class H2Session {

    private final Connection connection;
    private final ExecutorService thread;

    H2Session(String url, String name) {
        try {
            connection = DriverManager.getConnection(url);
            connection.setAutoCommit(false);
        } catch (SQLException failure) {
            throw new IllegalStateException("cannot open " + url, failure);
        }
        thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
    }

    /** Something to do with the connection. */
    interface Work<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }

    <T extends @Nullable Object> CompletableFuture<T> call(String storeId, Work<T> work) {
        try {
            return CompletableFuture.supplyAsync(() -> now(work), thread);
        } catch (RejectedExecutionException stopped) {
            return failedFuture(new StoreClosedException(storeId));
        }
    }

    /** Does the work on the calling thread; nobody else may be using the connection. */
    <T extends @Nullable Object> T now(Work<T> work) {
        try {
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (SQLException failure) {
            rollback();
            throw new IllegalStateException(failure);
        } catch (RuntimeException refused) {
            rollback();
            throw refused;
        }
    }

    private void rollback() {
        try {
            connection.rollback();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Takes no more work and waits for what was taken. */
    void stop() {
        thread.close();
    }

    void disconnect() {
        try {
            connection.close();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}

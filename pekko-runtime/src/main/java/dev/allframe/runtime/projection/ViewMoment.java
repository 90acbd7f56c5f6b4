package dev.allframe.runtime.projection;

import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewReader;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.view.ViewSnapshot;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A view's rows at one moment, which are kept until it is closed. Any thread reads and closes; closing twice does
 * nothing.
 */
public final class ViewMoment<K, R> implements AutoCloseable {

    private final ProjectionType<K, R> type;
    private final ViewSnapshot snapshot;
    private final RowsDigest digest;
    private final Readers readers;
    private final ViewReader<K, R> rows;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean damaged;

    /**
     * @param readers of which it is one, until it is closed
     * @param onDamage is told where rows cannot be read
     */
    ViewMoment(ProjectionType<K, R> type, ViewSnapshot snapshot, RowsDigest digest, Readers readers,
            ViewReader<K, R> rows, Consumer<CorruptStoreException> onDamage) {
        this.type = type;
        this.snapshot = snapshot;
        this.digest = digest;
        this.readers = readers;
        this.rows = new ReportingRows<>(rows, failed -> {
            damaged = true;
            onDamage.accept(failed);
        });
    }

    /** The view. */
    public ProjectionType<K, R> type() {
        return type;
    }

    /** Its rows. */
    public ViewReader<K, R> rows() {
        return rows;
    }

    /** Of these rows. */
    public RowsDigest digest() {
        return digest;
    }

    /** Whether rows could not be read: the view is set aside and built anew. */
    public boolean isDamaged() {
        return damaged;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                snapshot.close();
            } finally {
                readers.leave();
            }
        }
    }
}

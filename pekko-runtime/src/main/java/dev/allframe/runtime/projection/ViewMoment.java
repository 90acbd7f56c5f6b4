package dev.allframe.runtime.projection;

import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewReader;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewTable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

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
    private final Consumer<CorruptStoreException> onDamage;
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
        this.onDamage = failed -> {
            damaged = true;
            onDamage.accept(failed);
        };
        this.rows = new ReportingRows<>(rows, this.onDamage);
    }

    /** The view. */
    public ProjectionType<K, R> type() {
        return type;
    }

    /** Its rows. */
    public ViewReader<K, R> rows() {
        return rows;
    }

    /** Its stored rows in the order of their keys, to be closed. */
    Cursor stored() {
        Cursor walk = reporting(() -> snapshot.cursor(ViewTable.ROWS, KeyRange.all(), false));
        return new Cursor() {
            @Override
            public boolean next() {
                return reporting(walk::next);
            }

            @Override
            public byte[] key() {
                return walk.key();
            }

            @Override
            public byte[] value() {
                return reporting(walk::value);
            }

            @Override
            public void close() {
                walk.close();
            }
        };
    }

    private <T> T reporting(Supplier<T> read) {
        try {
            return read.get();
        } catch (CorruptStoreException failed) {
            onDamage.accept(failed);
            throw failed;
        }
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

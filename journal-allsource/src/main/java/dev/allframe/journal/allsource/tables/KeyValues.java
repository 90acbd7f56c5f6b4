package dev.allframe.journal.allsource.tables;

import java.nio.file.Path;

/**
 * Tables of ordered keys. Any thread reads, one thread writes.
 *
 * <p>A batch is readable when {@link #write} returns and on disk when a later {@link #flush} returns. After a crash the
 * tables hold a prefix of the batches, of which none is in half: all that were written before the last flush, perhaps
 * more. Whoever writes keeps what is needed to write the rest again.
 */
public interface KeyValues extends Reads, AutoCloseable {

    /** Everything as it is at this moment. */
    TablesView view();

    /**
     * Applies all changes of a batch or none.
     *
     * @throws dev.allframe.store.StoreFullException if there is no room; may be tried again
     * @throws dev.allframe.store.StoreFailedException if the disk failed, now or before: nothing is taken any more
     */
    void write(Batch batch);

    /**
     * Makes everything written before durable.
     *
     * @throws dev.allframe.store.StoreFullException if there is no room; may be tried again
     * @throws dev.allframe.store.StoreFailedException if the disk failed: nothing is taken any more
     */
    void flush();

    /**
     * Makes a copy in a directory that does not exist, which {@link RocksKeyValues#open} can open. Contains at least
     * what was written before the call.
     */
    void checkpoint(Path directory);

    /**
     * Reads everything that is on disk and compares checksums.
     *
     * @throws dev.allframe.store.CorruptStoreException at the first difference
     */
    void verify();

    /** Counters of this moment. */
    KeyValuesStats stats();

    /**
     * Waits for calls under way, ends cursors and views, and releases everything. What was not flushed is lost. Closing
     * twice does nothing.
     */
    @Override
    void close();
}

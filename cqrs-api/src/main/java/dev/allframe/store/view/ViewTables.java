package dev.allframe.store.view;

/**
 * One generation of a view. Any thread reads, one thread writes.
 *
 * <p>A batch is readable when {@link #write} returns and durable when a later {@link #flush} returns. After a crash the
 * tables hold a prefix of the batches, of which none is in half: all that were written before the last flush, perhaps
 * more.
 */
public interface ViewTables extends ViewReads, AutoCloseable {

    /** The number of the generation inside its view. */
    long generation();

    /** All tables as they are at this moment, between two batches. To be closed. */
    ViewSnapshot snapshot();

    /**
     * Applies all changes of a batch or none.
     *
     * @throws dev.allframe.store.StoreFullException if there is no room; the same batch may be tried again
     * @throws dev.allframe.store.StoreFailedException if the disk failed, now or before: nothing is taken any more
     */
    void write(ViewBatch batch);

    /**
     * Makes every batch that was written before durable. Waits for the disk.
     *
     * @throws dev.allframe.store.StoreFullException if there is no room; may be tried again
     * @throws dev.allframe.store.StoreFailedException if the disk failed: nothing is taken any more
     */
    void flush();

    /** Bytes on disk, about, without what waits for a flush; of a storage in memory 0. */
    long bytes();

    /** Waits for calls under way, ends cursors and snapshots. What was not flushed may be lost. Repeats do nothing. */
    @Override
    void close();
}

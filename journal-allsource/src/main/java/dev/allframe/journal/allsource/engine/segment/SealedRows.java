package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.store.StoredEvent;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/**
 * The rows of one sealed segment in one of its files, in {@link RowOrder}. Thread-safe until it is closed. What does
 * not have its checksum throws a {@link dev.allframe.store.CorruptStoreException} that names file and offset.
 */
public sealed interface SealedRows extends Closeable permits RowFile, ParquetSegment {

    /** The id of its segment. */
    long segmentId();

    /** How many rows it has, one or more. */
    int rowCount();

    /**
     * Reads neighbouring rows and no more of the file than they need.
     *
     * @param firstRow the number of the first, from 0
     * @param count how many, 0 or more
     * @throws IndexOutOfBoundsException if there are not so many
     */
    List<StoredEvent> read(int firstRow, int count) throws IOException;

    /**
     * Reads neighbouring rows like {@link #read}, as many as a page has room for and one at least: it ends before
     * {@link dev.allframe.store.EventReader#MAX_PAGE_BYTES} are far exceeded.
     *
     * @param count how many at most, 1 or more
     */
    List<StoredEvent> readPage(int firstRow, int count) throws IOException;

    /**
     * All rows in order, holding only a few at a time. Throws {@link java.io.UncheckedIOException} where the disk
     * fails; for one thread.
     */
    Iterator<StoredEvent> rows();
}

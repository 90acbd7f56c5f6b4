package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.spi.PageBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open Parquet file. Keeps its footer and page index in memory, and no rows; {@link #rows()} holds the pages of one
 * row group, about 8 MiB. A page has a checksum of its own; footer, page index and what stands before a page have none.
 * They are compared with the {@link Digest} of the file: the end of it when it is opened, each other MiB when it is
 * first read.
 * <h2>Threads</h2> Any; the file must not be closed while somebody reads.
 */
public final class ParquetSegment implements SealedRows {

    private final CheckedFile file;
    private final Path name;
    private final String storeId;
    private final long segmentId;
    private final ParquetFooter footer;

    private ParquetSegment(CheckedFile file, Path name, UUID storeId, long segmentId, ParquetFooter footer) {
        this.file = file;
        this.name = name;
        this.storeId = storeId.toString();
        this.segmentId = segmentId;
        this.footer = footer;
    }

    /**
     * Opens a file and reads its footer.
     *
     * @param digest what the file must be
     * @throws CorruptStoreException if it cannot be read, or is of another segment or store
     * @throws UnsupportedFormatException if a newer version or another program wrote it
     */
    public static ParquetSegment open(Disk disk, Path name, UUID storeId, long segmentId, Digest digest)
            throws IOException {
        return open(disk, name, storeId, segmentId, digest, digest);
    }

    /** As {@link #open}, but believes what stands before a page, where nothing better is left. */
    static ParquetSegment openDamaged(Disk disk, Path name, UUID storeId, long segmentId, Digest digest)
            throws IOException {
        return open(disk, name, storeId, segmentId, digest, null);
    }

    private static ParquetSegment open(Disk disk, Path name, UUID storeId, long segmentId, Digest digest,
            @Nullable Digest ofPages) throws IOException {
        DiskFile file = disk.openReadOnly(name);
        try {
            ParquetFooter footer = ParquetFooter.read(file, name, digest);
            if (!storeId.toString().equals(footer.metadata().get(EventSchema.STORE_KEY))
                    || !Long.toString(segmentId).equals(footer.metadata().get(EventSchema.SEGMENT_KEY))) {
                throw CorruptStoreException.at(name, 0,
                        "is not the Parquet file of segment " + segmentId + " of store " + storeId);
            }
            return new ParquetSegment(new CheckedFile(file, name, ofPages), name, storeId, segmentId, footer);
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    @Override
    public long segmentId() {
        return segmentId;
    }

    @Override
    public int rowCount() {
        return footer.rows();
    }

    String storeId() {
        return storeId;
    }

    @Override
    public List<StoredEvent> read(int firstRow, int count) throws IOException {
        Objects.checkFromIndexSize(firstRow, count, rowCount());
        List<StoredEvent> rows = new ArrayList<>(count);
        int endRow = firstRow + count;
        for (ParquetFooter.Group group : footer.groups()) {
            int from = Math.max(firstRow, group.firstRow());
            int to = Math.min(endRow, group.endRow());
            if (from < to) {
                decoding(group, () -> {
                    EventColumns columns = columns(group, from, to);
                    for (int row = from; row < to; row += EventColumns.BATCH_ROWS) {
                        columns.next(Math.min(EventColumns.BATCH_ROWS, to - row), rows);
                    }
                });
            }
        }
        return rows;
    }

    @Override
    public List<StoredEvent> readPage(int firstRow, int count) throws IOException {
        Objects.checkFromIndexSize(firstRow, count, rowCount());
        PageBuilder<StoredEvent> page = PageBuilder.ofEvents(count);
        List<StoredEvent> step = new ArrayList<>();
        for (ParquetFooter.Group group : footer.groups()) {
            int from = Math.max(firstRow, group.firstRow());
            int to = Math.min(firstRow + count, group.endRow());
            if (from < to && !page.isFull()) {
                decoding(group, () -> {
                    EventColumns columns = columns(group, from, to);
                    for (int row = from; row < to && !page.isFull(); row += EventColumns.BATCH_ROWS) {
                        columns.next(Math.min(EventColumns.BATCH_ROWS, to - row), step);
                        for (int i = 0; i < step.size() && !page.isFull(); i++) {
                            page.add(step.get(i));
                        }
                        step.clear();
                    }
                });
            }
        }
        return page.elements();
    }

    /** The rows that a filter wants, by the columns that it asks for; no others are read. */
    BitSet select(EventFilter filter) throws IOException {
        BitSet selected = new BitSet(footer.rows());
        for (ParquetFooter.Group group : footer.groups()) {
            decoding(group, () -> new RowSelection(file, group, footer.writer()).rows(filter)
                    .stream()
                    .forEach(row -> selected.set(group.firstRow() + row)));
        }
        return selected;
    }

    /** Reads rows in order, and of the file the pages in which they stand and few others. */
    void read(BitSet rows, Consumer<StoredEvent> into) throws IOException {
        for (ParquetFooter.Group group : footer.groups()) {
            int row = rows.nextSetBit(group.firstRow());
            while (row >= 0 && row < group.endRow()) {
                int from = row;
                int to = endOfNeighbours(rows, row, group.endRow());
                decoding(group, () -> read(columns(group, from, to), rows, from, to, into));
                row = rows.nextSetBit(to);
            }
        }
    }

    /** Rows with fewer than so many others between them are read together. */
    private static int endOfNeighbours(BitSet rows, int row, int endRow) {
        int end = Math.min(rows.nextClearBit(row), endRow);
        int next = rows.nextSetBit(end);
        while (next >= 0 && next < endRow && next - end < 4 * EventColumns.BATCH_ROWS) {
            end = Math.min(rows.nextClearBit(next), endRow);
            next = rows.nextSetBit(end);
        }
        return end;
    }

    private static void read(EventColumns columns, BitSet rows, int from, int to, Consumer<StoredEvent> into) {
        List<StoredEvent> batch = new ArrayList<>(EventColumns.BATCH_ROWS);
        for (int row = from; row < to;) {
            int end = Math.min(Math.min(rows.nextClearBit(row), to), row + EventColumns.BATCH_ROWS);
            columns.next(end - row, batch);
            batch.forEach(into);
            batch.clear();
            int next = rows.nextSetBit(end);
            if (next > end && next < to) {
                columns.skip(next - end);
                row = next;
            } else {
                row = end;
            }
        }
    }

    private EventColumns columns(ParquetFooter.Group group, int fromRow, int toRow) throws IOException {
        return new EventColumns(file, group, footer.writer(), storeId, fromRow - group.firstRow(),
                toRow - fromRow);
    }

    private interface Decoding {

        void run() throws IOException;
    }

    private void decoding(ParquetFooter.Group group, Decoding decoding) throws IOException {
        try {
            decoding.run();
        } catch (EventStoreException told) {
            throw told;
        } catch (RuntimeException malformed) {
            throw new CorruptStoreException("file=" + name + " row=" + group.firstRow()
                    + ": the row group that begins here holds no rows", malformed);
        }
    }

    @Override
    public Iterator<StoredEvent> rows() {
        return new Scan();
    }

    private final class Scan extends Steps {

        private int group = -1;
        private @Nullable EventColumns columns;

        Scan() {
            super(footer.rows());
        }

        @Override
        int rowsOfStep(int row) {
            return Math.min(EventColumns.BATCH_ROWS, footer.groups().get(groupOf(row)).endRow() - row);
        }

        private int groupOf(int row) {
            return group < 0 || row == footer.groups().get(group).endRow() ? group + 1 : group;
        }

        @Override
        List<StoredEvent> step(int row, int count) throws IOException {
            List<StoredEvent> rows = new ArrayList<>(count);
            int wanted = groupOf(row);
            ParquetFooter.Group from = footer.groups().get(wanted);
            decoding(from, () -> {
                EventColumns open = columns;
                if (open == null || wanted != group) {
                    open = columns(from, from.firstRow(), from.endRow());
                    columns = open;
                    group = wanted;
                }
                open.next(count, rows);
            });
            return rows;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    @Override
    public String toString() {
        return "ParquetSegment[" + name + "]";
    }
}

package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.MalformedBytesException;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventFilter;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;

/**
 * The rows of a segment, or those of them that a filter may want, in memory, encoded, and their order by position: for
 * reads in position order. A row costs its bytes and twelve more; it is decoded when it is asked for. Immutable, for
 * any thread.
 */
public final class LoadedSegment {

    /** This object without any row. */
    private static final int BASE_BYTES = 128;

    private final long segmentId;
    private final String storeId;
    private final EncodedRows rows;
    private final int[] byPosition;

    private LoadedSegment(long segmentId, String storeId, EncodedRows rows) {
        this.segmentId = segmentId;
        this.storeId = storeId;
        this.rows = rows;
        long[] positions = new long[rows.count()];
        for (int row = 0; row < positions.length; row++) {
            positions[row] = rows.position(row);
        }
        byPosition = PositionOrder.of(positions);
    }

    /** Loads all rows of a file. */
    public static LoadedSegment of(SealedRows rows) throws IOException {
        return of(rows, EventFilter.all());
    }

    /**
     * Loads those rows of a file that a filter wants, and reads little more of it. Of a row file that filter is one of
     * slices, in the order of which the rows stand, or none; rows beside them are loaded too.
     */
    public static LoadedSegment of(SealedRows rows, EventFilter wanted) throws IOException {
        return switch (rows) {
            case RowFile file -> of(file,
                    wanted instanceof EventFilter.BySlices slices ? file.blocksOf(slices) : file.blocks());
            case ParquetSegment file -> of(file, file.select(wanted));
        };
    }

    private static LoadedSegment of(RowFile file, RowFile.Blocks blocks) throws IOException {
        byte[] raw = file.rawBytes(blocks);
        try {
            return new LoadedSegment(file.segmentId(), file.storeId(),
                    EncodedRows.ofBlocks(raw, file.rowsOf(blocks)));
        } catch (MalformedBytesException | IllegalArgumentException malformed) {
            throw new CorruptStoreException(file + ": the blocks hold no rows", malformed);
        }
    }

    private static LoadedSegment of(ParquetSegment file, BitSet wanted) throws IOException {
        Encoder encoder = new Encoder(wanted.cardinality());
        file.read(wanted, encoder::add);
        return new LoadedSegment(file.segmentId(), file.storeId(), encoder.rows());
    }

    /** Takes as many rows as were announced. */
    private static final class Encoder {

        private final ByteWriter out = new ByteWriter(1 << 16);
        private final int[] offsets;
        private final int[] streamOf;
        private final List<StreamId> streams = new ArrayList<>();
        private int row;

        Encoder(int rows) {
            offsets = new int[rows];
            streamOf = new int[rows];
        }

        void add(StoredEvent event) {
            if (streams.isEmpty() || !streams.getLast().equals(event.stream())) {
                streams.add(event.stream());
            }
            offsets[row] = out.size();
            streamOf[row] = streams.size() - 1;
            RowCodec.write(out, event);
            row++;
        }

        EncodedRows rows() {
            return new EncodedRows(out.toByteArray(), offsets, streamOf, streams.toArray(new StreamId[0]));
        }
    }

    public long segmentId() {
        return segmentId;
    }

    public int rowCount() {
        return rows.count();
    }

    /** Bytes of memory, about. */
    public long sizeBytes() {
        return BASE_BYTES + rows.sizeBytes() + 4L * byPosition.length;
    }

    /** A row by its number in {@link RowOrder}, among those that are loaded. */
    public StoredEvent rowAt(int row) {
        return rows.row(row, storeId);
    }

    /** The stream of a row, without decoding it. */
    public StreamId streamAt(int row) {
        return rows.stream(row);
    }

    /** The position of a row, without decoding it. */
    public long positionAt(int row) {
        return rows.position(row);
    }

    /** The number in {@link RowOrder} of the row with so many lower positions in this segment. */
    public int rowInPositionOrder(int index) {
        return byPosition[index];
    }

    /** How many rows have a position up to this one: where to go on with {@link #rowInPositionOrder}. */
    public int countUpTo(long position) {
        int low = 0;
        int high = byPosition.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (positionAt(byPosition[middle]) <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The rows with a higher position than this, in the order of their positions. */
    public Iterator<StoredEvent> after(long position) {
        return Arrays.stream(byPosition, countUpTo(position), byPosition.length).mapToObj(this::rowAt).iterator();
    }
}

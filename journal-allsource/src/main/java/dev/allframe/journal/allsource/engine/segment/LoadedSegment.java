package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.MalformedBytesException;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * All rows of a segment in memory, encoded, and their order by position: for reads in position order, which touch the whole segment. A row costs its bytes
 * and twelve more; it is decoded when it is asked for. Immutable, for any thread.
 */
public final class LoadedSegment {

    /** A stream id in memory besides its text. */
    private static final int STREAM_BYTES = 64;

    private final long segmentId;
    private final String storeId;
    private final byte[] bytes;
    private final int[] offsets;
    private final int[] streamOf;
    private final StreamId[] streams;
    private final int[] byPosition;

    private LoadedSegment(long segmentId, String storeId, byte[] bytes, int[] offsets, int[] streamOf,
            StreamId[] streams) {
        this.segmentId = segmentId;
        this.storeId = storeId;
        this.bytes = bytes;
        this.offsets = offsets;
        this.streamOf = streamOf;
        this.streams = streams;
        long[] positions = new long[offsets.length];
        for (int row = 0; row < positions.length; row++) {
            positions[row] = RowCodec.position(reader(row));
        }
        byPosition = PositionOrder.of(positions);
    }

    /** Loads all rows of a file. */
    public static LoadedSegment of(SealedRows rows) throws IOException {
        return switch (rows) {
            case RowFile file -> of(file);
            case ParquetSegment file -> of(file);
        };
    }

    private static LoadedSegment of(RowFile file) throws IOException {
        byte[] raw = file.rawBytes();
        int[] offsets = new int[file.rowCount()];
        int[] streamOf = new int[file.rowCount()];
        List<StreamId> streams = new ArrayList<>();
        String last = "";
        try {
            ByteReader in = new ByteReader(raw);
            for (int row = 0; row < offsets.length; row++) {
                int length = in.count();
                int next = in.offset() + length;
                if (in.present()) {
                    String stream = in.text();
                    if (!stream.equals(last)) {
                        streams.add(new StreamId(stream));
                        last = stream;
                    }
                }
                offsets[row] = in.offset();
                streamOf[row] = streams.size() - 1;
                in.skip(next - in.offset());
            }
            return new LoadedSegment(file.segmentId(), file.storeId(), raw, offsets, streamOf,
                    streams.toArray(new StreamId[0]));
        } catch (MalformedBytesException | IllegalArgumentException malformed) {
            throw new CorruptStoreException(file + ": the blocks hold no rows", malformed);
        }
    }

    private static LoadedSegment of(ParquetSegment file) {
        ByteWriter out = new ByteWriter(1 << 20);
        int[] offsets = new int[file.rowCount()];
        int[] streamOf = new int[file.rowCount()];
        List<StreamId> streams = new ArrayList<>();
        Iterator<StoredEvent> rows = file.rows();
        for (int row = 0; row < offsets.length; row++) {
            StoredEvent event = rows.next();
            if (streams.isEmpty() || !streams.getLast().equals(event.stream())) {
                streams.add(event.stream());
            }
            offsets[row] = out.size();
            streamOf[row] = streams.size() - 1;
            RowCodec.write(out, event);
        }
        return new LoadedSegment(file.segmentId(), file.storeId(), out.toByteArray(), offsets, streamOf,
                streams.toArray(new StreamId[0]));
    }

    private ByteReader reader(int row) {
        return new ByteReader(bytes, offsets[row], bytes.length - offsets[row]);
    }

    public long segmentId() {
        return segmentId;
    }

    public int rowCount() {
        return offsets.length;
    }

    /** Bytes of memory, about. */
    public long sizeBytes() {
        long size = bytes.length + 12L * offsets.length;
        for (StreamId stream : streams) {
            size += STREAM_BYTES + 2L * stream.value().length();
        }
        return size;
    }

    /** A row by its number in {@link RowOrder}. */
    public StoredEvent rowAt(int row) {
        return RowCodec.read(reader(Objects.checkIndex(row, offsets.length)), streams[streamOf[row]], storeId);
    }

    /** The stream of a row, without decoding it. */
    public StreamId streamAt(int row) {
        return streams[streamOf[row]];
    }

    /** The position of a row, without decoding it. */
    public long positionAt(int row) {
        return RowCodec.position(reader(row));
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

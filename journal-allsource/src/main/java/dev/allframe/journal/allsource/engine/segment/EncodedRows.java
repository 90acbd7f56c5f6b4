package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.MalformedBytesException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Rows in memory, encoded, each with its place and its stream, so that any of them is decoded without those before it.
 * A row costs its bytes and eight more. Immutable, for any thread.
 */
final class EncodedRows {

    /** A stream id in memory besides its text. */
    private static final int STREAM_BYTES = 64;

    /** This object without any row. */
    private static final int BASE_BYTES = 128;

    private final byte[] bytes;
    private final int[] offsets;
    private final int[] streamOf;
    private final StreamId[] streams;

    /**
     * Rows of which the places are known.
     *
     * @param offsets of each row, behind its stream
     * @param streamOf the place of each row's stream among the streams
     */
    EncodedRows(byte[] bytes, int[] offsets, int[] streamOf, StreamId[] streams) {
        this.bytes = bytes;
        this.offsets = offsets;
        this.streamOf = streamOf;
        this.streams = streams;
    }

    /**
     * The rows of one or more blocks of a row file.
     *
     * @param raw the blocks decompressed, one behind the other
     * @param rows how many they have
     * @throws MalformedBytesException or IllegalArgumentException if these are no such rows
     */
    static EncodedRows ofBlocks(byte[] raw, int rows) {
        int[] offsets = new int[rows];
        int[] streamOf = new int[rows];
        List<StreamId> streams = new ArrayList<>();
        String last = "";
        ByteReader in = new ByteReader(raw);
        for (int row = 0; row < rows; row++) {
            int length = in.count();
            int next = in.offset() + length;
            if (in.present()) {
                String stream = in.text();
                if (!stream.equals(last)) {
                    streams.add(new StreamId(stream));
                    last = stream;
                }
            }
            if (streams.isEmpty()) {
                throw new MalformedBytesException("the first row has no stream");
            }
            offsets[row] = in.offset();
            streamOf[row] = streams.size() - 1;
            in.skip(next - in.offset());
        }
        return new EncodedRows(raw, offsets, streamOf, streams.toArray(new StreamId[0]));
    }

    int count() {
        return offsets.length;
    }

    /** Bytes of memory, about. */
    long sizeBytes() {
        long size = BASE_BYTES + bytes.length + 8L * offsets.length;
        for (StreamId stream : streams) {
            size += STREAM_BYTES + 2L * stream.value().length();
        }
        return size;
    }

    /** The bytes of a row, and what lies behind it. */
    private ByteReader reader(int row) {
        return new ByteReader(bytes, offsets[row], bytes.length - offsets[row]);
    }

    /** Decodes a row. */
    StoredEvent row(int row, String storeId) {
        Objects.checkIndex(row, offsets.length);
        return RowCodec.read(reader(row), streams[streamOf[row]], storeId);
    }

    /** The stream of a row, without decoding it. */
    StreamId stream(int row) {
        return streams[streamOf[row]];
    }

    /** The position of a row, without decoding it. */
    long position(int row) {
        return RowCodec.position(reader(row));
    }
}

package dev.allframe.store;

import java.util.List;
import java.util.Objects;

/**
 * A request to store records at the end of a stream, all or none.
 *
 * @param stream where
 * @param expected the version that the stream must have
 * @param writer who writes, for diagnosis
 * @param records one or more, in order
 */
public record Append(StreamId stream, ExpectedVersion expected, String writer, List<Envelope> records) {

    public Append {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(writer, "writer");
        records = List.copyOf(records);
        if (records.isEmpty()) {
            throw new IllegalArgumentException("an append needs at least one record, stream=" + stream);
        }
    }

    /**
     * The size of the largest record in bytes, by which storages hold their limit ({@link RecordTooLargeException}). It
     * counts whatever of a record can be long: the bytes of its payload and of its adapter metadata with their
     * manifests, and as UTF-8 its type, tags, metadata, command record, adapter manifest and writer. Numbers and times
     * are not counted, and neither is the stream's id.
     */
    public long largestRecordBytes() {
        long largest = 0;
        for (Envelope record : records) {
            largest = Math.max(largest, RecordBytes.of(record));
        }
        return largest + RecordBytes.utf8(writer);
    }

    /** The size of all records together in bytes, each counted as by {@link #largestRecordBytes} but for the writer. */
    public long recordBytes() {
        long bytes = 0;
        for (Envelope record : records) {
            bytes += RecordBytes.of(record);
        }
        return bytes;
    }
}

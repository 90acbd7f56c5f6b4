package dev.allframe.store;

import java.util.List;

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
        records = List.copyOf(records);
        if (records.isEmpty()) {
            throw new IllegalArgumentException("an append needs at least one record, stream=" + stream);
        }
    }
}

package dev.allframe.projection.fold;

import dev.allframe.store.Envelope;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The last record that a generation has applied, so that a store that has another record in its place is noticed: a
 * store that lost its end, or a copy that went another way.
 *
 * @param stream its stream
 * @param sequenceNr its number there
 * @param position its place in the store
 * @param checksum CRC-32C of its type and contents
 */
public record Witness(StreamId stream, long sequenceNr, Position position, int checksum) {

    /** Of a record. */
    public static Witness of(StoredEvent event) {
        Envelope record = event.envelope();
        CRC32C crc = new CRC32C();
        crc.update(record.eventType().getBytes(StandardCharsets.UTF_16LE));
        crc.update(record.payload().bytes());
        return new Witness(event.stream(), event.sequenceNr(), event.position(), (int) crc.getValue());
    }

    /** Whether this is the record. */
    public boolean isOf(StoredEvent event) {
        return equals(of(event));
    }
}

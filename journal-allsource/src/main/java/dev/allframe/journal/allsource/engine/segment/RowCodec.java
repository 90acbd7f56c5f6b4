package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.EnvelopeCodec;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;

/** The bytes of a row without its stream, in row files and in memory. */
final class RowCodec {

    private RowCodec() {}

    static void write(ByteWriter out, StoredEvent row) {
        out.varint(row.sequenceNr());
        out.varint(row.position().index());
        out.text(row.writer());
        EnvelopeCodec.write(out, row.envelope());
    }

    static StoredEvent read(ByteReader in, StreamId stream, String storeId) {
        long sequenceNr = in.varint();
        Position position = new Position(storeId, 0, 0, in.varint());
        return new StoredEvent(stream, sequenceNr, position, in.repeatedText(), EnvelopeCodec.read(in));
    }

    /** The position alone, of the row that begins here. */
    static long position(ByteReader in) {
        in.varint();
        return in.varint();
    }

    /** Refuses a row whose position would read back as another. */
    static void checkPosition(StoredEvent row, String storeId) {
        Position position = row.position();
        if (position.partition() != 0 || position.epoch() != 0 || !position.storeId().equals(storeId)) {
            throw new IllegalArgumentException("not a position of partition 0 of store " + storeId + ": " + position);
        }
    }
}

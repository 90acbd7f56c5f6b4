package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.EnvelopeCodec;
import dev.allframe.store.DurableState;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import java.time.Instant;

/**
 * The entries of the state, format 1. Keys as in {@link Keys}; every value begins with u8 1.
 * <pre>
 *   meta       text "header"                            → see StoreHeader
 *              text "counters"                          → applied lsn, deleted events, snapshots,
 *                                                         bytes of snapshots, live states, bytes of states,
 *                                                         last change: each varint
 *   snapshots  stream text, sequence number signed      → epoch ms zigzag varint, payload,
 *                                                         optional payload (metadata)
 *   states     id text                                  → revision varint, change varint, epoch ms zigzag varint,
 *                                                         tag text,
 *                                                         optional payload (none: deleted)
 *   changes    change unsigned                          → id text; the last change of each id alone
 *   deleted    stream text                              → deleted up to, varint
 *   types      entity type text, event type text, version unsigned → nothing
 * </pre>
 */
final class StateFormat {

    static final byte[] COUNTERS = Keys.key().text("counters").bytes();

    private static final int PAYLOAD_MARGIN = 96;

    private StateFormat() {}

    static byte[] counters(StateCounters counters) {
        ByteWriter out = Values.begin(80);
        out.varint(counters.appliedLsn());
        out.varint(counters.deletedEvents());
        out.varint(counters.snapshots());
        out.varint(counters.snapshotBytes());
        out.varint(counters.liveStates());
        out.varint(counters.stateBytes());
        out.varint(counters.lastChange());
        return out.toByteArray();
    }

    static StateCounters counters(byte[] value) {
        return Values.read(Table.META, value, in -> new StateCounters(in.varint(), in.varint(), in.varint(),
                in.varint(), in.varint(), in.varint(), in.varint()));
    }

    static byte[] snapshotKey(byte[] stream, long sequenceNr) {
        return Keys.key().raw(stream).signed(sequenceNr).bytes();
    }

    static byte[] snapshot(Snapshot snapshot) {
        ByteWriter out = Values.begin(PAYLOAD_MARGIN + snapshot.payload().bytes().length);
        out.zigzag(snapshot.timestamp().toEpochMilli());
        EnvelopeCodec.payload(out, snapshot.payload());
        EnvelopeCodec.optionalPayload(out, snapshot.metadata());
        return out.toByteArray();
    }

    static Snapshot snapshot(byte[] key, byte[] value) {
        Keys.Reader parts = new Keys.Reader(key);
        return Values.read(Table.SNAPSHOTS, value, in -> new Snapshot(parts.stream(), parts.signed(),
                Instant.ofEpochMilli(in.zigzag()), EnvelopeCodec.payload(in), EnvelopeCodec.optionalPayload(in)));
    }

    static byte[] state(DurableState state) {
        int payloadBytes = state.payload() == null ? 0 : state.payload().bytes().length;
        ByteWriter out = Values.begin(PAYLOAD_MARGIN + payloadBytes);
        out.varint(state.revision());
        out.varint(state.position().index());
        out.zigzag(state.timestamp().toEpochMilli());
        out.text(state.tag());
        EnvelopeCodec.optionalPayload(out, state.payload());
        return out.toByteArray();
    }

    static DurableState state(StreamId id, byte[] value, String storeId) {
        return Values.read(Table.STATES, value, in -> {
            long revision = in.varint();
            Position position = new Position(storeId, 0, 0, in.varint());
            Instant timestamp = Instant.ofEpochMilli(in.zigzag());
            String tag = in.text();
            return new DurableState(id, revision, position, timestamp, EnvelopeCodec.optionalPayload(in), tag);
        });
    }

    static byte[] change(StreamId id) {
        ByteWriter out = Values.begin(id.value().length() + 8);
        out.text(id.value());
        return out.toByteArray();
    }

    static StreamId changeId(byte[] value) {
        return Values.read(Table.CHANGES, value, in -> new StreamId(in.text()));
    }

    static byte[] deletedTo(long sequenceNr) {
        ByteWriter out = Values.begin(11);
        out.varint(sequenceNr);
        return out.toByteArray();
    }

    static long deletedTo(byte[] value) {
        return Values.read(Table.DELETED, value, ByteReader::varint);
    }

    static byte[] typeKey(StoredType type) {
        return Keys.key().text(type.entityType()).text(type.eventType()).unsigned(type.version()).bytes();
    }

    static byte[] type() {
        return Values.begin(1).toByteArray();
    }

    static StoredType type(byte[] key, byte[] value) {
        Values.read(Table.TYPES, value, in -> in);
        return Values.readKey(Table.TYPES, key,
                in -> new StoredType(in.text(), in.text(), Math.toIntExact(in.unsigned())));
    }
}

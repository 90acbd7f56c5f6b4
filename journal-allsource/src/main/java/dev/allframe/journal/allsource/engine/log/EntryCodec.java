package dev.allframe.journal.allsource.engine.log;

import dev.allframe.journal.allsource.engine.log.LogEntry.EventsAppended;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsDeleted;
import dev.allframe.journal.allsource.engine.log.LogEntry.SnapshotSaved;
import dev.allframe.journal.allsource.engine.log.LogEntry.SnapshotsDeleted;
import dev.allframe.journal.allsource.engine.log.LogEntry.StateChanged;
import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The bytes of an entry: a type, which is never used again for something else, and a body. */
public final class EntryCodec {

    private static final int EVENTS_APPENDED = 1;
    private static final int EVENTS_DELETED = 2;
    private static final int SNAPSHOT_SAVED = 3;
    private static final int SNAPSHOTS_DELETED = 4;
    private static final int STATE_CHANGED = 5;
    // 6 is a mark of the log's, see docs/on-disk.md

    private EntryCodec() {}

    /**
     * Writes type and body.
     *
     * @throws IllegalArgumentException if it has a text that UTF-8 cannot hold
     */
    public static void write(ByteWriter out, LogEntry entry) {
        switch (entry) {
            case EventsAppended(StreamId stream, String writer, long firstSequenceNr, long firstPosition, List<Envelope> records) -> {
                out.u8(EVENTS_APPENDED);
                out.text(stream.value());
                out.text(writer);
                out.varint(firstSequenceNr);
                out.varint(firstPosition);
                out.varint(records.size());
                for (Envelope envelope : records) {
                    EnvelopeCodec.write(out, envelope);
                }
            }
            case EventsDeleted(StreamId stream, long toSequenceNr) -> {
                out.u8(EVENTS_DELETED);
                out.text(stream.value());
                out.varint(toSequenceNr);
            }
            case SnapshotSaved(Snapshot snapshot) -> {
                out.u8(SNAPSHOT_SAVED);
                out.text(snapshot.stream().value());
                out.varint(snapshot.sequenceNr());
                out.zigzag(snapshot.timestamp().toEpochMilli());
                EnvelopeCodec.payload(out, snapshot.payload());
                EnvelopeCodec.optionalPayload(out, snapshot.metadata());
            }
            case SnapshotsDeleted(StreamId stream, long minNr, long maxNr, long minMillis, long maxMillis) -> {
                out.u8(SNAPSHOTS_DELETED);
                out.text(stream.value());
                out.varint(minNr);
                out.varint(maxNr);
                out.zigzag(minMillis);
                out.zigzag(maxMillis);
            }
            case StateChanged(DurableState state) -> {
                out.u8(STATE_CHANGED);
                out.text(state.id().value());
                out.varint(state.revision());
                out.varint(state.position().index());
                out.zigzag(state.timestamp().toEpochMilli());
                EnvelopeCodec.optionalPayload(out, state.payload());
                out.text(state.tag());
            }
        }
    }

    /** Reads type and body; the positions of state changes get this store id. */
    public static LogEntry read(ByteReader in, String storeId) {
        int type = in.u8();
        return switch (type) {
            case EVENTS_APPENDED ->
                new EventsAppended(new StreamId(in.text()), in.repeatedText(), in.varint(), in.varint(),
                        envelopes(in));
            case EVENTS_DELETED -> new EventsDeleted(new StreamId(in.text()), in.varint());
            case SNAPSHOT_SAVED -> new SnapshotSaved(new Snapshot(new StreamId(in.text()), in.varint(),
                    Instant.ofEpochMilli(in.zigzag()), EnvelopeCodec.payload(in), EnvelopeCodec.optionalPayload(in)));
            case SNAPSHOTS_DELETED -> new SnapshotsDeleted(new StreamId(in.text()), in.varint(), in.varint(),
                    in.zigzag(), in.zigzag());
            case STATE_CHANGED -> stateChanged(in, storeId);
            default -> throw new MalformedBytesException("entry type " + type + " is not known to this version");
        };
    }

    private static List<Envelope> envelopes(ByteReader in) {
        int count = in.count();
        List<Envelope> envelopes = new ArrayList<>(Math.min(count, in.remaining()));
        for (int i = 0; i < count; i++) {
            envelopes.add(EnvelopeCodec.read(in));
        }
        return envelopes;
    }

    private static StateChanged stateChanged(ByteReader in, String storeId) {
        StreamId id = new StreamId(in.text());
        long revision = in.varint();
        Position position = new Position(storeId, 0, 0, in.varint());
        return new StateChanged(new DurableState(id, revision, position, Instant.ofEpochMilli(in.zigzag()),
                EnvelopeCodec.optionalPayload(in), in.text()));
    }
}

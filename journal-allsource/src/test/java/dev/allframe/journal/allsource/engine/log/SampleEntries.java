package dev.allframe.journal.allsource.engine.log;

import dev.allframe.aggregate.Refusal;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsAppended;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsDeleted;
import dev.allframe.journal.allsource.engine.log.LogEntry.SnapshotSaved;
import dev.allframe.journal.allsource.engine.log.LogEntry.SnapshotsDeleted;
import dev.allframe.journal.allsource.engine.log.LogEntry.StateChanged;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One entry of every kind, with every optional part there and missing. Golden files hold them: never change one, add
 * others.
 */
public final class SampleEntries {

    public static final String STORE = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final StreamId STREAM = new StreamId("account|zürich-1");

    private SampleEntries() {}

    /** In the order of the golden log; positions and changes begin with 1. */
    public static List<LogEntry> all() {
        return List.of(
                new EventsAppended(STREAM, "writer-1", 1, 1, List.of(full(), small(), refused())),
                new EventsAppended(new StreamId("plain"), "", 7, 4, List.of(unchanged())),
                new EventsDeleted(STREAM, 2),
                new SnapshotSaved(new Snapshot(STREAM, 3, TIME, json("{\"balance\":7}"), null)),
                new SnapshotSaved(new Snapshot(STREAM, 3, Instant.EPOCH, new Payload(-9, "manifest", new byte[0]),
                        json("{}"))),
                new SnapshotsDeleted(STREAM, 0, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE),
                new StateChanged(state(1, json("{\"on\":true}"), "tag")),
                new StateChanged(state(2, null, "")));
    }

    private static Envelope full() {
        var metadata = new EventMetadata(TIME, "command-1", "correlation-1", "causation-1",
                Map.of("user", "Ünal", "trace", "00-1"));
        var command = new CommandRecord("command-1", "fingerprint", new CommandRecord.Accepted(), 1, 3);
        return new Envelope("opened", 3, json("{\"owner\":\"Ö\"}"), Set.of("b-tag", "a-tag"), metadata, command,
                "adapter", new Payload(4, "m", new byte[]{1, 2, 3}));
    }

    private static Envelope small() {
        return Envelope.of("paid", 1, new Payload(Integer.MIN_VALUE, "", new byte[]{-1, 0}), Set.of("one"),
                EventMetadata.at(Instant.ofEpochMilli(-1)), null);
    }

    private static Envelope refused() {
        var refusal = new Refusal("overdrawn", "too much", Map.of("limit", "5"));
        return Envelope.of(Envelope.COMMAND_ONLY, 1, json(""), Set.of(), EventMetadata.at(TIME),
                new CommandRecord("command-2", "f", new CommandRecord.Refused(refusal), 0, 0));
    }

    private static Envelope unchanged() {
        return Envelope.of(Envelope.COMMAND_ONLY, 1, json(""), Set.of(), EventMetadata.at(TIME),
                new CommandRecord("command-3", "f", new CommandRecord.Unchanged(), 6, 6));
    }

    private static DurableState state(long change, @Nullable Payload payload, String tag) {
        return new DurableState(new StreamId("switch|1"), change, new Position(STORE, 0, 0, change), TIME, payload,
                tag);
    }

    private static Payload json(String text) {
        return Payload.json(text.getBytes(StandardCharsets.UTF_8));
    }
}

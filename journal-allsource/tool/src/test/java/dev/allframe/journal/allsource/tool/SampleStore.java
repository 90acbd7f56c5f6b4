package dev.allframe.journal.allsource.tool;

import dev.allframe.aggregate.Refusal;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.engine.Abandoned;
import dev.allframe.journal.allsource.engine.EngineBackend;
import dev.allframe.store.Append;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A small real store with sealed events, unsealed ones, deletes, snapshots, durable states, odd texts and binary
 * payloads.
 */
final class SampleStore {

    static final StreamId ALICE = StreamId.of("Account", "alice");
    static final StreamId BOB = StreamId.of("Account", "b\u00f6b #2|\ud83d\ude00".replace('|', '/'));
    static final StreamId PLAIN = new StreamId("plain \"quoted\"\n#7");
    static final StreamId CART = StreamId.of("Cart", "1");
    static final Instant TIME = Instant.parse("2026-03-01T10:00:00.123Z");

    private SampleStore() {}

    /** Creates the store and abandons it: positions 1 to 6 are sealed, 7 to 9 in the log alone. */
    static void create(Path directory) {
        try (Abandoned abandoned = new Abandoned(AllSourceBackend.production(directory))) {
            fill(abandoned.store());
        }
    }

    /** Has the log forget what is sealed: a backup ends its file, and the next events are sealed too. */
    static void moveLogOn(Path directory, Path backup) {
        try (EventStoreBackend store = AllSourceBackend.production(directory)) {
            await(((EngineBackend) store).backup(backup));
            append(store, PLAIN, event("later.event", 1, "{}", 9));
            await(store.flush());
        }
    }

    static void fill(EventStoreBackend store) {
        append(store, ALICE, event("account.opened", 1, "{\"owner\":\"Alice\",\"limit\":10.00}", 0),
                event("account.deposited", 2, "{\"amount\": 5}", 1));
        append(store, BOB, odd(2));
        append(store, PLAIN, binary(3), binary(4));
        append(store, CART, event("cart.opened", 1, "not json", 5));
        await(store.deleteEventsTo(ALICE, 1));
        await(store.saveSnapshot(new Snapshot(ALICE, 2, TIME, Payload.json(utf8("{\"balance\":5}")), null)));
        await(store.saveSnapshot(new Snapshot(PLAIN, 1, TIME.plusSeconds(1), new Payload(7, "m", new byte[]{0, 1, -1}),
                new Payload(8, "n", new byte[]{2}))));
        await(store.upsertState(new StreamId("state|a"), 1, Payload.json(utf8("1")), "tag"));
        await(store.upsertState(new StreamId("state|b"), 1, new Payload(9, "", new byte[]{3}), ""));
        await(store.upsertState(new StreamId("state|a"), 2, Payload.json(utf8("2")), "tag"));
        await(store.deleteState(new StreamId("state|b"), 2));
        await(store.flush());
        append(store, ALICE, event("account.withdrawn", 1, "{}", 6));
        append(store, BOB, command(7));
        append(store, CART, event("cart.closed", 1, "[1,2.50,\"\u00e9\"]", 8));
    }

    static void append(EventStoreBackend store, StreamId stream, Envelope... records) {
        await(store.append(new Append(stream, ExpectedVersion.any(), "writer " + records.length, List.of(records))));
    }

    static Envelope event(String type, int version, String payload, int second) {
        return Envelope.of(type, version, Payload.json(utf8(payload)), Set.of("t" + version, "all"),
                EventMetadata.at(TIME.plusSeconds(second)), null);
    }

    private static Envelope odd(int second) {
        return new Envelope("", 1, Payload.json(utf8("{\n  \"pretty\" : 1e400, \"a\":\"\\u00e9\"\n}")),
                Set.of("", "comma, \"quote\"", "\n"),
                new EventMetadata(TIME.plusSeconds(second), "", "corr \ud83d\ude00", null,
                        Map.of("", "empty", "a\"b", "\\")),
                null, "adapter \u0000", new Payload(-5, "meta", new byte[]{9}));
    }

    private static Envelope binary(int second) {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return Envelope.of("plain.event", 3, new Payload(-17, "com.example.Event\u00df", bytes), Set.of(),
                EventMetadata.at(TIME.plusSeconds(second)), null);
    }

    private static Envelope command(int second) {
        return Envelope.of(Envelope.COMMAND_ONLY, 1, Payload.json(new byte[0]), Set.of(),
                new EventMetadata(TIME.plusSeconds(second), "cmd-1", null, "cause", Map.of()),
                new CommandRecord("cmd-1", "print", new CommandRecord.Refused(new Refusal("too-late", "It is late.",
                        Map.of("by", "2 h"))), 2, 2));
    }

    static Payload json(String text) {
        return Payload.json(utf8(text));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    /** Everything that a store shows, in words that do not name the store, in a fixed order. Its log stays. */
    static Map<String, Object> contents(Path directory) {
        try (Abandoned abandoned = new Abandoned(AllSourceBackend.production(directory))) {
            return contents(abandoned.store());
        }
    }

    static Map<String, Object> contents(EventStoreBackend store) {
        Map<String, Object> all = new TreeMap<>();
        List<String> events = new ArrayList<>();
        Position after = Position.START;
        EventPage page;
        do {
            page = await(store.getAllEvents(EventFilter.all(), after, 100));
            page.events().forEach(event -> events.add(words(event)));
            after = page.next();
        } while (!page.atEnd());
        all.put("events", events);
        all.put("lastPosition", await(store.lastPosition()).index());
        for (StreamId stream : await(store.getStreams(null, 1000))) {
            all.put("version of " + stream, await(store.highestSequenceNr(stream)));
            all.put("events of " + stream,
                    await(store.getEvents(stream, 1, Long.MAX_VALUE, 1000)).stream().map(SampleStore::words).toList());
            await(store.getLatestSnapshot(stream, SnapshotCriteria.all()))
                    .ifPresent(snapshot -> all.put("snapshot of " + stream, snapshot));
        }
        all.put("states", await(store.getStateChanges(state -> true, Position.START, 1000)).changes()
                .stream()
                .map(SampleStore::words)
                .toList());
        all.put("stats", List.of(store.stats().events(), store.stats().snapshots()));
        return all;
    }

    private static String words(StoredEvent event) {
        Envelope envelope = event.envelope();
        EventMetadata metadata = envelope.metadata();
        return String.join(" ", Long.toString(event.position().index()), event.stream().value(),
                Long.toString(event.sequenceNr()), event.writer(), envelope.eventType(),
                Integer.toString(envelope.eventVersion()), envelope.payload().toString(),
                new String(envelope.payload().bytes(), StandardCharsets.ISO_8859_1),
                new TreeSet<>(envelope.tags()).toString(), metadata.timestamp().toString(),
                String.valueOf(metadata.commandId()), String.valueOf(metadata.correlationId()),
                String.valueOf(metadata.causationId()), new TreeMap<>(metadata.headers()).toString(),
                String.valueOf(envelope.command()), envelope.adapterManifest(),
                String.valueOf(envelope.adapterMetadata()));
    }

    private static String words(DurableState state) {
        return state.id() + " " + state.revision() + " " + state.position().index() + " " + state.timestamp() + " "
                + state.payload() + " " + state.tag();
    }
}

package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.aggregate.Refusal;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows for tests, in the order of a segment. Golden files hold those of {@link #golden()}: never change them. */
final class SampleRows {

    static final UUID STORE = UUID.fromString("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");

    private static final String[] TEXTS = {"", " ", "a", "zürich", "日本語", "\u0000", "a\u0000b", "|", "a|b|c", "\r\n\t",
            "\"quoted\"", "\uD83D\uDE00", "\uFFFF", "\uE000", "{}", "null", "'; drop", "%", "x".repeat(300)};
    private static final long[] NUMBERS = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE,
            Integer.MIN_VALUE, 1_700_000_000_000L};

    private SampleRows() {}

    static Position position(long index) {
        return new Position(STORE.toString(), 0, 0, index);
    }

    static StoredEvent row(String stream, long sequenceNr, long position, String json) {
        return new StoredEvent(new StreamId(stream), sequenceNr, position(position), "writer",
                Envelope.of("moved", 1, json(json), Set.of("tag"),
                        EventMetadata.at(Instant.ofEpochMilli(1_000 + position)), null));
    }

    static Payload json(String text) {
        return Payload.json(text.getBytes(StandardCharsets.UTF_8));
    }

    /** So many ordinary rows: streams of some tens of events that were written by turns. */
    static List<StoredEvent> plain(int count) {
        List<StoredEvent> rows = new ArrayList<>();
        int streams = Math.max(1, count / 20);
        for (int i = 0; i < count; i++) {
            rows.add(row("account|" + i % streams, 1 + i / streams, 1 + i, "{\"amount\":" + i + "}"));
        }
        return sorted(rows);
    }

    /** So many rows with every odd value. */
    static List<StoredEvent> odd(Random random, int count) {
        List<Long> positions = new ArrayList<>();
        long position = 1;
        for (int i = 0; i < count; i++) {
            positions.add(position);
            position += 1 + (random.nextInt(4) == 0 ? random.nextInt(50) : 0);
        }
        Collections.shuffle(positions, random);
        Map<String, Long> last = new HashMap<>();
        List<StoredEvent> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String stream = streamId(random);
            long sequenceNr = last.merge(stream, 1L + random.nextInt(3), Long::sum);
            rows.add(new StoredEvent(new StreamId(stream), sequenceNr, position(positions.get(i)), text(random),
                    envelope(random)));
        }
        return sorted(rows);
    }

    static List<StoredEvent> sorted(List<StoredEvent> rows) {
        List<StoredEvent> sorted = new ArrayList<>(rows);
        sorted.sort(RowOrder.INSTANCE);
        return sorted;
    }

    private static String streamId(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "s" + text(random);
            case 1 -> "account|" + random.nextInt(1000);
            default -> "order|" + random.nextInt(5);
        };
    }

    private static String text(Random random) {
        if (random.nextInt(3) > 0) {
            return TEXTS[random.nextInt(TEXTS.length)];
        }
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int point = random.nextInt(random.nextBoolean() ? 0x80 : 0x110000);
            text.appendCodePoint(point >= 0xD800 && point < 0xE000 ? 'x' : point);
        }
        return text.toString();
    }

    private static @Nullable String optional(Random random) {
        return random.nextInt(3) == 0 ? text(random) : null;
    }

    private static Envelope envelope(Random random) {
        Instant time = Instant.ofEpochMilli(
                random.nextInt(4) == 0 ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextInt(1_000_000));
        var metadata = new EventMetadata(time, optional(random), optional(random), optional(random), texts(random));
        return new Envelope(random.nextInt(20) == 0 ? Envelope.COMMAND_ONLY : text(random),
                random.nextInt(10) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(5), payload(random),
                new HashSet<>(texts(random).keySet()), metadata, random.nextInt(5) == 0 ? command(random) : null,
                text(random), random.nextInt(5) == 0 ? payload(random) : null);
    }

    private static Map<String, String> texts(Random random) {
        Map<String, String> texts = new HashMap<>();
        if (random.nextBoolean()) {
            for (int i = random.nextInt(4); i > 0; i--) {
                texts.put(text(random), text(random));
            }
        }
        return texts;
    }

    private static Payload payload(Random random) {
        byte[] bytes = new byte[random.nextInt(20) == 0 ? 5_000 : random.nextInt(60)];
        random.nextBytes(bytes);
        return switch (random.nextInt(5)) {
            case 0 -> new Payload((int) NUMBERS[random.nextInt(NUMBERS.length)], text(random), bytes);
            case 1 -> Payload.json(bytes); // says that it is text, and is not
            case 2 -> new Payload(Payload.JSON_TEXT, text(random), text(random).getBytes(StandardCharsets.UTF_8));
            default -> json(text(random));
        };
    }

    private static CommandRecord command(Random random) {
        CommandRecord.Outcome outcome = switch (random.nextInt(3)) {
            case 0 -> new CommandRecord.Accepted();
            case 1 -> new CommandRecord.Unchanged();
            default -> new CommandRecord.Refused(new Refusal("code" + text(random), text(random), texts(random)));
        };
        return new CommandRecord(text(random), text(random), outcome, NUMBERS[random.nextInt(NUMBERS.length)],
                NUMBERS[random.nextInt(NUMBERS.length)]);
    }

    /** A row of every kind, with every optional part there and missing. */
    static List<StoredEvent> golden() {
        var full = new Envelope("opened", 3, json("{\"owner\":\"Ö\"}"), Set.of("b-tag", "a-tag"),
                new EventMetadata(Instant.parse("2026-01-02T03:04:05.678Z"), "command-1", "correlation-1",
                        "causation-1", Map.of("user", "Ünal", "trace", "00-1")),
                new CommandRecord("command-1", "fingerprint", new CommandRecord.Accepted(), 1, 3), "adapter",
                new Payload(4, "m", new byte[]{1, 2, 3}));
        var binary = Envelope.of("paid", 1, new Payload(Integer.MIN_VALUE, "", new byte[]{-1, 0}), Set.of("one"),
                EventMetadata.at(Instant.ofEpochMilli(-1)), null);
        var refused = Envelope.of(Envelope.COMMAND_ONLY, 1, json(""), Set.of(), EventMetadata.at(Instant.EPOCH),
                new CommandRecord("command-2", "f",
                        new CommandRecord.Refused(new Refusal("overdrawn", "too much", Map.of("limit", "5"))), 0, 0));
        var notText = Envelope.of("odd", 1, Payload.json(new byte[]{(byte) 0xC3}), Set.of(""),
                EventMetadata.at(Instant.ofEpochMilli(Long.MAX_VALUE)), null);
        List<StoredEvent> rows = new ArrayList<>();
        StreamId stream = new StreamId("account|zürich-1");
        rows.add(new StoredEvent(stream, 1, position(1), "writer-1", full));
        rows.add(new StoredEvent(stream, 2, position(3), "writer-1", binary));
        rows.add(new StoredEvent(stream, 3, position(4), "writer-2", refused));
        rows.add(new StoredEvent(new StreamId("plain"), 7, position(2), "", notText));
        for (int i = 0; i < 20; i++) {
            rows.add(row("order|7", 1 + i, 10 + i, "{\"line\":" + i + "}"));
        }
        return sorted(rows);
    }
}

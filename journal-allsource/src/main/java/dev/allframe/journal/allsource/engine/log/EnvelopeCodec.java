package dev.allframe.journal.allsource.engine.log;

import dev.allframe.aggregate.Refusal;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The bytes of one record, the same in the log and in row files. */
public final class EnvelopeCodec {

    private static final int ACCEPTED = 0;
    private static final int UNCHANGED = 1;
    private static final int REFUSED = 2;
    private static final int VOIDED = 3;

    private EnvelopeCodec() {}

    public static void write(ByteWriter out, Envelope envelope) {
        out.text(envelope.eventType());
        out.varint(envelope.eventVersion());
        payload(out, envelope.payload());
        texts(out, envelope.tags());
        EventMetadata metadata = envelope.metadata();
        out.zigzag(metadata.timestamp().toEpochMilli());
        out.optionalText(metadata.commandId());
        out.optionalText(metadata.correlationId());
        out.optionalText(metadata.causationId());
        map(out, metadata.headers());
        optionalCommand(out, envelope.command());
        out.text(envelope.adapterManifest());
        optionalPayload(out, envelope.adapterMetadata());
    }

    public static Envelope read(ByteReader in) {
        return new Envelope(in.repeatedText(), in.count(), payload(in), texts(in),
                new EventMetadata(Instant.ofEpochMilli(in.zigzag()), in.optionalText(), in.optionalText(),
                        in.optionalText(), map(in)),
                in.present() ? command(in) : null, in.repeatedText(), optionalPayload(in));
    }

    public static void payload(ByteWriter out, Payload payload) {
        out.zigzag(payload.serializerId());
        out.text(payload.manifest());
        out.block(payload.bytes());
    }

    public static Payload payload(ByteReader in) {
        return new Payload(Math.toIntExact(in.zigzag()), in.repeatedText(), in.block());
    }

    public static void optionalPayload(ByteWriter out, @Nullable Payload payload) {
        if (payload == null) {
            out.u8(0);
        } else {
            out.u8(1);
            payload(out, payload);
        }
    }

    public static @Nullable Payload optionalPayload(ByteReader in) {
        return in.present() ? payload(in) : null;
    }

    public static void command(ByteWriter out, CommandRecord command) {
        out.text(command.commandId());
        out.text(command.fingerprint());
        out.varint(command.firstSequenceNr());
        out.varint(command.lastSequenceNr());
        switch (command.outcome()) {
            case CommandRecord.Accepted accepted -> out.u8(ACCEPTED);
            case CommandRecord.Unchanged unchanged -> out.u8(UNCHANGED);
            case CommandRecord.Voided voided -> out.u8(VOIDED);
            case CommandRecord.Refused(Refusal refusal) -> {
                out.u8(REFUSED);
                out.text(refusal.code());
                out.text(refusal.message());
                map(out, refusal.details());
            }
        }
    }

    public static CommandRecord command(ByteReader in) {
        String id = in.text();
        String fingerprint = in.text();
        long first = in.varint();
        long last = in.varint();
        CommandRecord.Outcome outcome = switch (in.u8()) {
            case ACCEPTED -> new CommandRecord.Accepted();
            case UNCHANGED -> new CommandRecord.Unchanged();
            case VOIDED -> new CommandRecord.Voided();
            case REFUSED -> new CommandRecord.Refused(new Refusal(in.text(), in.text(), map(in)));
            default -> throw new MalformedBytesException("an outcome is 0 to 3, at " + (in.offset() - 1));
        };
        return new CommandRecord(id, fingerprint, outcome, first, last);
    }

    private static void optionalCommand(ByteWriter out, @Nullable CommandRecord command) {
        if (command == null) {
            out.u8(0);
        } else {
            out.u8(1);
            command(out, command);
        }
    }

    /** Sorted, so that equal records have equal bytes. */
    private static void texts(ByteWriter out, Set<String> texts) {
        out.varint(texts.size());
        if (texts.size() == 1) {
            out.text(texts.iterator().next());
        } else if (!texts.isEmpty()) {
            String[] sorted = texts.toArray(new String[0]);
            Arrays.sort(sorted);
            for (String text : sorted) {
                out.text(text);
            }
        }
    }

    private static Set<String> texts(ByteReader in) {
        int count = in.count();
        if (count == 0) {
            return Set.of();
        }
        String[] texts = new String[Math.min(count, in.remaining())];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = in.text();
        }
        return Set.of(texts);
    }

    private static void map(ByteWriter out, Map<String, String> map) {
        out.varint(map.size());
        if (!map.isEmpty()) {
            String[] keys = map.keySet().toArray(new String[0]);
            Arrays.sort(keys);
            for (String key : keys) {
                out.text(key);
                out.text(map.getOrDefault(key, ""));
            }
        }
    }

    private static Map<String, String> map(ByteReader in) {
        int count = in.count();
        if (count == 0) {
            return Map.of();
        }
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < count; i++) {
            map.put(in.text(), in.text());
        }
        return map;
    }
}

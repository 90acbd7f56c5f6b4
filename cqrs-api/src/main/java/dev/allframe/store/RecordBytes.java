package dev.allframe.store;

import dev.allframe.aggregate.Refusal;
import dev.allframe.store.CommandRecord.Accepted;
import dev.allframe.store.CommandRecord.Refused;
import dev.allframe.store.CommandRecord.Unchanged;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the bytes of what can be long in a record, without encoding it. */
final class RecordBytes {

    private RecordBytes() {}

    static long of(Envelope record) {
        long bytes = utf8(record.eventType()) + of(record.payload()) + of(record.metadata()) + of(record.command())
                + utf8(record.adapterManifest()) + of(record.adapterMetadata());
        for (String tag : record.tags()) {
            bytes += utf8(tag);
        }
        return bytes;
    }

    private static long of(@Nullable Payload payload) {
        return payload == null ? 0 : utf8(payload.manifest()) + payload.bytes().length;
    }

    private static long of(EventMetadata metadata) {
        return utf8(metadata.commandId()) + utf8(metadata.correlationId()) + utf8(metadata.causationId())
                + of(metadata.headers());
    }

    private static long of(@Nullable CommandRecord command) {
        return command == null
                ? 0
                : utf8(command.commandId()) + utf8(command.fingerprint()) + switch (command.outcome()) {
                    case Accepted() -> 0;
                    case Unchanged() -> 0;
                    case CommandRecord.Voided() -> 0;
                    case Refused(Refusal(var code, var message, var details)) ->
                        utf8(code) + utf8(message) + of(details);
                };
    }

    private static long of(Map<String, String> texts) {
        long bytes = 0;
        for (Map.Entry<String, String> text : texts.entrySet()) {
            bytes += utf8(text.getKey()) + utf8(text.getValue());
        }
        return bytes;
    }

    /** The length in UTF-8: 1 to 3 bytes for a char, 4 for a pair of surrogates. */
    static long utf8(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit < 0x80) {
                bytes++;
            } else if (unit < 0x800) {
                bytes += 2;
            } else if (Character.isHighSurrogate(unit) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                bytes += 3;
            }
        }
        return bytes;
    }
}

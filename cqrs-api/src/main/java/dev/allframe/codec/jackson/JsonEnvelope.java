package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.allframe.aggregate.Refusal;
import dev.allframe.codec.CodecException;
import dev.allframe.failure.Failures;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A whole {@link Envelope} as one JSON object, for storages that keep it as bytes; other tools can read it there.
 *
 * <h2>Format, version 1, UTF-8</h2>
 * <pre>
 * {"v":1, "type":"account.deposited", "version":1, "at":"2026-11-21T09:30:00.123Z", "data":{...},
 *  "tags":[...], "commandId":"...", "correlationId":"...", "causationId":"...", "headers":{...},
 *  "command":{"id":"...", "fingerprint":"...", "outcome":"accepted|unchanged|refused", "first":7, "last":8,
 *             "code":"...", "message":"...", "details":{...}}}
 * </pre>
 * What is empty or absent is left out; {@code code}, {@code message} and {@code details} belong to a refused outcome.
 * {@code data} is the payload's JSON text, byte for byte.
 */
public final class JsonEnvelope {

    private static final JsonFactory JSON = DomainJson.unbounded(new JsonFactory());

    private JsonEnvelope() {}

    /**
     * The envelope as bytes.
     *
     * @throws CodecException if its payload is not JSON text, or it has parts of a Pekko event adapter
     */
    public static byte[] write(Envelope envelope) {
        if (!envelope.payload().isJson() || !envelope.adapterManifest().isEmpty()
                || envelope.adapterMetadata() != null) {
            throw new CodecException("only envelopes of the runtime can be written whole, not " + envelope.eventType(),
                    null);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + envelope.payload().bytes().length);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            EventMetadata metadata = envelope.metadata();
            json.writeStartObject();
            json.writeNumberField("v", Envelope.FORMAT_VERSION);
            json.writeStringField("type", envelope.eventType());
            json.writeNumberField("version", envelope.eventVersion());
            json.writeStringField("at", metadata.timestamp().toString());
            json.writeFieldName("data");
            json.writeRawValue(new String(envelope.payload().bytes(), StandardCharsets.UTF_8));
            if (!envelope.tags().isEmpty()) {
                json.writeArrayFieldStart("tags");
                for (String tag : envelope.tags()) {
                    json.writeString(tag);
                }
                json.writeEndArray();
            }
            writeText(json, "commandId", metadata.commandId());
            writeText(json, "correlationId", metadata.correlationId());
            writeText(json, "causationId", metadata.causationId());
            writeTexts(json, "headers", metadata.headers());
            if (envelope.command() != null) {
                writeCommand(json, envelope.command());
            }
            json.writeEndObject();
        } catch (IOException failed) {
            throw new CodecException(
                    "envelope of '" + envelope.eventType() + "' cannot be written: " + Failures.message(failed),
                    failed);
        }
        return bytes.toByteArray();
    }

    private static void writeCommand(JsonGenerator json, CommandRecord command) throws IOException {
        json.writeObjectFieldStart("command");
        json.writeStringField("id", command.commandId());
        json.writeStringField("fingerprint", command.fingerprint());
        json.writeNumberField("first", command.firstSequenceNr());
        json.writeNumberField("last", command.lastSequenceNr());
        switch (command.outcome()) {
            case CommandRecord.Accepted() -> json.writeStringField("outcome", "accepted");
            case CommandRecord.Unchanged() -> json.writeStringField("outcome", "unchanged");
            case CommandRecord.Voided() -> json.writeStringField("outcome", "voided");
            case CommandRecord.Refused(Refusal(var code, var message, var details)) -> {
                json.writeStringField("outcome", "refused");
                json.writeStringField("code", code);
                json.writeStringField("message", message);
                writeTexts(json, "details", details);
            }
        }
        json.writeEndObject();
    }

    private static void writeText(JsonGenerator json, String name, @Nullable String text) throws IOException {
        if (text != null) {
            json.writeStringField(name, text);
        }
    }

    private static void writeTexts(JsonGenerator json, String name, Map<String, String> texts) throws IOException {
        if (!texts.isEmpty()) {
            json.writeObjectFieldStart(name);
            for (Map.Entry<String, String> entry : texts.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
        }
    }

    /**
     * The envelope of bytes that {@link #write} made.
     *
     * @throws CodecException if they are not such bytes, or of a later format version
     */
    public static Envelope read(byte[] bytes) {
        try (JsonParser json = JSON.createParser(bytes)) {
            return new Reading(bytes).envelope(json);
        } catch (IOException | IllegalArgumentException | NullPointerException | DateTimeException failed) {
            throw new CodecException(
                    "not an envelope of format version " + Envelope.FORMAT_VERSION + ": " + Failures.message(failed),
                    failed);
        }
    }

    /**
     * The bytes of the value at which a parser stands, as they are; the parser stands at the value's end then.
     *
     * @param bytes what the parser reads
     */
    public static byte[] slice(byte[] bytes, JsonParser json) throws IOException {
        int begin = Math.toIntExact(json.currentTokenLocation().getByteOffset());
        if (json.currentToken().isScalarValue()) {
            json.finishToken();
        }
        json.skipChildren();
        return Arrays.copyOfRange(bytes, begin, Math.toIntExact(json.currentLocation().getByteOffset()));
    }

    /** The parts as they are met; one object for one envelope. */
    private static final class Reading {

        private final byte[] bytes;
        private int format;
        private @Nullable String type;
        private int version;
        private @Nullable Instant at;
        private byte @Nullable [] data;
        private final Set<String> tags = new LinkedHashSet<>();
        private @Nullable String commandId;
        private @Nullable String correlationId;
        private @Nullable String causationId;
        private Map<String, String> headers = Map.of();
        private @Nullable CommandRecord command;

        Reading(byte[] bytes) {
            this.bytes = bytes;
        }

        Envelope envelope(JsonParser json) throws IOException {
            expect(json.nextToken() == JsonToken.START_OBJECT, "it is no JSON object");
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                field(name, json);
            }
            expect(format == Envelope.FORMAT_VERSION, "its format version is " + format);
            if (type == null || at == null || data == null) {
                throw new IllegalArgumentException("type, at or data is missing");
            }
            EventMetadata metadata = new EventMetadata(at, commandId, correlationId, causationId, headers);
            return Envelope.of(type, version, Payload.json(data), tags, metadata, command);
        }

        private void field(String name, JsonParser json) throws IOException {
            switch (name) {
                case "v" -> format = json.getIntValue();
                case "type" -> type = json.getText();
                case "version" -> version = json.getIntValue();
                case "at" -> at = Instant.parse(json.getText());
                case "data" -> data = slice(bytes, json);
                case "tags" -> {
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        tags.add(json.getText());
                    }
                }
                case "commandId" -> commandId = json.getText();
                case "correlationId" -> correlationId = json.getText();
                case "causationId" -> causationId = json.getText();
                case "headers" -> headers = texts(json);
                case "command" -> command = command(json);
                default -> throw new IllegalArgumentException("unknown field '" + name + "'");
            }
        }

        private static CommandRecord command(JsonParser json) throws IOException {
            Map<String, String> parts = new LinkedHashMap<>();
            Map<String, String> details = Map.of();
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                if (name.equals("details")) {
                    details = texts(json);
                } else {
                    parts.put(name, json.getText());
                }
            }
            CommandRecord.Outcome outcome = switch (part(parts, "outcome")) {
                case "accepted" -> new CommandRecord.Accepted();
                case "unchanged" -> new CommandRecord.Unchanged();
                case "voided" -> new CommandRecord.Voided();
                case "refused" ->
                    new CommandRecord.Refused(new Refusal(part(parts, "code"), part(parts, "message"), details));
                case String other -> throw new IllegalArgumentException("unknown outcome '" + other + "'");
            };
            return new CommandRecord(part(parts, "id"), part(parts, "fingerprint"), outcome,
                    Long.parseLong(part(parts, "first")),
                    Long.parseLong(part(parts, "last")));
        }

        private static String part(Map<String, String> parts, String name) {
            String part = parts.get(name);
            expect(part != null, "the command has no '" + name + "'");
            return Objects.requireNonNull(part);
        }

        private static Map<String, String> texts(JsonParser json) throws IOException {
            Map<String, String> texts = new LinkedHashMap<>();
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                texts.put(name, json.nextTextValue());
            }
            return texts;
        }

        private static void expect(boolean condition, String otherwise) {
            if (!condition) {
                throw new IllegalArgumentException(otherwise);
            }
        }
    }
}

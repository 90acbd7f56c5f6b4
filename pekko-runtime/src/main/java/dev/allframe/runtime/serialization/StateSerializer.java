package dev.allframe.runtime.serialization;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedState;
import dev.allframe.codec.jackson.DomainJson;
import dev.allframe.codec.jackson.JsonEnvelope;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.aggregate.RememberedCommand;
import dev.allframe.runtime.aggregate.StoredState;
import dev.allframe.store.CommandRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.jspecify.annotations.Nullable;

/**
 * Writes snapshots as one JSON object, version 3:
 * <pre>
 * {"v":3, "type":"account.state", "version":1, "shape":"5f1c0b9d2e4a6873", "state":{...},
 *  "forgottenUntil":1767225600000,
 *  "commands":[{"atMillis":1767225600123, "record":{"commandId":"...", "fingerprint":"...",
 *    "outcome":{"@type":"accepted"}, "firstSequenceNr":7, "lastSequenceNr":8}}]}
 * </pre>
 * {@code forgottenUntil} is null where no command was forgotten. Version 2 did not have the shape. Version 1 had the
 * records of commands alone, without times: it is read as if its commands had been executed at that moment, and others
 * forgotten.
 */
public final class StateSerializer extends SerializerWithStringManifest {

    private static final int FORMAT_VERSION = 3;

    private static final JsonMapper JSON = DomainJson.configure(JsonMapper.builder()).build();

    private static final TypeReference<List<RememberedCommand>> REMEMBERED = new TypeReference<>() {};

    private static final TypeReference<List<CommandRecord>> RECORDS = new TypeReference<>() {};

    @Override
    public int identifier() {
        return 46_002;
    }

    @Override
    public String manifest(Object state) {
        return ((StoredState) state).state().type();
    }

    @Override
    public byte[] toBinary(Object state) {
        StoredState stored = (StoredState) state;
        EncodedState encoded = stored.state();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + encoded.bytes().length);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("v", FORMAT_VERSION);
            json.writeStringField("type", encoded.type());
            json.writeNumberField("version", encoded.version());
            json.writeStringField("shape", encoded.shape());
            json.writeFieldName("state");
            json.writeRawValue(new String(encoded.bytes(), StandardCharsets.UTF_8));
            if (stored.forgottenUntil() == Long.MIN_VALUE) {
                json.writeNullField("forgottenUntil");
            } else {
                json.writeNumberField("forgottenUntil", stored.forgottenUntil());
            }
            json.writeFieldName("commands");
            JSON.writerFor(REMEMBERED).writeValue(json, stored.commands());
            json.writeEndObject();
        } catch (IOException failed) {
            throw new CodecException(
                    "snapshot of '" + encoded.type() + "' cannot be written: " + Failures.message(failed),
                    failed);
        }
        return bytes.toByteArray();
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        try (JsonParser json = JSON.createParser(bytes)) {
            return new Reading(bytes, manifest).snapshot(json);
        } catch (IOException | IllegalArgumentException failed) {
            throw new CodecException("snapshot of '" + manifest + "' cannot be read: " + Failures.message(failed),
                    failed);
        }
    }

    /** The parts as they are met; one object for one snapshot. The state stays the bytes that its codec has made. */
    private static final class Reading {

        private final byte[] bytes;
        private final String manifest;
        private int format;
        private @Nullable String type;
        private int version;
        private @Nullable String shape;
        private byte @Nullable [] state;
        private long forgottenUntil = Long.MIN_VALUE;
        private byte @Nullable [] commands;

        Reading(byte[] bytes, String manifest) {
            this.bytes = bytes;
            this.manifest = manifest;
        }

        StoredState snapshot(JsonParser json) throws IOException {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is no JSON object");
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                switch (name) {
                    case "v" -> format = json.getIntValue();
                    case "type" -> type = json.getText();
                    case "version" -> version = json.getIntValue();
                    case "shape" -> shape = value == JsonToken.VALUE_NULL ? null : json.getText();
                    case "state" -> state = JsonEnvelope.slice(bytes, json);
                    case "forgottenUntil" ->
                        forgottenUntil = value == JsonToken.VALUE_NULL ? Long.MIN_VALUE : json.getLongValue();
                    case "commands" -> commands = JsonEnvelope.slice(bytes, json);
                    default -> throw new IllegalArgumentException("unknown field '" + name + "'");
                }
            }
            if (format < 1 || format > FORMAT_VERSION) {
                throw new CodecException("snapshot of '" + manifest + "' has format version " + format
                        + ", this code reads up to " + FORMAT_VERSION, null);
            }
            if (type == null || state == null || commands == null) {
                throw new IllegalArgumentException("type, state or commands is missing");
            }
            EncodedState encoded = new EncodedState(type, version, shape, state);
            return format == 1
                    ? ofVersion1(encoded, JSON.readValue(commands, RECORDS))
                    : new StoredState(encoded, JSON.readValue(commands, REMEMBERED), forgottenUntil);
        }

        /** It does not say whether anything was forgotten. */
        private static StoredState ofVersion1(EncodedState state, List<CommandRecord> commands) {
            long now = System.currentTimeMillis();
            return new StoredState(state, commands.stream().map(record -> new RememberedCommand(record, now)).toList(),
                    commands.isEmpty() ? Long.MIN_VALUE : now);
        }
    }
}

package dev.allframe.runtime.serialization;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedState;
import dev.allframe.codec.jackson.DomainJson;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.aggregate.RememberedCommand;
import dev.allframe.runtime.aggregate.StoredState;
import dev.allframe.store.CommandRecord;
import java.io.IOException;
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
 * {@code forgottenUntil} is missing where no command was forgotten. Version 2 did not have the shape. Version 1 had the
 * records of commands alone, without times: it is read as if its commands had been executed at that moment, and others
 * forgotten.
 */
public final class StateSerializer extends SerializerWithStringManifest {

    private static final int FORMAT_VERSION = 3;

    private static final JsonMapper JSON = DomainJson.configure(JsonMapper.builder())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** The stored object; {@code state} stays a tree, which the aggregate's own codec reads. */
    private record Stored(int v, String type, int version, @Nullable String shape, JsonNode state,
            @Nullable Long forgottenUntil, List<RememberedCommand> commands) {}

    private record Version2(int v, String type, int version, JsonNode state, @Nullable Long forgottenUntil,
            List<RememberedCommand> commands) {

        Stored present() {
            return new Stored(FORMAT_VERSION, type, version, null, state, forgottenUntil, commands);
        }
    }

    private record Version1(int v, String type, int version, JsonNode state, List<CommandRecord> commands) {

        /** It does not say whether anything was forgotten. */
        Stored present() {
            long now = System.currentTimeMillis();
            return new Stored(FORMAT_VERSION, type, version, null, state, commands.isEmpty() ? null : now,
                    commands.stream().map(record -> new RememberedCommand(record, now)).toList());
        }
    }

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
        try {
            return JSON.writeValueAsBytes(
                    new Stored(FORMAT_VERSION, encoded.type(), encoded.version(), encoded.shape(),
                            JSON.readTree(encoded.bytes()),
                            stored.forgottenUntil() == Long.MIN_VALUE ? null : stored.forgottenUntil(),
                            stored.commands()));
        } catch (IOException failed) {
            throw new CodecException(
                    "snapshot of '" + encoded.type() + "' cannot be written: " + Failures.message(failed),
                    failed);
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        try {
            Stored stored = read(bytes, manifest);
            return new StoredState(
                    new EncodedState(stored.type, stored.version, stored.shape, JSON.writeValueAsBytes(stored.state)),
                    stored.commands, stored.forgottenUntil == null ? Long.MIN_VALUE : stored.forgottenUntil);
        } catch (IOException failed) {
            throw new CodecException("snapshot of '" + manifest + "' cannot be read: " + Failures.message(failed),
                    failed);
        }
    }

    private static Stored read(byte[] bytes, String manifest) throws IOException {
        JsonNode tree = JSON.readTree(bytes);
        int version = tree.path("v").asInt();
        return switch (version) {
            case 1 -> JSON.treeToValue(tree, Version1.class).present();
            case 2 -> JSON.treeToValue(tree, Version2.class).present();
            case FORMAT_VERSION -> JSON.treeToValue(tree, Stored.class);
            default -> throw new CodecException("snapshot of '" + manifest + "' has format version " + version
                    + ", this code reads up to " + FORMAT_VERSION, null);
        };
    }
}

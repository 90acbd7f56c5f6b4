package dev.allframe.runtime.serialization;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.jackson.DomainJson;
import dev.allframe.runtime.aggregate.RememberedCommand;
import dev.allframe.runtime.aggregate.StoredState;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Payload;
import java.io.IOException;
import java.util.List;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.jspecify.annotations.Nullable;

/**
 * Writes snapshots as one JSON object, version 2:
 * <pre>
 * {"v":2, "type":"account.state", "version":1, "state":{...}, "forgottenUntil":1767225600000, "commands":[{"atMillis":1767225600123,
 *  "record":{"commandId":"...", "fingerprint":"...", "outcome":{"@type":"accepted"}, "firstSequenceNr":7, "lastSequenceNr":8}}]}
 * </pre>
 * {@code forgottenUntil} is missing where no command was forgotten. Version 1 had the records alone, without times: it is read as if its commands had been
 * executed at that moment, and others forgotten.
 */
public final class StateSerializer extends SerializerWithStringManifest {

    private static final int FORMAT_VERSION = 2;

    private static final JsonMapper JSON = DomainJson.configure(JsonMapper.builder())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** The stored object; {@code state} stays a tree, which the aggregate's own codec reads. */
    private record Stored(int v, String type, int version, JsonNode state, @Nullable Long forgottenUntil,
            List<RememberedCommand> commands) {}

    private record Version1(int v, String type, int version, JsonNode state, List<CommandRecord> commands) {

        /** It does not say whether anything was forgotten. */
        Stored present() {
            long now = System.currentTimeMillis();
            return new Stored(FORMAT_VERSION, type, version, state, commands.isEmpty() ? null : now,
                    commands.stream().map(record -> new RememberedCommand(record, now)).toList());
        }
    }

    @Override
    public int identifier() {
        return 46_002;
    }

    @Override
    public String manifest(Object state) {
        return ((StoredState) state).type();
    }

    @Override
    public byte[] toBinary(Object state) {
        StoredState stored = (StoredState) state;
        try {
            JsonNode tree = JSON.readTree(stored.state().bytes());
            return JSON.writeValueAsBytes(
                    new Stored(FORMAT_VERSION, stored.type(), stored.version(), tree,
                            stored.forgottenUntil() == Long.MIN_VALUE ? null : stored.forgottenUntil(),
                            stored.commands()));
        } catch (IOException failed) {
            throw new CodecException("snapshot of '" + stored.type() + "' cannot be written: " + failed.getMessage(),
                    failed);
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        try {
            Stored stored = read(bytes, manifest);
            return new StoredState(stored.type, stored.version, Payload.json(JSON.writeValueAsBytes(stored.state)),
                    stored.commands, stored.forgottenUntil == null ? Long.MIN_VALUE : stored.forgottenUntil);
        } catch (IOException failed) {
            throw new CodecException("snapshot of '" + manifest + "' cannot be read: " + failed.getMessage(), failed);
        }
    }

    private static Stored read(byte[] bytes, String manifest) throws IOException {
        JsonNode tree = JSON.readTree(bytes);
        int version = tree.path("v").asInt();
        return switch (version) {
            case 1 -> JSON.treeToValue(tree, Version1.class).present();
            case FORMAT_VERSION -> JSON.treeToValue(tree, Stored.class);
            default -> throw new CodecException("snapshot of '" + manifest + "' has format version " + version
                    + ", this code reads up to " + FORMAT_VERSION, null);
        };
    }
}

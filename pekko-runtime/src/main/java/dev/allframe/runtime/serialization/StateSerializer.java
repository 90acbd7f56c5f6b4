package dev.allframe.runtime.serialization;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.jackson.DomainJson;
import dev.allframe.runtime.aggregate.StoredState;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Payload;
import java.io.IOException;
import java.util.List;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Writes snapshots as one JSON object, version 1:
 * <pre>
 * {"v":1, "type":"account.state", "version":1, "state":{...}, "commands":[{"commandId":"...", "fingerprint":"...",
 *  "outcome":{"@type":"accepted"}, "firstSequenceNr":7, "lastSequenceNr":8}]}
 * </pre>
 */
public final class StateSerializer extends SerializerWithStringManifest {

    private static final int FORMAT_VERSION = 1;

    private static final JsonMapper JSON = DomainJson.configure(JsonMapper.builder())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** The stored object; {@code state} stays a tree, which the aggregate's own codec reads. */
    private record Stored(int v, String type, int version, JsonNode state, List<CommandRecord> commands) {}

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
                    new Stored(FORMAT_VERSION, stored.type(), stored.version(), tree, stored.commands()));
        } catch (IOException failed) {
            throw new CodecException("snapshot of '" + stored.type() + "' cannot be written: " + failed.getMessage(),
                    failed);
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        try {
            Stored stored = JSON.readValue(bytes, Stored.class);
            if (stored.v != FORMAT_VERSION) {
                throw new CodecException("snapshot of '" + manifest + "' has format version " + stored.v
                        + ", this code reads " + FORMAT_VERSION, null);
            }
            return new StoredState(stored.type, stored.version, Payload.json(JSON.writeValueAsBytes(stored.state)),
                    stored.commands);
        } catch (IOException failed) {
            throw new CodecException("snapshot of '" + manifest + "' cannot be read: " + failed.getMessage(), failed);
        }
    }
}

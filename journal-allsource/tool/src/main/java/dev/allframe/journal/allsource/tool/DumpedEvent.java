package dev.allframe.journal.allsource.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** An event as a line for people and scripts. Not made to be read back: that is {@code store export}. */
final class DumpedEvent {

    private DumpedEvent() {}

    static ObjectNode of(StoredEvent event) {
        Envelope envelope = event.envelope();
        EventMetadata metadata = envelope.metadata();
        ObjectNode json = Json.object();
        json.put("position", event.position().index());
        json.put("stream", event.stream().value());
        json.put("sequenceNr", event.sequenceNr());
        json.put("type", envelope.eventType());
        json.put("version", envelope.eventVersion());
        json.put("time", metadata.timestamp().toString());
        json.put("writer", event.writer());
        ArrayNode tags = json.putArray("tags");
        new TreeSet<>(envelope.tags()).forEach(tags::add);
        putIfThere(json, "commandId", metadata.commandId());
        putIfThere(json, "correlationId", metadata.correlationId());
        putIfThere(json, "causationId", metadata.causationId());
        if (!metadata.headers().isEmpty()) {
            ObjectNode headers = json.putObject("headers");
            new TreeMap<>(metadata.headers()).forEach(headers::put);
        }
        putPayload(json, envelope.payload());
        CommandRecord command = envelope.command();
        if (command != null) {
            json.set("command", CommandJson.of(command));
        }
        if (!envelope.adapterManifest().isEmpty()) {
            json.put("adapterManifest", envelope.adapterManifest());
        }
        return json;
    }

    private static void putPayload(ObjectNode json, Payload payload) {
        JsonNode value = value(payload);
        if (value != null) {
            json.set("payload", value);
        } else {
            json.put("payloadBase64", payload.bytes());
        }
        if (!payload.isJson()) {
            json.put("serializerId", payload.serializerId());
            json.put("serializerManifest", payload.manifest());
        }
    }

    /** JSON text as a value; null for everything else. */
    private static @Nullable JsonNode value(Payload payload) {
        if (!payload.isJson()) {
            return null;
        }
        try {
            JsonNode value = Json.MAPPER.readTree(payload.bytes());
            return value == null || value.isMissingNode() ? null : value;
        } catch (IOException noJson) {
            return null;
        }
    }

    private static void putIfThere(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}

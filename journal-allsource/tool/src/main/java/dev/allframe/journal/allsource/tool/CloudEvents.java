package dev.allframe.journal.allsource.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a store as CloudEvents 1.0 in their JSON form, and back, without any loss but the store's id.
 *
 * <h2>Attributes</h2> {@code id} is stream, #, sequence number; {@code source} the store; {@code subject} the stream;
 * {@code type} the event's type. A payload of JSON text stands in {@code data} where writing it again gives the same
 * bytes, else in {@code data_base64}. The rest are extensions. CloudEvents has no extension of 64 bits, none that is a
 * list or a map and no empty type: such numbers are texts, lists and maps are JSON in a text, and {@code untyped}
 * stands where there is no type.
 *
 * <h2>Lines that are no events</h2> have the extension {@code kind}: {@code deleted}, {@code snapshot}, {@code state},
 * and at the end {@code end} with the number of lines before it, which shows that nothing is missing.
 */
final class CloudEvents {

    static final String KIND = "kind";
    private static final String PREFIX = "allframe.store.";
    private static final String UNTYPED = PREFIX + "untyped";
    private static final String JSON_TYPE = "application/json";
    private static final String OTHER_TYPE = "application/octet-stream";

    private final String source;

    /** Of a store. */
    CloudEvents(String source) {
        this.source = source;
    }

    private ObjectNode begin(String id, String type, String subject) {
        ObjectNode json = Json.object();
        json.put("specversion", "1.0");
        json.put("id", id);
        json.put("source", source);
        json.put("type", type);
        json.put("subject", subject);
        return json;
    }

    private ObjectNode begin(String kind, StreamId stream, long number) {
        ObjectNode json = begin(stream + "#" + number + "#" + kind, PREFIX + kind, stream.value());
        json.put(KIND, kind);
        json.put("sequence", Long.toString(number));
        return json;
    }

    ObjectNode event(StoredEvent event) {
        Envelope envelope = event.envelope();
        EventMetadata metadata = envelope.metadata();
        String type = envelope.eventType();
        ObjectNode json = begin(event.stream() + "#" + event.sequenceNr(), type.isEmpty() ? UNTYPED : type,
                event.stream().value());
        json.put("time", metadata.timestamp().toString());
        json.put("sequence", Long.toString(event.sequenceNr()));
        json.put("position", Long.toString(event.position().index()));
        json.put("eventversion", envelope.eventVersion());
        json.put("writer", event.writer());
        if (type.isEmpty()) {
            json.put("untyped", true);
        }
        ArrayNode tags = Json.MAPPER.createArrayNode();
        new TreeSet<>(envelope.tags()).forEach(tags::add);
        json.put("tags", Json.line(tags));
        put(json, "commandid", metadata.commandId());
        put(json, "correlationid", metadata.correlationId());
        put(json, "causationid", metadata.causationId());
        if (!metadata.headers().isEmpty()) {
            ObjectNode headers = Json.object();
            new TreeMap<>(metadata.headers()).forEach(headers::put);
            json.put("headers", Json.line(headers));
        }
        if (envelope.command() != null) {
            json.put("command", Json.line(CommandJson.of(envelope.command())));
        }
        if (!envelope.adapterManifest().isEmpty()) {
            json.put("adaptermanifest", envelope.adapterManifest());
        }
        putText(json, "adaptermetadata", envelope.adapterMetadata());
        putData(json, envelope.payload());
        return json;
    }

    ObjectNode deleted(StreamId stream, long toSequenceNr) {
        return begin("deleted", stream, toSequenceNr);
    }

    ObjectNode snapshot(Snapshot snapshot) {
        ObjectNode json = begin("snapshot", snapshot.stream(), snapshot.sequenceNr());
        json.put("time", snapshot.timestamp().toString());
        putText(json, "metadata", snapshot.metadata());
        putData(json, snapshot.payload());
        return json;
    }

    ObjectNode state(DurableState state) {
        ObjectNode json = begin("state", state.id(), state.revision());
        json.put("time", state.timestamp().toString());
        json.put("position", Long.toString(state.position().index()));
        json.put("tag", state.tag());
        if (state.payload() != null) {
            putData(json, state.payload());
        }
        return json;
    }

    ObjectNode end(long lines) {
        ObjectNode json = begin("end", PREFIX + "end", "");
        json.remove("subject");
        json.put(KIND, "end");
        json.put("sequence", Long.toString(lines));
        return json;
    }

    private static void put(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static void putData(ObjectNode json, Payload payload) {
        json.put("datacontenttype", payload.isJson() ? JSON_TYPE : OTHER_TYPE);
        if (!payload.isJson()) {
            json.put("serializerid", payload.serializerId());
        }
        if (!payload.manifest().isEmpty()) {
            json.put("serializermanifest", payload.manifest());
        }
        JsonNode exact = payload.isJson() ? Json.exact(payload.bytes()) : null;
        if (exact != null) {
            json.set("data", exact);
        } else {
            json.put("data_base64", payload.bytes());
        }
    }

    private static void putText(ObjectNode json, String name, @Nullable Payload payload) {
        if (payload != null) {
            ObjectNode whole = Json.object();
            putData(whole, payload);
            json.put(name, Json.line(whole));
        }
    }

    /** The kind of a line; empty for an event. */
    static String kind(JsonNode json) {
        return json.path(KIND).asText("");
    }

    static StreamId stream(JsonNode json) {
        return new StreamId(text(json, "subject"));
    }

    static long number(JsonNode json, String name) {
        return Long.parseLong(text(json, name));
    }

    private static String text(JsonNode json, String name) {
        JsonNode value = json.get(name);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException("'" + name + "' is missing or no text");
        }
        return value.textValue();
    }

    static StoredEvent readEvent(JsonNode json) throws IOException {
        Set<String> tags = new HashSet<>();
        Json.MAPPER.readTree(text(json, "tags")).forEach(tag -> tags.add(tag.textValue()));
        Map<String, String> headers = json.has("headers")
                ? CommandJson.texts(Json.MAPPER.readTree(text(json, "headers")))
                : Map.of();
        EventMetadata metadata = new EventMetadata(Instant.parse(text(json, "time")), optional(json, "commandid"),
                optional(json, "correlationid"), optional(json, "causationid"), headers);
        Envelope envelope = new Envelope(json.path("untyped").asBoolean() ? "" : text(json, "type"),
                json.required("eventversion").intValue(), contents(json), tags, metadata,
                json.has("command") ? CommandJson.read(Json.MAPPER.readTree(text(json, "command"))) : null,
                json.has("adaptermanifest") ? text(json, "adaptermanifest") : "", nested(json, "adaptermetadata"));
        return new StoredEvent(stream(json), number(json, "sequence"),
                new Position("", 0, 0, number(json, "position")), text(json, "writer"), envelope);
    }

    static Snapshot readSnapshot(JsonNode json) throws IOException {
        return new Snapshot(stream(json), number(json, "sequence"), Instant.parse(text(json, "time")), contents(json),
                nested(json, "metadata"));
    }

    static DurableState readState(JsonNode json) throws IOException {
        return new DurableState(stream(json), number(json, "sequence"),
                new Position("", 0, 0, number(json, "position")), Instant.parse(text(json, "time")),
                json.has("datacontenttype") ? contents(json) : null, text(json, "tag"));
    }

    private static @Nullable String optional(JsonNode json, String name) {
        return json.has(name) ? text(json, name) : null;
    }

    private static @Nullable Payload nested(JsonNode json, String name) throws IOException {
        return json.has(name) ? contents(Json.MAPPER.readTree(text(json, name))) : null;
    }

    private static Payload contents(JsonNode json) throws IOException {
        JsonNode data = json.get("data");
        byte[] bytes;
        if (data != null) {
            bytes = Json.bytes(data);
        } else if (json.has("data_base64")) {
            bytes = json.required("data_base64").binaryValue();
        } else {
            throw new IllegalArgumentException("there is neither 'data' nor 'data_base64'");
        }
        int serializer = json.has("serializerid") ? json.required("serializerid").intValue() : Payload.JSON_TEXT;
        return new Payload(serializer, json.has("serializermanifest") ? text(json, "serializermanifest") : "", bytes);
    }
}

package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.failure.Failures;
import dev.allframe.schema.Schema;
import dev.allframe.schema.Schema.Member;
import dev.allframe.schema.TypeSchema;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Schemas of events as JSON Schema (draft 2020-12), and back: of what is stored under the version. A member that older
 * versions do without has {@code x-since}; where a reader ignores what it does not know, {@code additionalProperties}
 * is true.
 */
public final class JsonSchemas {

    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
    private static final String DECIMAL = "^[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?$";
    private static final String REFERENCE = "#/$defs/";
    private static final String VERSION = "x-version";
    private static final String SINCE = "x-since";
    private static final int FINGERPRINT_BYTES = 8;
    private static final String FLOAT = "float";
    private static final Schema ANY_TEXT = new Schema.Text("");

    private JsonSchemas() {}

    /**
     * The schemas of all events of an aggregate as its classes are today, in the order of their stored names.
     *
     * @throws dev.allframe.codec.InvalidDomainException if they cannot be stored
     */
    public static List<TypeSchema> of(AggregateType<?, ?, ?> type) {
        Map<String, TypeSchema> schemas = new TreeMap<>();
        MigrationPlan.of(type).events().forEach((name, event) -> {
            Stored stored = event.getAnnotation(Stored.class);
            schemas.put(name, SchemaOfClass.of(name, stored.version(), event));
        });
        return List.copyOf(schemas.values());
    }

    /** 16 hexadecimal digits that change when the schema of a class does; the same in every JVM. */
    static String fingerprint(Class<?> type) {
        return fingerprint(List.of(SchemaOfClass.of("", 1, type)));
    }

    /** 16 hexadecimal digits that change when one of the schemas does; the same in every JVM. */
    public static String fingerprint(List<TypeSchema> schemas) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(schemas.stream()
                            .map(JsonSchemas::write)
                            .collect(Collectors.joining())
                            .getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    /** A schema as JSON Schema, with line breaks, the same bytes for the same schema. */
    public static String write(TypeSchema schema) {
        ObjectNode json = object();
        json.put("$schema", DIALECT).put("title", schema.type()).put(VERSION, schema.version());
        json.setAll(json(schema.schema()));
        if (!schema.definitions().isEmpty()) {
            ObjectNode definitions = json.putObject("$defs");
            schema.definitions().forEach((name, definition) -> definitions.set(name, json(definition)));
        }
        return json.toPrettyString().replace("\r\n", "\n") + "\n";
    }

    private static ObjectNode object() {
        return DomainJson.mapper().createObjectNode();
    }

    private static ObjectNode json(Schema schema) {
        return switch (schema) {
            case Schema.Text(String format) -> text(format);
            case Schema.Choice(Set<String> values) -> {
                ObjectNode json = object().put("type", "string");
                values.forEach(json.putArray("enum")::add);
                yield json;
            }
            case Schema.Whole(var least, var most) -> {
                ObjectNode json = object().put("type", "integer");
                if (least != null) {
                    json.put("minimum", least);
                }
                if (most != null) {
                    json.put("maximum", most);
                }
                yield json;
            }
            case Schema.Decimal(var single) -> single
                    ? object().put("type", "number").put("format", FLOAT)
                    : object().put("type", "number");
            case Schema.Truth() -> object().put("type", "boolean");
            case Schema.Anything() -> object();
            case Schema.OrNull(Schema value) -> {
                ObjectNode json = object();
                json.putArray("anyOf").add(json(value)).add(object().put("type", "null"));
                yield json;
            }
            case Schema.Items(Schema item, var unique) -> {
                ObjectNode json = object().put("type", "array").set("items", json(item));
                yield unique ? json.put("uniqueItems", true) : json;
            }
            case Schema.Entries(Schema name, Schema value) -> {
                ObjectNode json = object().put("type", "object").set("additionalProperties", json(value));
                yield name.equals(ANY_TEXT) ? json : json.set("propertyNames", json(name));
            }
            case Schema.Members members -> members(members, null);
            case Schema.Cases(Map<String, Schema.Members> byName) -> {
                ObjectNode json = object();
                ArrayNode options = json.putArray("oneOf");
                byName.forEach((name, members) -> options.add(members(members, name)));
                yield json;
            }
            case Schema.Reference(String name) -> object().put("$ref", REFERENCE + name);
        };
    }

    private static ObjectNode text(String format) {
        ObjectNode json = object().put("type", "string");
        if (!format.isEmpty()) {
            json.put("format", format);
        }
        if (format.equals("decimal")) {
            json.put("pattern", DECIMAL);
        }
        return json;
    }

    private static ObjectNode members(Schema.Members members, @Nullable String caseName) {
        ObjectNode json = object().put("type", "object");
        ObjectNode properties = json.putObject("properties");
        ArrayNode required = json.putArray("required");
        if (caseName != null) {
            properties.putObject(SealedTypes.TYPE_PROPERTY).put("const", caseName);
            required.add(SealedTypes.TYPE_PROPERTY);
        }
        members.members().forEach((name, member) -> {
            ObjectNode value = json(member.schema());
            if (member.since() > 0) {
                value.put(SINCE, member.since());
            }
            properties.set(name, value);
            required.add(name);
        });
        return json.put("additionalProperties", members.open());
    }

    /**
     * The schema of a text that {@link #write} made.
     *
     * @throws CodecException if it is another
     */
    public static TypeSchema read(String text) {
        try {
            JsonNode json = DomainJson.mapper().readTree(text);
            Map<String, Schema> definitions = new LinkedHashMap<>();
            json.path("$defs").properties().forEach(entry -> definitions.put(entry.getKey(), schema(entry.getValue())));
            return new TypeSchema(json.path("title").textValue(), json.path(VERSION).intValue(), schema(json),
                    definitions);
        } catch (JsonProcessingException | RuntimeException unfit) {
            throw new CodecException("not a schema of ours: " + Failures.message(unfit), unfit);
        }
    }

    private static Schema schema(JsonNode json) {
        if (json.has("$ref")) {
            return new Schema.Reference(json.path("$ref").textValue().substring(REFERENCE.length()));
        }
        if (json.has("anyOf")) {
            return new Schema.OrNull(schema(json.path("anyOf").path(0)));
        }
        if (json.has("oneOf")) {
            Map<String, Schema.Members> byName = new LinkedHashMap<>();
            json.path("oneOf")
                    .forEach(option -> byName.put(
                            option.path("properties").path(SealedTypes.TYPE_PROPERTY).path("const").textValue(),
                            members(option)));
            return new Schema.Cases(byName);
        }
        String type = json.path("type").asText("");
        return switch (type) {
            case "" -> new Schema.Anything();
            case "string" -> json.has("enum")
                    ? new Schema.Choice(texts(json.path("enum")))
                    : new Schema.Text(json.path("format").asText(""));
            case "integer" -> new Schema.Whole(limit(json.path("minimum")), limit(json.path("maximum")));
            case "number" -> new Schema.Decimal(json.path("format").asText("").equals(FLOAT));
            case "boolean" -> new Schema.Truth();
            case "array" -> new Schema.Items(schema(json.path("items")), json.path("uniqueItems").booleanValue());
            case "object" -> json.has("properties")
                    ? members(json)
                    : new Schema.Entries(json.has("propertyNames") ? schema(json.path("propertyNames")) : ANY_TEXT,
                            schema(json.path("additionalProperties")));
            default -> throw new IllegalArgumentException("type '" + type + "' is unknown");
        };
    }

    private static @Nullable BigInteger limit(JsonNode json) {
        return json.isMissingNode() ? null : json.bigIntegerValue();
    }

    private static Schema.Members members(JsonNode json) {
        Map<String, Member> members = new LinkedHashMap<>();
        json.path("properties").properties().forEach(entry -> {
            if (!entry.getKey().equals(SealedTypes.TYPE_PROPERTY)) {
                members.put(entry.getKey(), new Member(schema(entry.getValue()), entry.getValue().path(SINCE).asInt()));
            }
        });
        return new Schema.Members(members, json.path("additionalProperties").booleanValue());
    }

    private static Set<String> texts(JsonNode json) {
        Set<String> texts = new TreeSet<>();
        json.forEach(text -> texts.add(text.textValue()));
        return texts;
    }
}

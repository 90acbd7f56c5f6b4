package dev.allframe.codec.jackson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.allframe.schema.Schema;
import dev.allframe.schema.Schema.Member;
import dev.allframe.schema.SchemaDifference;
import dev.allframe.schema.TypeSchema;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares a value with its schema, but for the forms of texts, which come from their classes. */
final class SchemaViolations {

    private final TypeSchema type;
    private final List<SchemaDifference> found = new ArrayList<>();

    private SchemaViolations(TypeSchema type) {
        this.type = type;
    }

    /** What does not fit; none where all does. */
    static List<SchemaDifference> of(TypeSchema type, JsonNode value) {
        SchemaViolations violations = new SchemaViolations(type);
        violations.compare("", type.schema(), value);
        return violations.found;
    }

    private void compare(String path, Schema part, JsonNode value) {
        Schema schema = type.resolved(part);
        if (schema instanceof Schema.OrNull(Schema inner)) {
            if (!value.isNull()) {
                compare(path, inner, value);
            }
        } else if (!isOfKind(schema, value)) {
            found.add(new SchemaDifference(path, value.isNull() ? "is null" : "is " + shortened(value)));
        } else {
            compareParts(path, schema, value);
        }
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 50 ? text : text.substring(0, 50) + "...";
    }

    private static boolean isOfKind(Schema schema, JsonNode value) {
        return switch (schema) {
            case Schema.Text text -> value.isTextual();
            case Schema.Choice(Set<String> values) -> value.isTextual() && values.contains(value.textValue());
            case Schema.Whole(var least, var most) -> value.isIntegralNumber()
                    && isWithin(value.bigIntegerValue(), least, most);
            case Schema.Decimal decimal -> value.isNumber();
            case Schema.Truth() -> value.isBoolean();
            case Schema.Items items -> value.isArray();
            case Schema.Entries entries -> value.isObject();
            case Schema.Members members -> value.isObject();
            case Schema.Cases(Map<String, Schema.Members> byName) -> value.isObject()
                    && byName.containsKey(value.path(SealedTypes.TYPE_PROPERTY).asText());
            case Schema.Anything() -> true;
            case Schema.OrNull orNull -> true;
            case Schema.Reference reference -> throw new IllegalArgumentException(reference + " is not resolved");
        };
    }

    private static boolean isWithin(BigInteger value, @Nullable BigInteger least, @Nullable BigInteger most) {
        return (least == null || value.compareTo(least) >= 0) && (most == null || value.compareTo(most) <= 0);
    }

    private void compareParts(String path, Schema schema, JsonNode value) {
        switch (schema) {
            case Schema.Items(Schema item, var unique) -> {
                Set<JsonNode> seen = new HashSet<>();
                value.forEach(element -> {
                    if (unique && !seen.add(element)) {
                        found.add(new SchemaDifference(path + "[]", "is there twice"));
                    }
                    compare(path + "[]", item, element);
                });
            }
            case Schema.Entries(Schema name, Schema entry) -> value.properties().forEach(property -> {
                compare(path + "{name}", name, TextNode.valueOf(property.getKey()));
                compare(at(path, property.getKey()), entry, property.getValue());
            });
            case Schema.Members members -> compareMembers(path, members, value, false);
            case Schema.Cases(Map<String, Schema.Members> byName) -> {
                Schema.Members members = byName.get(value.path(SealedTypes.TYPE_PROPERTY).textValue());
                if (members != null) {
                    compareMembers(path, members, value, true);
                }
            }
            default -> {
                // has no parts
            }
        }
    }

    private void compareMembers(String path, Schema.Members members, JsonNode value, boolean isCase) {
        members.members().forEach((name, member) -> {
            JsonNode there = value.get(name);
            if (there != null) {
                compare(at(path, name), member.schema(), there);
            } else {
                found.add(new SchemaDifference(at(path, name), "is missing"));
            }
        });
        value.properties().forEach(property -> {
            Member known = members.members().get(property.getKey());
            if (known == null && !members.open() && !(isCase && property.getKey().equals(SealedTypes.TYPE_PROPERTY))) {
                found.add(new SchemaDifference(at(path, property.getKey()), "is unknown"));
            }
        });
    }

    private static String at(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}

package dev.allframe.codec.jackson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.allframe.schema.Schema;
import dev.allframe.schema.Schema.Member;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Random schemas, changes of them as people make them, and values as a class of a schema writes them. */
final class RandomSchemas {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> CHOICES = List.of("A", "B", "C");
    private static final List<String> NAMES = List.of("a", "b", "c", "d");

    private final Random random;
    private final List<String> formats;

    RandomSchemas(Random random, List<String> formats) {
        this.random = random;
        this.formats = formats;
    }

    private <T> T any(List<T> options) {
        return options.get(random.nextInt(options.size()));
    }

    Schema.Members members(int depth) {
        Map<String, Member> members = new LinkedHashMap<>();
        for (String name : NAMES) {
            if (random.nextInt(3) > 0) {
                members.put(name, new Member(schema(depth - 1), 0));
            }
        }
        return new Schema.Members(members, random.nextInt(5) == 0);
    }

    Schema schema(int depth) {
        return switch (random.nextInt(depth > 0 ? 11 : 6)) {
            case 0 -> new Schema.Text(any(formats));
            case 1 -> new Schema.Choice(choices());
            case 2 -> whole();
            case 3 -> new Schema.Decimal(false);
            case 4 -> new Schema.Truth();
            case 5 -> new Schema.Text("");
            case 6 -> new Schema.Items(schema(depth - 1), random.nextInt(3) == 0);
            case 7 -> new Schema.Entries(name(), schema(depth - 1));
            case 8 -> cases(depth);
            case 9 -> {
                Schema value = schema(depth - 1);
                yield value instanceof Schema.OrNull ? value : new Schema.OrNull(value);
            }
            default -> members(depth);
        };
    }

    private Schema name() {
        return random.nextInt(3) == 0 ? new Schema.Choice(choices()) : new Schema.Text(any(formats));
    }

    private Set<String> choices() {
        Set<String> choices = new TreeSet<>();
        choices.add(any(CHOICES));
        choices.add(any(CHOICES));
        return choices;
    }

    private Schema.Whole whole() {
        return switch (random.nextInt(3)) {
            case 0 -> new Schema.Whole(null, null);
            case 1 -> new Schema.Whole(BigInteger.valueOf(-128), BigInteger.valueOf(127));
            default -> new Schema.Whole(BigInteger.valueOf(Long.MIN_VALUE), BigInteger.valueOf(Long.MAX_VALUE));
        };
    }

    private Schema.Cases cases(int depth) {
        Map<String, Schema.Members> byName = new LinkedHashMap<>();
        byName.put("one", closed(members(depth - 1)));
        if (random.nextBoolean()) {
            byName.put("two", closed(members(depth - 1)));
        }
        return new Schema.Cases(byName);
    }

    private static Schema.Members closed(Schema.Members members) {
        return new Schema.Members(members.members(), false);
    }

    /** The same with a change somewhere, or none. */
    Schema changed(Schema schema, int depth) {
        if (random.nextInt(8) == 0) {
            return schema(depth);
        }
        return switch (schema) {
            case Schema.Members members -> changed(members, depth);
            case Schema.Items(Schema item, var unique) ->
                new Schema.Items(changed(item, depth - 1), unique ^ random.nextInt(6) == 0);
            case Schema.Entries(Schema name, Schema value) ->
                new Schema.Entries(random.nextInt(4) == 0 ? name() : name, changed(value, depth - 1));
            case Schema.OrNull(Schema value) -> random.nextInt(3) == 0 ? value : schema;
            case Schema.Cases(Map<String, Schema.Members> byName) -> {
                Map<String, Schema.Members> options = new HashMap<>(byName);
                options.replaceAll((name, option) -> closed(changed(option, depth - 1)));
                if (random.nextInt(3) == 0) {
                    options.put("two", closed(members(depth - 1)));
                }
                yield new Schema.Cases(options);
            }
            case Schema.Choice(Set<String> values) -> {
                Set<String> more = new TreeSet<>(values);
                more.add(any(CHOICES));
                yield new Schema.Choice(more);
            }
            default -> random.nextInt(4) == 0 ? new Schema.OrNull(schema) : schema;
        };
    }

    Schema.Members changed(Schema.Members members, int depth) {
        Map<String, Member> changed = new LinkedHashMap<>(members.members());
        List<String> names = new ArrayList<>(changed.keySet());
        if (!names.isEmpty()) {
            String name = any(names);
            Member member = Objects.requireNonNull(changed.get(name));
            switch (random.nextInt(4)) {
                case 0 -> changed.remove(name);
                case 1 -> changed.put(name, new Member(changed(member.schema(), depth - 1), member.since()));
                case 2 -> changed.put(any(NAMES), new Member(schema(depth - 1), 0));
                default -> changed.put(name, new Member(changed(member.schema(), depth - 1), 0));
            }
        }
        return new Schema.Members(changed, members.open());
    }

    /** A value as it is written by this schema. */
    JsonNode written(Schema schema) {
        return switch (schema) {
            case Schema.Text(String format) -> JSON.textNode(text(format));
            case Schema.Choice(Set<String> values) -> JSON.textNode(any(List.copyOf(values)));
            case Schema.Whole(var least, var most) -> JSON.numberNode(any(List.of(
                    least == null ? BigInteger.TEN.pow(30).negate() : least,
                    most == null ? BigInteger.TEN.pow(30) : most, BigInteger.ONE)));
            case Schema.Decimal decimal ->
                JSON.numberNode(any(List.of(new BigDecimal("0.5"), new BigDecimal("-7.25"))));
            case Schema.Truth() -> JSON.booleanNode(random.nextBoolean());
            case Schema.Anything() -> JSON.textNode("anything");
            case Schema.OrNull(Schema value) -> random.nextBoolean() ? JSON.nullNode() : written(value);
            case Schema.Items(Schema item, var unique) -> {
                List<JsonNode> items = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    items.add(written(item));
                }
                if (!items.isEmpty() && random.nextInt(4) == 0) {
                    items.add(any(items));
                }
                yield JSON.arrayNode().addAll(unique ? new LinkedHashSet<>(items) : items);
            }
            case Schema.Entries(Schema name, Schema value) -> {
                ObjectNode object = JSON.objectNode();
                for (int i = random.nextInt(3); i > 0; i--) {
                    object.set(written(name).textValue(), written(value));
                }
                yield object;
            }
            case Schema.Members members -> writtenMembers(members, JSON.objectNode());
            case Schema.Cases(Map<String, Schema.Members> byName) -> {
                String name = any(List.copyOf(byName.keySet()));
                yield writtenMembers(Objects.requireNonNull(byName.get(name)),
                        JSON.objectNode().put(SealedTypes.TYPE_PROPERTY, name));
            }
            case Schema.Reference(String name) -> throw new IllegalArgumentException(name);
        };
    }

    private ObjectNode writtenMembers(Schema.Members members, ObjectNode object) {
        members.members().forEach((name, member) -> object.set(name, written(member.schema())));
        return object;
    }

    private String text(String format) {
        return switch (format) {
            case "date-time" -> "2026-03-01T10:00:00Z";
            case "date" -> "2026-03-01";
            case "uuid" -> "8d1e8a5c-2326-44ae-94cd-145432cc7ac4";
            case "decimal" -> "12.50";
            default -> any(List.of("", "text", "Z"));
        };
    }
}

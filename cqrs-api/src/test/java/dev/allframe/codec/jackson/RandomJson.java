package dev.allframe.codec.jackson;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SequencedMap;

/** JSON objects at random: as a tree of texts, and written with or without needless blanks and escapes. */
final class RandomJson {

    private static final String CHARACTERS = "ab\"\\/\b\f\n\r\t\u0000\u001f\u007fé\u2028\ud83d\ude00 ";

    /** An object, an array, a text, or the text of a number, a truth or null. */
    sealed interface Node {
        record Members(SequencedMap<String, Node> byName) implements Node {}

        record Items(List<Node> items) implements Node {}

        record Chars(String chars) implements Node {}

        record Word(String text) implements Node {}
    }

    private final Random random;

    RandomJson(Random random) {
        this.random = random;
    }

    Node.Members object(int depth) {
        SequencedMap<String, Node> members = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            members.put(chars(), node(depth - 1));
        }
        return new Node.Members(members);
    }

    private Node node(int depth) {
        return switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0 -> new Node.Chars(chars());
            case 1 -> new Node.Word(List.of("true", "false", "null").get(random.nextInt(3)));
            case 2, 3 -> new Node.Word(number());
            case 4 -> object(depth);
            default -> {
                List<Node> items = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(node(depth - 1));
                }
                yield new Node.Items(items);
            }
        };
    }

    private String number() {
        return switch (random.nextInt(8)) {
            case 0 -> String.valueOf(random.nextInt(10) - 5);
            case 1 -> String.valueOf(random.nextLong());
            case 2 -> BigInteger.valueOf(random.nextLong()).pow(3).toString();
            case 3 -> String.valueOf(random.nextDouble());
            case 4 -> String.valueOf(Double.longBitsToDouble(random.nextLong() & ~(1L << 62)));
            case 5 -> List.of("0.0", "-0.0", "1.00", "1e2", "1E+2", "1e-007", "0e0").get(random.nextInt(7));
            case 6 -> String.format(Locale.ROOT, "%.3f", random.nextDouble() * 1000);
            default -> random.nextInt(1, 100) + "E" + (random.nextInt(800) - 400);
        };
    }

    private String chars() {
        StringBuilder chars = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            int at = CHARACTERS.offsetByCodePoints(0,
                    random.nextInt(CHARACTERS.codePointCount(0, CHARACTERS.length())));
            chars.appendCodePoint(CHARACTERS.codePointAt(at));
        }
        return chars.toString();
    }

    /** The same with the members of each object in another order. */
    Node shuffled(Node node) {
        return switch (node) {
            case Node.Members(var byName) -> {
                List<String> names = new ArrayList<>(byName.keySet());
                Collections.shuffle(names, random);
                SequencedMap<String, Node> members = new LinkedHashMap<>();
                names.forEach(name -> members.put(name, shuffled(Objects.requireNonNull(byName.get(name)))));
                yield new Node.Members(members);
            }
            case Node.Items(var items) -> new Node.Items(items.stream().map(this::shuffled).toList());
            case Node.Chars chars -> chars;
            case Node.Word word -> word;
        };
    }

    /** As Jackson writes it, but for numbers. */
    static String compact(Node node) throws Exception {
        return switch (node) {
            case Node.Members(var byName) -> {
                List<String> members = new ArrayList<>();
                for (Map.Entry<String, Node> member : byName.entrySet()) {
                    members.add(quoted(member.getKey()) + ":" + compact(member.getValue()));
                }
                yield "{" + String.join(",", members) + "}";
            }
            case Node.Items(var nodes) -> {
                List<String> items = new ArrayList<>();
                for (Node item : nodes) {
                    items.add(compact(item));
                }
                yield "[" + String.join(",", items) + "]";
            }
            case Node.Chars(var chars) -> quoted(chars);
            case Node.Word(var text) -> text;
        };
    }

    private static String quoted(String chars) throws Exception {
        return new ObjectMapper().writeValueAsString(chars);
    }

    /** With blanks and escapes that say nothing. */
    String messy(Node node) {
        return blanks() + switch (node) {
            case Node.Members(var byName) -> {
                List<String> members = new ArrayList<>();
                byName.forEach((name, value) -> members.add(blanks() + escaped(name) + blanks() + ":" + messy(value)));
                yield "{" + String.join(",", members) + blanks() + "}";
            }
            case Node.Items(var items) -> "[" + String.join(",", items.stream().map(this::messy).toList()) + "]";
            case Node.Chars(var chars) -> escaped(chars);
            case Node.Word(var text) -> text;
        } + blanks();
    }

    private String blanks() {
        return List.of("", "", "", " ", "\n", "\r\n\t").get(random.nextInt(6));
    }

    private String escaped(String chars) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < chars.length(); i++) {
            char next = chars.charAt(i);
            if (next < ' ' || next == '"' || next == '\\' || random.nextInt(3) == 0) {
                text.append(String.format(Locale.ROOT, random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) next));
            } else if (next == '/') {
                text.append("\\/");
            } else {
                text.append(next);
            }
        }
        return text.append('"').toString();
    }
}

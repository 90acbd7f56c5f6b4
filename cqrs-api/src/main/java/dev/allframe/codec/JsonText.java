package dev.allframe.codec;

import dev.allframe.aggregate.Texts;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the text of one JSON object as RFC 8259 says and writes it in one form. Its own reader, as no JSON library may
 * be needed to hold a value.
 */
final class JsonText {

    /** As deep as values of a domain are written. */
    private static final int DEPTH = 256;

    /** Whatever the digits before it, the scale of such a number fits an int. */
    private static final int EXPONENT_DIGITS = 9;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final String text;
    private final boolean canonical;
    private int at;

    private JsonText(String text, boolean canonical) {
        this.text = text;
        this.canonical = canonical;
    }

    /** The object without blanks, with one spelling of each character. */
    static String compact(String json) {
        return new JsonText(json, false).whole();
    }

    /** The object with sorted members, and numbers that are written as decimals are. */
    static String canonical(String json) {
        return new JsonText(json, true).whole();
    }

    private String whole() {
        skipBlanks();
        if (!is('{')) {
            throw unfit("is no JSON object");
        }
        StringBuilder out = new StringBuilder(text.length());
        object(out, 1);
        skipBlanks();
        if (at < text.length()) {
            throw unfit("has more than one JSON object");
        }
        return out.toString();
    }

    private void value(StringBuilder out, int depth) {
        skipBlanks();
        switch (at < text.length() ? text.charAt(at) : ' ') {
            case '{' -> object(out, depth);
            case '[' -> array(out, depth);
            case '"' -> quote(out, string());
            case 't' -> out.append(word("true"));
            case 'f' -> out.append(word("false"));
            case 'n' -> out.append(word("null"));
            default -> out.append(number());
        }
    }

    private void object(StringBuilder out, int depth) {
        mustBeWritable(depth);
        Map<String, StringBuilder> members = canonical ? new TreeMap<>() : new LinkedHashMap<>();
        at++;
        skipBlanks();
        for (boolean more = !taken('}'); more; more = !taken('}')) {
            if (!members.isEmpty()) {
                must(',');
                skipBlanks();
            }
            int begin = at;
            String name = string();
            StringBuilder member = new StringBuilder();
            if (members.putIfAbsent(name, member) != null) {
                at = begin;
                throw unfit("has two members '" + name + "' in one object");
            }
            skipBlanks();
            must(':');
            value(member, depth + 1);
            skipBlanks();
        }
        out.append('{');
        int first = out.length();
        members.forEach((name, member) -> {
            if (out.length() > first) {
                out.append(',');
            }
            quote(out, name);
            out.append(':').append(member);
        });
        out.append('}');
    }

    private void array(StringBuilder out, int depth) {
        mustBeWritable(depth);
        List<StringBuilder> items = new ArrayList<>();
        at++;
        skipBlanks();
        for (boolean more = !taken(']'); more; more = !taken(']')) {
            if (!items.isEmpty()) {
                must(',');
            }
            StringBuilder item = new StringBuilder();
            value(item, depth + 1);
            items.add(item);
            skipBlanks();
        }
        out.append('[').append(String.join(",", items)).append(']');
    }

    private void mustBeWritable(int depth) {
        if (depth > DEPTH) {
            throw unfit("has more than " + DEPTH + " levels of arrays and objects");
        }
    }

    private String string() {
        int begin = at;
        must('"');
        StringBuilder chars = new StringBuilder();
        while (!taken('"')) {
            char next = next();
            if (next < ' ') {
                at--;
                throw unfit("has a control character in a text");
            }
            chars.append(next == '\\' ? escaped() : next);
        }
        try {
            return Texts.storable("a text", chars.toString());
        } catch (IllegalArgumentException unpaired) {
            at = begin;
            throw unfit("has an unpaired surrogate in a text");
        }
    }

    private char escaped() {
        char escape = next();
        return switch (escape) {
            case '"', '\\', '/' -> escape;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int unit = 0;
                for (int digits = 0; digits < 4; digits++) {
                    char digit = next();
                    if (!HexFormat.isHexDigit(digit)) {
                        at--;
                        throw unfit("has no hexadecimal digit in an escape");
                    }
                    unit = unit * 16 + HexFormat.fromHexDigit(digit);
                }
                yield (char) unit;
            }
            default -> {
                at--;
                throw unfit("has an unknown escape");
            }
        };
    }

    /** Writes a text as Jackson does. */
    private static void quote(StringBuilder out, String chars) {
        out.append('"');
        for (int i = 0; i < chars.length(); i++) {
            char next = chars.charAt(i);
            switch (next) {
                case '"', '\\' -> out.append('\\').append(next);
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (next < ' ') {
                        out.append("\\u").append(HEX.toHexDigits(next));
                    } else {
                        out.append(next);
                    }
                }
            }
        }
        out.append('"');
    }

    private String word(String expected) {
        if (!text.startsWith(expected, at)) {
            throw unfit("has no JSON value");
        }
        at += expected.length();
        return expected;
    }

    private String number() {
        int begin = at;
        taken('-');
        if (!taken('0')) {
            digits();
        }
        boolean whole = true;
        if (taken('.')) {
            whole = false;
            digits();
        }
        if (taken('e') || taken('E')) {
            whole = false;
            if (!taken('+')) {
                taken('-');
            }
            while (is('0') && at + 1 < text.length() && isDigit(text.charAt(at + 1))) {
                at++;
            }
            if (digits() > EXPONENT_DIGITS) {
                throw unfit("has a number whose exponent has more than " + EXPONENT_DIGITS + " digits");
            }
        }
        String number = text.substring(begin, at);
        return number.equals("-0") ? "0" : whole || !canonical ? number : decimal(number);
    }

    /** A decimal has no negative zero, and a double has. */
    private static String decimal(String number) {
        BigDecimal decimal = new BigDecimal(number);
        return decimal.signum() == 0 && number.startsWith("-") ? "-" + decimal : decimal.toString();
    }

    private int digits() {
        int begin = at;
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
        if (at == begin) {
            throw unfit("has no JSON value");
        }
        return at - begin;
    }

    private static boolean isDigit(char next) {
        return next >= '0' && next <= '9';
    }

    private void skipBlanks() {
        while (is(' ') || is('\n') || is('\r') || is('\t')) {
            at++;
        }
    }

    private boolean is(char expected) {
        return at < text.length() && text.charAt(at) == expected;
    }

    private boolean taken(char expected) {
        boolean is = is(expected);
        at += is ? 1 : 0;
        return is;
    }

    private void must(char expected) {
        if (!taken(expected)) {
            throw unfit("needs '" + expected + "'");
        }
    }

    private char next() {
        if (at == text.length()) {
            throw unfit("ends within a text");
        }
        return text.charAt(at++);
    }

    private IllegalArgumentException unfit(String why) {
        return new IllegalArgumentException("a JSON text " + why + ", at character " + at);
    }
}

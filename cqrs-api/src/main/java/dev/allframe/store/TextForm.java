package dev.allframe.store;

import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Several texts as one, of ASCII letters, digits and {@code - . _ ~ /} alone, so that it fits into a header, a cookie,
 * an address or a column as it is. Every other char is {@code ~} and its four hexadecimal digits.
 */
final class TextForm {

    private static final Pattern OTHER = Pattern.compile("[^A-Za-z0-9._-]");
    private static final Pattern ESCAPED = Pattern.compile("~([0-9A-F]{4})");
    private static final Pattern PART = Pattern.compile("(?:[A-Za-z0-9._-]|~[0-9A-F]{4})*");

    private TextForm() {}

    static String of(Object... parts) {
        return Stream.of(parts)
                .map(part -> OTHER.matcher(part.toString())
                        .replaceAll(found -> escaped(found.group())))
                .collect(Collectors.joining("/"));
    }

    /** A char outside of the basic plane is two, and both are escaped. */
    private static String escaped(String found) {
        return found.chars()
                .mapToObj(unit -> "~" + HexFormat.of().withUpperCase().toHexDigits((char) unit))
                .collect(Collectors.joining());
    }

    /**
     * The parts of a text form.
     *
     * @param what what the text is, for the exception
     * @throws IllegalArgumentException if the text has other parts than so many
     */
    static List<String> parts(String text, int count, String what) {
        List<String> parts = List.of(text.split("/", -1));
        if (parts.size() != count || !parts.stream().allMatch(part -> PART.matcher(part).matches())) {
            throw refused(text, what);
        }
        return parts.stream().map(TextForm::unescaped).toList();
    }

    private static String unescaped(String part) {
        return ESCAPED.matcher(part)
                .replaceAll(found -> Matcher
                        .quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(1), 16))));
    }

    static IllegalArgumentException refused(String text, String what) {
        return new IllegalArgumentException("'" + text + "' is no " + what);
    }
}

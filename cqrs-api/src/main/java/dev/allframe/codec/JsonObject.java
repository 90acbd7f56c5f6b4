package dev.allframe.codec;

/**
 * A JSON object whose contents have no class here: what a component of an event, a state or a command holds where only
 * others know the contents. It is stored as an object inside of the record that holds it, so that other tools read it.
 *
 * <p>The text is kept as it was given, without blanks between tokens and with one spelling of each character: the order
 * of members and the text of each number stay, but for -0, the whole number that is 0. Two objects are equal if they
 * have equal members in any order; numbers are equal as decimals are, so that 1.0 and 1.00 differ. Immutable and
 * thread-safe.
 */
public final class JsonObject {

    /** An object without members. */
    public static final JsonObject EMPTY = of("{}");

    private final String text;

    private JsonObject(String text) {
        this.text = text;
    }

    /**
     * The object of a JSON text.
     *
     * @throws IllegalArgumentException if the text is not one JSON object, two members of an object have one name, a
     *         text has an unpaired surrogate, arrays and objects stand in each other more than 256 levels deep, or the
     *         exponent of a number has more than 9 digits; the message names the place
     */
    public static JsonObject of(String json) {
        return new JsonObject(JsonText.compact(json));
    }

    /** The JSON text, in one line. */
    public String text() {
        return text;
    }

    /** The same text for equal objects: members in the order of their names, numbers by value and scale. */
    public String canonical() {
        return JsonText.canonical(text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonObject object
                && (text.equals(object.text) || canonical().equals(object.canonical()));
    }

    @Override
    public int hashCode() {
        return canonical().hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}

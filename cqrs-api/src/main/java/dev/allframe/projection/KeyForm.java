package dev.allframe.projection;

import dev.allframe.store.view.KeyRange;

/** How the values of a class are written as bytes of a key. Immutable. */
interface KeyForm<V> {

    /** What the bytes look like. */
    String description();

    /**
     * Writes a value, in bytes that are no beginning of another's.
     *
     * @throws IllegalArgumentException if the value cannot be a key
     */
    void write(KeyBytes out, V value);

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException if the bytes are of none
     */
    V read(KeySource in);

    /** The range of a prefix of texts, or of leading components; refused unless there is such a thing. */
    default KeyRange prefixes(Range<V> range) {
        throw new IllegalArgumentException("a range of " + description() + " has no such form: " + range);
    }
}

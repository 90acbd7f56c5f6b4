package dev.allframe.projection;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which values are wanted, in the order that {@link Keys} give them.
 *
 * @param <V> the values
 */
public sealed interface Range<V> {

    /**
     * Values between two ends.
     *
     * @param lower the lower end; null for none
     * @param includesLower whether the lower end is wanted too
     * @param upper the upper end; null for none
     * @param includesUpper whether the upper end is wanted too
     */
    record Interval<V>(@Nullable V lower, boolean includesLower, @Nullable V upper,
            boolean includesUpper) implements Range<V> {}

    /** Texts that begin with this one. */
    record Prefix(String text) implements Range<String> {
        public Prefix {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * Values of a record class whose first components are these. The last may be a text that the component begins with.
     *
     * @param components one or more, fewer than the record has or as many
     * @param lastIsPrefix whether the last one is a text of which only the beginning is given
     */
    record Leading<V>(List<Object> components, boolean lastIsPrefix) implements Range<V> {
        public Leading {
            components = List.copyOf(components);
            if (components.isEmpty()) {
                throw new IllegalArgumentException("a range of leading components needs one or more");
            }
        }
    }

    /** Every value. */
    static <V> Range<V> all() {
        return new Interval<>(null, true, null, true);
    }

    /** This value and those above. */
    static <V> Range<V> atLeast(V lower) {
        return new Interval<>(Objects.requireNonNull(lower, "lower"), true, null, true);
    }

    /** Values above this one. */
    static <V> Range<V> above(V lower) {
        return new Interval<>(Objects.requireNonNull(lower, "lower"), false, null, true);
    }

    /** This value and those below. */
    static <V> Range<V> atMost(V upper) {
        return new Interval<>(null, true, Objects.requireNonNull(upper, "upper"), true);
    }

    /** Values below this one. */
    static <V> Range<V> below(V upper) {
        return new Interval<>(null, true, Objects.requireNonNull(upper, "upper"), false);
    }

    /** Values from one, included, until another, not included. */
    static <V> Range<V> between(V from, V until) {
        return new Interval<>(Objects.requireNonNull(from, "from"), true, Objects.requireNonNull(until, "until"),
                false);
    }

    /** Texts that begin with this one; the empty text for all. */
    static Range<String> startsWith(String text) {
        return new Prefix(text);
    }

    /** Values of a record class whose first components are these. */
    static <V> Range<V> leading(Object... components) {
        return new Leading<>(Arrays.asList(components), false);
    }

    /** As {@link #leading}, where the last component is a text that begins with the one given. */
    static <V> Range<V> leadingStartsWith(Object... components) {
        return new Leading<>(Arrays.asList(components), true);
    }
}

package dev.allframe.schema;

import java.math.BigInteger;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a JSON value looks like, as far as a class says it. Parts of one schema are compared by value, whatever their
 * order.
 *
 * <p>It says both what a class writes and what it reads. A class writes each of its members, and no others; it reads
 * also objects of older versions that lack members added {@link Member#since}, and others where it is
 * {@link Members#open}.
 */
public sealed interface Schema {

    /**
     * Text of a form, such as {@code date-time} or {@code decimal}.
     *
     * @param format the form; empty for any text
     */
    record Text(String format) implements Schema {}

    /** One of these texts. */
    record Choice(Set<String> values) implements Schema {

        public Choice {
            values = Collections.unmodifiableSet(new TreeSet<>(values));
        }
    }

    /**
     * A number without a fraction.
     *
     * @param least the smallest; null without a limit
     * @param most the largest; null without a limit
     */
    record Whole(@Nullable BigInteger least, @Nullable BigInteger most) implements Schema {}

    /**
     * Any number.
     *
     * @param single whether it is read as a {@code float}, which has seven digits
     */
    record Decimal(boolean single) implements Schema {}

    /** True or false. */
    record Truth() implements Schema {}

    /** Any value whatever. */
    record Anything() implements Schema {}

    /** A value, or null. */
    record OrNull(Schema value) implements Schema {}

    /**
     * An array.
     *
     * @param item each of its items
     * @param unique whether no two are equal
     */
    record Items(Schema item, boolean unique) implements Schema {}

    /**
     * An object of any size.
     *
     * @param name each of its names, which are texts
     * @param value each of its values
     */
    record Entries(Schema name, Schema value) implements Schema {}

    /**
     * An object with these members.
     *
     * @param members by their names
     * @param open whether a reader ignores members that it does not know
     */
    record Members(Map<String, Member> members, boolean open) implements Schema {

        public Members {
            members = Collections.unmodifiableMap(new TreeMap<>(members));
        }
    }

    /**
     * A member of an object.
     *
     * @param schema its value
     * @param since the version in which it was added with a default, so that a reader does without it in what older
     *         versions have written; 0 where all have it
     */
    record Member(Schema schema, int since) {

        /** Whether a reader does without it in what a version has written. */
        public boolean isOptionalFor(int version) {
            return version < since;
        }
    }

    /** An object whose member {@code @type} names the case that it is. */
    record Cases(Map<String, Members> byName) implements Schema {

        /** The member that names the case. */
        public static final String TYPE = "@type";

        public Cases {
            byName = Collections.unmodifiableMap(new TreeMap<>(byName));
        }
    }

    /** A schema that contains itself, by its name in {@link TypeSchema#definitions}. */
    record Reference(String name) implements Schema {}
}

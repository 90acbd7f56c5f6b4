package dev.allframe.projection;

import dev.allframe.store.view.KeyRange;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * How keys and indexed values look as bytes: in an order of unsigned bytes that is theirs, the same in memory and on
 * disk. No value's bytes are the beginning of another's, so that values can stand behind each other. Immutable and
 * thread-safe.
 *
 * <p>The order is that of {@code compareTo}, with three exceptions: texts are ordered by code point, as UTF-8 is, which
 * differs from Java's order for characters outside of the basic plane; enums are ordered as they are declared, and
 * their constants are part of the view's definition; records are ordered by their components, the first one first.
 * Decimals that differ in their scale alone are one key; the smallest scale is read back.
 *
 * @param <V> the values
 */
public final class Keys<V> {

    /** Texts without unpaired surrogates. */
    public static final Keys<String> STRING = new Keys<>(new TextKey());
    /** Whole numbers of 64 bits. */
    public static final Keys<Long> LONG = new Keys<>(SimpleKey.LONG);
    /** Whole numbers of 32 bits. */
    public static final Keys<Integer> INT = new Keys<>(SimpleKey.INT);
    /** Decimals of any size. */
    public static final Keys<BigDecimal> DECIMAL = new Keys<>(new DecimalKey());
    /** Days. */
    public static final Keys<LocalDate> DATE = new Keys<>(SimpleKey.DATE);
    /** Instants, to the nanosecond. */
    public static final Keys<Instant> INSTANT = new Keys<>(SimpleKey.INSTANT);

    private final KeyForm<V> form;

    private Keys(KeyForm<V> form) {
        this.form = form;
    }

    /**
     * The keys of a class: text, whole numbers, decimals, {@code double}, {@code boolean}, dates and times, UUIDs,
     * enums, and records of these, which may stand in each other.
     *
     * @throws IllegalArgumentException for any other class
     */
    public static <V> Keys<V> of(Class<V> type) {
        return new Keys<>(KeysOfClass.of(type));
    }

    /**
     * The keys of values that have two parts, ordered by the first, then by the second, as a record of both is. The
     * leading components of a range are the parts.
     *
     * @param made a value of its parts
     */
    public static <V, A, B> Keys<V> joined(Function<V, A> first, Keys<A> firstKeys, Function<V, B> second,
            Keys<B> secondKeys, BiFunction<A, B, V> made) {
        return new Keys<>(new JoinedKey<>(first, firstKeys.form, second, secondKeys.form, made));
    }

    /**
     * The bytes of a value.
     *
     * @throws IllegalArgumentException if the value cannot be a key, such as a text with an unpaired surrogate
     */
    public byte[] encode(V value) {
        KeyBytes out = new KeyBytes();
        form.write(out, Objects.requireNonNull(value, "a key is not null"));
        return out.toByteArray();
    }

    /**
     * The value of these bytes.
     *
     * @throws IllegalArgumentException if they are of none
     */
    public V decode(byte[] bytes) {
        KeySource in = new KeySource(bytes);
        V value = read(in);
        in.mustBeAtEnd();
        return value;
    }

    private V read(KeySource in) {
        try {
            return form.read(in);
        } catch (DateTimeException | ArithmeticException beyond) {
            throw new IllegalArgumentException("the bytes of a key are of no " + form.description(), beyond);
        }
    }

    /** How many bytes at the beginning are a value's, where others stand behind it. */
    public int lengthAt(byte[] bytes, int offset) {
        KeySource in = new KeySource(Arrays.copyOfRange(bytes, offset, bytes.length));
        read(in);
        return in.position();
    }

    /** The bytes that the values of a range have, whatever stands behind them. */
    public KeyRange encode(Range<V> range) {
        if (!(range instanceof Range.Interval<V>(V lower, boolean withLower, V upper, boolean withUpper))) {
            return form.prefixes(range);
        }
        byte[] from = lower == null ? null : encode(lower);
        byte[] until = upper == null ? null : encode(upper);
        if (from != null && !withLower) {
            byte[] first = KeyRange.behindPrefix(from);
            if (first == null) {
                return KeyRange.between(from, from); // nothing is above the highest value
            }
            from = first;
        }
        return new KeyRange(from, until == null || !withUpper ? until : KeyRange.behindPrefix(until));
    }

    /** What the bytes look like, part of a view's definition: another description is another encoding. */
    public String description() {
        return form.description();
    }

    @Override
    public String toString() {
        return form.description();
    }
}

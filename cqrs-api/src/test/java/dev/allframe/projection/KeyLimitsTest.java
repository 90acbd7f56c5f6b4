package dev.allframe.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.allframe.store.view.KeyRange;
import java.lang.invoke.MethodType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.Year;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys at the limits of every class, alone and in records of records, and what ranges over them contain. */
class KeyLimitsTest {

    private static final String GRIN = "\uD83D\uDE00";

    /** Values of each class at its limits, in their order. */
    private static final Map<Class<?>, List<?>> VALUES = new HashMap<>();

    static {
        put(String.class, "", "\0", "\0\0", "\0\1", "\0\u00FF", "\1", "a", "a\0", "a\0b", "ab", "\u007F", "\u0080",
                "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFF", "\uFFFF" + GRIN, GRIN, GRIN + "\uFFFF",
                "\uDBFF\uDFFF");
        put(Long.class, Long.MIN_VALUE, Long.MIN_VALUE + 1, -256L, -1L, 0L, 1L, 255L, 256L, 1L << 32, Long.MAX_VALUE);
        put(Integer.class, Integer.MIN_VALUE, -65_536, -1, 0, 1, 65_535, Integer.MAX_VALUE);
        put(Short.class, Short.MIN_VALUE, (short) -1, (short) 0, (short) 255, Short.MAX_VALUE);
        put(Byte.class, Byte.MIN_VALUE, (byte) -1, (byte) 0, (byte) 1, Byte.MAX_VALUE);
        put(Boolean.class, false, true);
        put(Double.class, Double.NEGATIVE_INFINITY, -Double.MAX_VALUE, -1.5, -Double.MIN_NORMAL, -Double.MIN_VALUE, 0.0,
                Double.MIN_VALUE, Double.MIN_NORMAL, 1.5, Math.nextUp(1.5), Double.MAX_VALUE,
                Double.POSITIVE_INFINITY);
        put(BigDecimal.class, decimal("-9", Integer.MIN_VALUE), decimal("-1", Integer.MIN_VALUE),
                decimal("-1", -2_000_000_000), decimal("-100", 0), decimal("-99999999999999999999", 18),
                decimal("-15", 1), decimal("-1", 0), decimal("-1", 2_000_000_000), decimal("-1", Integer.MAX_VALUE),
                decimal("0", 0), decimal("1", Integer.MAX_VALUE), decimal("2", Integer.MAX_VALUE),
                decimal("1", 2_000_000_000), decimal("99", 3), decimal("1", 1), decimal("101", 3), decimal("1", 0),
                decimal("15", 1), decimal("99999999999999999999", 18), decimal("1", -2), decimal("101", 0),
                decimal("1", -2_000_000_000), decimal("1", Integer.MIN_VALUE), decimal("12", Integer.MIN_VALUE));
        put(BigInteger.class, BigInteger.TEN.pow(400).negate(), BigInteger.valueOf(Long.MIN_VALUE),
                BigInteger.TEN.negate(), BigInteger.ONE.negate(), BigInteger.ZERO, BigInteger.ONE, BigInteger.TEN,
                BigInteger.valueOf(Long.MAX_VALUE), BigInteger.ONE.shiftLeft(1_000));
        put(UUID.class, new UUID(Long.MIN_VALUE, 0), new UUID(-1, -1), new UUID(0, Long.MIN_VALUE), new UUID(0, -1),
                new UUID(0, 0), new UUID(0, 1), new UUID(1, 0), new UUID(Long.MAX_VALUE, Long.MAX_VALUE));
        put(Instant.class, Instant.MIN, Instant.EPOCH.minusNanos(1), Instant.EPOCH, Instant.EPOCH.plusNanos(1),
                Instant.EPOCH.plusNanos(999_999_999), Instant.EPOCH.plusSeconds(1), Instant.MAX);
        put(Duration.class, Duration.ofSeconds(Long.MIN_VALUE), Duration.ofSeconds(-1), Duration.ofNanos(-1),
                Duration.ZERO, Duration.ofNanos(1), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
        put(LocalDate.class, LocalDate.MIN, LocalDate.of(0, 1, 1), LocalDate.of(1969, 12, 31), LocalDate.EPOCH,
                LocalDate.MAX);
        put(LocalTime.class, LocalTime.MIN, LocalTime.of(0, 0, 0, 1), LocalTime.NOON, LocalTime.MAX);
        put(LocalDateTime.class, LocalDateTime.MIN, LocalDateTime.of(1969, 12, 31, 23, 59), LocalDateTime.of(1970, 1, 1,
                0, 0), LocalDateTime.MAX);
        put(YearMonth.class, YearMonth.of(Year.MIN_VALUE, 1), YearMonth.of(-1, 12), YearMonth.of(0, 1),
                YearMonth.of(0, 12), YearMonth.of(Year.MAX_VALUE, 12));
        put(Year.class, Year.of(Year.MIN_VALUE), Year.of(-1), Year.of(0), Year.of(Year.MAX_VALUE));
        put(DayOfWeek.class, (Object[]) DayOfWeek.values());
    }

    record Inner(String text, BigDecimal number) {}

    record Middle(DayOfWeek day, Inner inner, boolean flag) {}

    record Outer(Middle middle, Instant at, String name, long number) {}

    record Primitives(int number, short small, byte tiny, double real, long large, boolean flag) {}

    private static void put(Class<?> type, Object... values) {
        VALUES.put(type, List.of(values));
    }

    private static BigDecimal decimal(String digits, int scale) {
        return new BigDecimal(new BigInteger(digits), scale);
    }

    static Stream<Class<?>> classes() {
        return Stream.concat(VALUES.keySet().stream().sorted(Comparator.comparing(Class::getName)),
                Stream.of(Inner.class, Middle.class, Outer.class, Primitives.class));
    }

    private static Random random() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("test.seed=" + seed);
        return new Random(seed);
    }

    /** A value with its place: the numbers of the simple values that it is made of, in their order. */
    private record Placed<V>(V value, List<Integer> place) {}

    @SuppressWarnings("unchecked") // made of the class's own parts
    private static <V> Placed<V> any(Class<V> type, Random random) {
        Class<?> boxed = type.isPrimitive() ? boxed(type) : type;
        List<?> simple = VALUES.get(boxed);
        if (simple != null) {
            int number = random.nextInt(simple.size());
            return new Placed<>((V) simple.get(number), List.of(number));
        }
        List<Object> parts = new ArrayList<>();
        List<Integer> place = new ArrayList<>();
        for (var component : type.getRecordComponents()) {
            Placed<?> part = any(component.getType(), random);
            parts.add(part.value());
            place.addAll(part.place());
        }
        try {
            var constructor = type.getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            return new Placed<>((V) constructor.newInstance(parts.toArray()), place);
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("a record has a constructor of its components", impossible);
        }
    }

    private static Class<?> boxed(Class<?> primitive) {
        return MethodType.methodType(primitive).wrap().returnType();
    }

    private static int compare(List<Integer> one, List<Integer> other) {
        return Arrays.compare(one.stream().mapToInt(i -> i).toArray(), other.stream().mapToInt(i -> i).toArray());
    }

    private static <V> List<Placed<V>> some(Class<V> type, Random random) {
        List<Placed<V>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(any(type, random));
        }
        return all;
    }

    private static boolean isSame(Object one, Object other) {
        return one instanceof BigDecimal decimal ? decimal.compareTo((BigDecimal) other) == 0 : one.equals(other);
    }

    @ParameterizedTest
    @MethodSource("classes")
    <V> void pairs_are_ordered_read_back_and_do_not_begin_each_other(Class<V> type) {
        Keys<V> keys = Keys.of(type);
        List<Placed<V>> all = some(type, random());
        for (Placed<V> one : all) {
            byte[] written = keys.encode(one.value());
            V read = keys.decode(written);
            assertThat(isSame(read, one.value()) || type.isRecord()).as("%s is read as %s", one.value(), read).isTrue();
            assertThat(keys.encode(read)).isEqualTo(written);
            assertThat(keys.lengthAt(followed(written), 3)).isEqualTo(written.length);
            for (Placed<V> other : all) {
                byte[] beside = keys.encode(other.value());
                int wanted = Integer.signum(compare(one.place(), other.place()));
                if (Integer.signum(Arrays.compareUnsigned(written, beside)) != wanted) {
                    fail("%s and %s must be ordered as %s", one.value(), other.value(), wanted);
                }
                if (wanted != 0 && Arrays.mismatch(written, beside) == Math.min(written.length, beside.length)) {
                    fail("%s begins %s, or the other way round", one.value(), other.value());
                }
            }
        }
    }

    /** Between three bytes and two others, as in an entry of an index. */
    private static byte[] followed(byte[] written) {
        byte[] all = new byte[3 + written.length + 2];
        Arrays.fill(all, (byte) 0xFF);
        System.arraycopy(written, 0, all, 3, written.length);
        return all;
    }

    @ParameterizedTest
    @MethodSource("classes")
    <V> void ranges_contain_what_lies_in_them_and_nothing_else(Class<V> type) {
        Keys<V> keys = Keys.of(type);
        Random random = random();
        List<Placed<V>> all = some(type, random);
        for (int i = 0; i < 15; i++) {
            Placed<V> one = all.get(random.nextInt(all.size()));
            Placed<V> other = all.get(random.nextInt(all.size()));
            assertContains(keys, Range.all(), all, place -> true);
            assertContains(keys, Range.atLeast(one.value()), all, place -> compare(place, one.place()) >= 0);
            assertContains(keys, Range.above(one.value()), all, place -> compare(place, one.place()) > 0);
            assertContains(keys, Range.atMost(one.value()), all, place -> compare(place, one.place()) <= 0);
            assertContains(keys, Range.below(one.value()), all, place -> compare(place, one.place()) < 0);
            assertContains(keys, Range.between(one.value(), other.value()), all,
                    place -> compare(place, one.place()) >= 0 && compare(place, other.place()) < 0);
            assertContains(keys, new Range.Interval<>(one.value(), false, other.value(), true), all,
                    place -> compare(place, one.place()) > 0 && compare(place, other.place()) <= 0);
        }
    }

    /** Also with other bytes behind the value, as in an entry of an index. */
    private static <V> void assertContains(Keys<V> keys, Range<V> range, List<Placed<V>> all,
            Predicate<List<Integer>> wanted) {
        KeyRange bytes = keys.encode(range);
        for (Placed<V> each : all) {
            byte[] written = keys.encode(each.value());
            byte[] longer = Arrays.copyOf(written, written.length + 9);
            Arrays.fill(longer, written.length, longer.length, (byte) 0xFF);
            boolean isIn = wanted.test(each.place());
            if (bytes.contains(written) != isIn || bytes.contains(longer) != isIn) {
                fail("%s in %s: %s", each.value(), range, isIn);
            }
        }
    }

    @Test
    void leading_components_and_the_beginning_of_the_next_find_what_has_them() {
        Keys<Inner> keys = Keys.of(Inner.class);
        Keys<Middle> middles = Keys.of(Middle.class);
        Random random = random();
        List<Placed<Inner>> all = some(Inner.class, random);
        List<Placed<Middle>> around = some(Middle.class, random);
        for (Placed<Inner> one : all) {
            String text = one.value().text();
            String prefix = text.substring(0, text.offsetByCodePoints(0, random.nextInt(1 + text.codePointCount(0,
                    text.length()))));
            for (Placed<Inner> other : all) {
                byte[] written = keys.encode(other.value());
                assertThat(keys.encode(Range.<Inner>leading(text)).contains(written))
                        .isEqualTo(other.value().text().equals(text));
                assertThat(keys.encode(Range.<Inner>leadingStartsWith(prefix)).contains(written))
                        .isEqualTo(other.value().text().startsWith(prefix));
                assertThat(keys.encode(Range.<Inner>leading(text, one.value().number())).contains(written))
                        .isEqualTo(compare(one.place(), other.place()) == 0);
            }
            for (Placed<Middle> other : around) {
                assertThat(middles.encode(Range.<Middle>leading(DayOfWeek.FRIDAY, one.value()))
                        .contains(middles.encode(other.value())))
                        .isEqualTo(compare(other.place().subList(0, 3), place(4, one.place())) == 0);
            }
        }
    }

    private static List<Integer> place(int first, List<Integer> others) {
        return Stream.concat(Stream.of(first), others.stream()).toList();
    }

    @Test
    void a_component_that_is_not_of_its_class_or_no_text_to_begin_with_is_refused() {
        Keys<Primitives> primitives = Keys.of(Primitives.class);
        Keys<Middle> middles = Keys.of(Middle.class);

        assertThat(primitives.encode(Range.<Primitives>leading(1, (short) 2))
                .contains(primitives.encode(new Primitives(1, (short) 2, (byte) 3, 4, 5, true)))).isTrue();
        assertThatThrownBy(() -> primitives.encode(Range.<Primitives>leading(1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("component number");
        assertThatThrownBy(() -> middles.encode(Range.<Middle>leadingStartsWith(DayOfWeek.FRIDAY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("component day");
        assertThatThrownBy(() -> middles.encode(Range.<Middle>leadingStartsWith(DayOfWeek.FRIDAY, "a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("component inner");
        assertThatThrownBy(() -> Keys.LONG.encode(new Range.Leading<>(List.of(1L), false)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("classes")
    <V> void bytes_that_are_changed_are_of_another_value_or_of_none(Class<V> type) {
        Keys<V> keys = Keys.of(type);
        Random random = random();
        for (Placed<V> one : some(type, random)) {
            byte[] changed = keys.encode(one.value());
            int kind = random.nextInt(3);
            if (kind == 0) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            } else if (kind == 1) {
                changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                changed = Arrays.copyOf(changed, random.nextInt(changed.length + 2));
            }
            byte[] bytes = changed;
            V read;
            try {
                read = keys.decode(bytes);
            } catch (IllegalArgumentException refused) {
                continue;
            }
            assertThat(keys.encode(read)).as("%s, of %s", read, one.value()).isEqualTo(bytes);
        }
    }

    @Test
    void a_decimal_that_no_fewer_digits_can_say_is_refused() {
        BigDecimal tooLarge = decimal("10", Integer.MIN_VALUE);

        assertThatThrownBy(() -> Keys.DECIMAL.encode(tooLarge)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too large");
    }

    @Test
    void both_zeros_are_one_key_and_others_of_no_order_are_none() {
        Keys<Double> keys = Keys.of(Double.class);

        assertThat(keys.encode(-0.0)).isEqualTo(keys.encode(0.0));
        assertThatThrownBy(() -> Keys.STRING.encode("a\uDE00")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Keys.STRING.encode(Range.startsWith("\uD83D")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    enum Colour {
        RED, BLUE
    }

    enum MoreColours {
        RED, GREEN, BLUE
    }

    enum OtherOrder {
        BLUE, RED
    }

    record Of(Colour colour) {}

    record OfMore(MoreColours colour) {}

    @Test
    void an_enum_that_gets_a_constant_or_another_order_is_another_encoding() {
        assertThat(Stream.of(Colour.class, MoreColours.class, OtherOrder.class, Of.class, OfMore.class)
                .map(type -> Keys.of(type).description())
                .distinct()).hasSize(5);
        assertThat(Keys.of(Month.class).description()).contains("JANUARY").contains("DECEMBER");
    }

    @Test
    void every_class_of_keys_is_tried_here() {
        List<Class<?>> known = List.of(String.class, Long.class, Integer.class, Short.class, Byte.class, Boolean.class,
                Double.class, BigDecimal.class, BigInteger.class, UUID.class, Instant.class, Duration.class,
                LocalDate.class, LocalTime.class, LocalDateTime.class, YearMonth.class, Year.class);

        assertThat(KeysOfClass.simple().stream().filter(type -> !type.isPrimitive()))
                .containsExactlyInAnyOrderElementsOf(known);
        assertThat(VALUES.keySet()).containsAll(known);
    }
}

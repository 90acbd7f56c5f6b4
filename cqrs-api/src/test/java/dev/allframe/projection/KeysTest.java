package dev.allframe.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeysTest {

    private static final Comparator<String> BY_CODE_POINT = (one, other) -> Arrays
            .compare(one.codePoints().toArray(), other.codePoints().toArray());

    record Month(@Nullable String bank, YearMonth month) {}

    record Nested(Month month, int number) {}

    record Case<V>(String name, Keys<V> keys, Comparator<? super V> order, List<V> edges,
            Function<Random, V> random) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case<?>> cases() {
        return Stream.of(
                new Case<>("text", Keys.STRING, BY_CODE_POINT,
                        List.of("", "\0", "\0\0", "\1", "a", "a\0", "a\0b", "ab", "\uFFFF", "\uD83D\uDE00", "z"),
                        KeysTest::text),
                new Case<>("long", Keys.LONG, Comparator.<Long>naturalOrder(),
                        List.of(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE), Random::nextLong),
                new Case<>("int", Keys.INT, Comparator.<Integer>naturalOrder(),
                        List.of(Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE), Random::nextInt),
                new Case<>("decimal", Keys.DECIMAL, Comparator.<BigDecimal>naturalOrder(),
                        List.of(BigDecimal.ZERO, new BigDecimal("0.1"), new BigDecimal("-0.1"),
                                new BigDecimal("1E+2000000000"), new BigDecimal("-1E+2000000000"),
                                new BigDecimal("1E-2000000000"), new BigDecimal("99.99"), new BigDecimal("1E+2")),
                        random -> new BigDecimal(new BigInteger(1 + random.nextInt(80), random),
                                random.nextInt(40) - 20)
                                .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1))
                                .stripTrailingZeros()),
                new Case<>("whole", Keys.of(BigInteger.class), Comparator.<BigInteger>naturalOrder(),
                        List.of(BigInteger.ZERO, BigInteger.TEN, BigInteger.TWO.pow(200).negate()),
                        random -> new BigInteger(100, random).subtract(BigInteger.TWO.pow(99))),
                new Case<>("double", Keys.of(Double.class), Comparator.<Double>naturalOrder(),
                        List.of(Double.NEGATIVE_INFINITY, -Double.MIN_VALUE, 0.0, Double.MIN_VALUE,
                                Double.POSITIVE_INFINITY),
                        random -> (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(30))),
                new Case<>("instant", Keys.INSTANT, Comparator.<Instant>naturalOrder(),
                        List.of(Instant.MIN, Instant.EPOCH, Instant.EPOCH.minusNanos(1), Instant.MAX),
                        random -> Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000))),
                new Case<>("duration", Keys.of(Duration.class), Comparator.<Duration>naturalOrder(),
                        List.of(Duration.ZERO, Duration.ofNanos(-1)), random -> Duration.ofNanos(random.nextLong())),
                new Case<>("date", Keys.DATE, Comparator.<LocalDate>naturalOrder(),
                        List.of(LocalDate.MIN, LocalDate.EPOCH, LocalDate.MAX),
                        random -> LocalDate.ofEpochDay(random.nextInt(200_000) - 100_000)),
                new Case<>("date-time", Keys.of(LocalDateTime.class), Comparator.<LocalDateTime>naturalOrder(),
                        List.of(LocalDateTime.MIN, LocalDateTime.MAX),
                        random -> LocalDateTime.of(2000, 1, 1, 0, 0).plusNanos(random.nextLong())),
                new Case<>("uuid", Keys.of(UUID.class), Comparator.<UUID>naturalOrder(),
                        List.of(new UUID(0, 0), new UUID(-1, -1)),
                        random -> new UUID(random.nextLong(), random.nextLong())),
                new Case<>("enum", Keys.of(DayOfWeek.class), Comparator.<DayOfWeek>naturalOrder(),
                        List.of(DayOfWeek.values()), random -> DayOfWeek.of(1 + random.nextInt(7))),
                new Case<>("boolean", Keys.of(Boolean.class), Comparator.<Boolean>naturalOrder(),
                        List.of(false, true), Random::nextBoolean),
                new Case<>("record", Keys.of(Nested.class),
                        Comparator.comparing((Nested nested) -> String.valueOf(nested.month().bank()), BY_CODE_POINT)
                                .thenComparing(nested -> nested.month().month())
                                .thenComparingInt(Nested::number),
                        List.of(), random -> new Nested(new Month(text(random), YearMonth.of(1990 + random.nextInt(3),
                                1 + random.nextInt(12))), random.nextInt(3))));
    }

    private static String text(Random random) {
        int[] points = {0, 1, 'a', 'b', 0xFF, 0x7FF, 0xFFFD, 0x10000, 0x10FFFF};
        int length = random.nextInt(4);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("cases")
    <V> void bytes_have_the_order_of_values_are_read_back_and_begin_no_other(Case<V> tried) {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("test.seed=" + seed);
        Random random = new Random(seed);
        List<V> values = new ArrayList<>(tried.edges());
        for (int i = 0; i < 120; i++) {
            values.add(tried.random().apply(random));
        }

        for (V one : values) {
            byte[] written = tried.keys().encode(one);
            assertThat(tried.keys().decode(written)).as("read back").isEqualTo(one);
            for (V other : values) {
                byte[] beside = tried.keys().encode(other);
                int wanted = Integer.signum(tried.order().compare(one, other));
                assertThat(Integer.signum(Arrays.compareUnsigned(written, beside)))
                        .as("%s and %s", one, other)
                        .isEqualTo(wanted);
                if (wanted != 0) {
                    assertThat(Arrays.mismatch(written, beside)).as("%s begins %s", one, other)
                            .isLessThan(Math.min(written.length, beside.length));
                }
            }
        }
    }

    @Test
    void decimals_of_one_value_are_one_key() {
        assertThat(Keys.DECIMAL.encode(new BigDecimal("1.50"))).isEqualTo(Keys.DECIMAL.encode(new BigDecimal("1.5")));
        assertThat(Keys.DECIMAL.encode(new BigDecimal("0.00"))).isEqualTo(Keys.DECIMAL.encode(BigDecimal.ZERO));
    }

    @Test
    void ranges_contain_the_values_between_their_ends() {
        Keys<Long> keys = Keys.LONG;
        long[] values = {Long.MIN_VALUE, -3, 0, 1, 2, 3, Long.MAX_VALUE};

        assertThat(in(keys, Range.atLeast(1L), values)).containsExactly(1L, 2L, 3L, Long.MAX_VALUE);
        assertThat(in(keys, Range.above(1L), values)).containsExactly(2L, 3L, Long.MAX_VALUE);
        assertThat(in(keys, Range.atMost(0L), values)).containsExactly(Long.MIN_VALUE, -3L, 0L);
        assertThat(in(keys, Range.below(0L), values)).containsExactly(Long.MIN_VALUE, -3L);
        assertThat(in(keys, Range.between(0L, 3L), values)).containsExactly(0L, 1L, 2L);
        assertThat(in(keys, Range.between(3L, 0L), values)).isEmpty();
        assertThat(in(keys, Range.above(Long.MAX_VALUE), values)).isEmpty();
        assertThat(in(keys, Range.all(), values)).hasSize(values.length);
    }

    private static List<Long> in(Keys<Long> keys, Range<Long> range, long[] values) {
        return Arrays.stream(values).boxed().filter(value -> keys.encode(range).contains(keys.encode(value))).toList();
    }

    @Test
    void prefixes_contain_the_texts_and_records_that_begin_so() {
        assertThat(List.of("An", "Ann", "Anna", "Bob", "A")
                .stream()
                .filter(text -> Keys.STRING.encode(Range.startsWith("An")).contains(Keys.STRING.encode(text))))
                .containsExactly("An", "Ann", "Anna");
        Keys<Month> months = Keys.of(Month.class);
        List<Month> all = List.of(new Month("A", YearMonth.of(1993, 1)), new Month("AB", YearMonth.of(1993, 1)),
                new Month("A", YearMonth.of(1994, 2)));
        assertThat(
                all.stream().filter(month -> months.encode(Range.<Month>leading("A")).contains(months.encode(month))))
                .containsExactly(all.get(0), all.get(2));
        assertThat(all.stream()
                .filter(month -> months.encode(Range.<Month>leadingStartsWith("A")).contains(months.encode(month))))
                .hasSize(3);
        assertThatThrownBy(() -> months.encode(Range.<Month>leading("A", YearMonth.of(1993, 1), 3)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> months.encode(Range.<Month>leading(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("component bank");
    }

    @Test
    void what_has_no_place_in_an_order_is_refused() {
        assertThatThrownBy(() -> Keys.of(Double.class).encode(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Keys.STRING.encode("\uD800")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Keys.of(List.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.util.List");
        assertThatThrownBy(() -> Keys.of(Month.class).encode(new Month(null, YearMonth.of(1, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bank");
        assertThatThrownBy(() -> Keys.LONG.decode(new byte[9])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Keys.LONG.decode(new byte[7])).isInstanceOf(IllegalArgumentException.class);
    }
}

package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.util.RawValue;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.allframe.schema.TypeSchema;
import java.io.File;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Calendar;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.SortedSet;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each type of the platform is read back equal, also as the key of a map, and in its schema; or is refused. */
final class ValueTypesTest {

    /** An enum that the compiler seals. */
    enum Turn {
        LEFT {
            @Override
            Turn back() {
                return RIGHT;
            }
        },
        RIGHT {
            @Override
            Turn back() {
                return LEFT;
            }
        };

        abstract Turn back();
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by their contents
    record Kept(String string, char letter, boolean truth, byte small, short shorter, int number, long longer,
            float single, double twice, Integer boxed, BigInteger huge, BigDecimal decimal, UUID uuid, URI uri,
            Currency currency, Locale locale, Instant instant, LocalDate date, LocalDateTime dateTime, LocalTime time,
            OffsetDateTime offsetDateTime, OffsetTime offsetTime, ZonedDateTime zoned, Year year, YearMonth yearMonth,
            MonthDay monthDay, Month month, DayOfWeek day, Period period, Duration duration, ZoneId zone,
            ZoneOffset offset, TimeUnit unit, RoundingMode rounding, Turn turn, OptionalInt maybeInt,
            OptionalLong maybeLong, OptionalDouble maybeDouble, Optional<Turn> maybe, byte[] bytes, char[] chars,
            int[] ints, long[] longs, double[] doubles, float[] floats, boolean[] truths, short[] shorts,
            String[] strings, Instant[] instants, List<Instant> list, Set<ZoneId> set, SortedSet<BigDecimal> sorted,
            EnumSet<Turn> enumSet, EnumMap<Turn, Year> enumMap, NavigableMap<LocalDate, Integer> navigable,
            Map<ZonedDateTime, Integer> zonedKeys, Map<YearMonth, Integer> monthKeys, Map<Double, Integer> doubleKeys,
            Map<Boolean, Integer> truthKeys, Map<BigDecimal, Integer> decimalKeys, Map<Character, Integer> charKeys,
            Map<Instant, Integer> instantKeys, Map<Turn, Integer> turnKeys, Map<Locale, Integer> localeKeys,
            Map<Duration, Integer> durationKeys, Map<Long, Integer> longKeys, Map<URI, Integer> uriKeys) {}

    private static final ZoneId PRAGUE = ZoneId.of("Europe/Prague");

    private static Map<String, List<?>> samples() {
        Map<String, List<?>> all = new LinkedHashMap<>();
        all.put("string", List.of("", "a\u0000\u2028\uD83D\uDE00\"", "x".repeat(60_000)));
        all.put("letter", List.of('x', '\0', '\uFFFF'));
        all.put("truth", List.of(true, false));
        all.put("small", List.of(Byte.MIN_VALUE, Byte.MAX_VALUE));
        all.put("shorter", List.of(Short.MIN_VALUE, Short.MAX_VALUE));
        all.put("number", List.of(Integer.MIN_VALUE, Integer.MAX_VALUE));
        all.put("longer", List.of(Long.MIN_VALUE, Long.MAX_VALUE));
        all.put("single", List.of(0.1f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, 1.1754944E-38f, 3.3554432E7f));
        all.put("twice", List.of(0.1, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, 2.2250738585072014E-308, 1e23, 2e-3));
        all.put("boxed", List.of(7));
        all.put("huge", List.of(BigInteger.TWO.pow(4000).negate(), BigInteger.TEN.pow(20_000)));
        all.put("decimal", List.of(new BigDecimal("1.50"), new BigDecimal("1E+1000000000"),
                new BigDecimal("-1E-1000000000"), new BigDecimal(BigInteger.TEN.pow(5_000), 70)));
        all.put("uuid", List.of(new UUID(1, 2)));
        all.put("uri", List.of(URI.create(""), URI.create("HTTP://a/%C3%A9?x#y"), URI.create("urn:a:b")));
        all.put("currency", List.of(Currency.getInstance("CZK")));
        all.put("locale", List.of(Locale.ROOT, Locale.US, Locale.forLanguageTag("sr-Latn-RS")));
        all.put("instant", List.of(Instant.MIN, Instant.MAX, Instant.EPOCH.plusNanos(1)));
        all.put("date", List.of(LocalDate.MIN, LocalDate.MAX, LocalDate.of(-1, 2, 3), LocalDate.of(10_000, 1, 1)));
        all.put("dateTime", List.of(LocalDateTime.MIN, LocalDateTime.MAX, LocalDateTime.of(2024, 2, 29, 0, 0)));
        all.put("time", List.of(LocalTime.MIN, LocalTime.MAX));
        all.put("offsetDateTime", List.of(OffsetDateTime.MIN, OffsetDateTime.MAX,
                OffsetDateTime.parse("2024-01-01T00:00+02:00"), OffsetDateTime.parse("2024-01-01T00:00-01:02:03")));
        all.put("offsetTime", List.of(OffsetTime.MIN, OffsetTime.MAX));
        ZonedDateTime overlap = ZonedDateTime.of(2024, 10, 27, 2, 30, 0, 1, PRAGUE);
        all.put("zoned", List.of(overlap.withEarlierOffsetAtOverlap(), overlap.withLaterOffsetAtOverlap(),
                overlap.withZoneSameInstant(ZoneId.of("UTC")), overlap.withZoneSameInstant(ZoneOffset.UTC),
                overlap.withZoneSameInstant(ZoneId.of("GMT+2")), LocalDateTime.MIN.atZone(ZoneOffset.MAX),
                LocalDateTime.MAX.atZone(ZoneOffset.MIN)));
        all.put("year", List.of(Year.of(2024), Year.of(12_345), Year.of(-5), Year.of(Year.MIN_VALUE), Year.of(0)));
        all.put("yearMonth", List.of(YearMonth.of(2024, 2), YearMonth.of(12_345, 1), YearMonth.of(-5, 12),
                YearMonth.of(Year.MAX_VALUE, 1), YearMonth.of(Year.MIN_VALUE, 1)));
        all.put("monthDay", List.of(MonthDay.of(2, 29)));
        all.put("month", List.of(Month.values()));
        all.put("day", List.of(DayOfWeek.values()));
        all.put("period",
                List.of(Period.ZERO, Period.of(1, -2, 3), Period.of(Integer.MIN_VALUE, Integer.MAX_VALUE, 1)));
        all.put("duration", List.of(Duration.ZERO, Duration.ofMillis(-1_500), Duration.ofSeconds(Long.MIN_VALUE),
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999), Duration.ofNanos(-1)));
        all.put("zone", List.of(PRAGUE, ZoneId.of("UTC"), ZoneId.of("UTC+1"), ZoneOffset.UTC));
        all.put("offset", List.of(ZoneOffset.UTC, ZoneOffset.MIN, ZoneOffset.ofTotalSeconds(3_723)));
        all.put("unit", List.of(TimeUnit.DAYS));
        all.put("rounding", List.of(RoundingMode.HALF_EVEN));
        all.put("turn", List.of(Turn.values()));
        all.put("maybeInt", List.of(OptionalInt.empty(), OptionalInt.of(-1)));
        all.put("maybeLong", List.of(OptionalLong.empty(), OptionalLong.of(Long.MIN_VALUE)));
        all.put("maybeDouble", List.of(OptionalDouble.empty(), OptionalDouble.of(-0.0)));
        all.put("maybe", List.of(Optional.empty(), Optional.of(Turn.LEFT)));
        all.put("bytes", List.of(new byte[0], new byte[]{-1, 0, 1}));
        all.put("chars", List.of(new char[0], new char[]{'a', '"'}));
        all.put("ints", List.of(new int[0], new int[]{Integer.MIN_VALUE, 1}));
        all.put("longs", List.of(new long[]{Long.MAX_VALUE}));
        all.put("doubles", List.of(new double[]{-0.0, 0.1}));
        all.put("floats", List.of(new float[]{0.1f}));
        all.put("truths", List.of(new boolean[]{true, false}));
        all.put("shorts", List.of(new short[]{-1}));
        all.put("strings", List.of((Object) new String[]{"", "a"}));
        all.put("instants", List.of((Object) new Instant[]{Instant.MAX}));
        all.put("list", List.of(List.of(), List.of(Instant.EPOCH)));
        all.put("set", List.of(Set.of(PRAGUE, ZoneOffset.UTC)));
        all.put("sorted", List.of(new TreeSet<>(List.of(BigDecimal.TEN, new BigDecimal("1.50")))));
        all.put("enumSet", List.of(EnumSet.noneOf(Turn.class), EnumSet.of(Turn.RIGHT)));
        all.put("enumMap", List.of(new EnumMap<>(Map.of(Turn.LEFT, Year.of(-1)))));
        all.put("navigable", List.of(new TreeMap<>(Map.of(LocalDate.MIN, 1, LocalDate.MAX, 2))));
        all.put("zonedKeys", List.of(Map.of(overlap, 1, overlap.withZoneSameInstant(ZoneId.of("UTC")), 2)));
        all.put("monthKeys", List.of(Map.of(YearMonth.of(12_345, 1), 1, YearMonth.of(-5, 1), 2)));
        all.put("doubleKeys", List.of(Map.of(1.0, 1, -0.0, 2, 0.0, 3, Double.NaN, 4)));
        all.put("truthKeys", List.of(Map.of(true, 1, false, 2)));
        all.put("decimalKeys", List.of(Map.of(new BigDecimal("1.0"), 1, new BigDecimal("1.00"), 2)));
        all.put("charKeys", List.of(Map.of('a', 1, ' ', 2)));
        all.put("instantKeys", List.of(Map.of(Instant.MAX, 1)));
        all.put("turnKeys", List.of(Map.of(Turn.LEFT, 1)));
        all.put("localeKeys", List.of(Map.of(Locale.US, 1, Locale.ROOT, 2)));
        all.put("durationKeys", List.of(Map.of(Duration.ofMillis(-1), 1)));
        all.put("longKeys", List.of(Map.of(Long.MIN_VALUE, 1)));
        all.put("uriKeys", List.of(Map.of(URI.create("a:b"), 1)));
        return all;
    }

    @Test
    void every_value_is_read_back_equal_and_fits_its_schema() throws Exception {
        assertThat(JsonTypes.problems(Kept.class)).isEmpty();
        TypeSchema schema = SchemaOfClass.of("kept", 1, Kept.class);
        RecordComponent[] components = Kept.class.getRecordComponents();
        Map<String, List<?>> samples = samples();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = samples.getOrDefault(components[i].getName(), List.of()).getFirst();
        }
        for (int i = 0; i < values.length; i++) {
            Object usual = values[i];
            for (Object sample : samples.getOrDefault(components[i].getName(), List.of())) {
                values[i] = sample;
                Kept kept = (Kept) Kept.class.getDeclaredConstructors()[0].newInstance(values);
                byte[] json = DomainJson.mapper().writeValueAsBytes(kept);
                Object read = components[i].getAccessor().invoke(DomainJson.mapper().readValue(json, Kept.class));

                assertThat(Arrays.deepEquals(new Object[]{read}, new Object[]{sample}))
                        .as("%s: %s", components[i].getName(), sample)
                        .isTrue();
                assertThat(SchemaViolations.of(schema, DomainJson.mapper().readTree(json)))
                        .as(components[i].getName())
                        .isEmpty();
            }
            values[i] = usual;
        }
    }

    interface Anyone {}

    @SuppressWarnings("UnusedVariable") // Jackson reads it
    static class Open {
        @JsonProperty
        private final String name;

        @JsonCreator
        Open(String name) {
            this.name = name;
        }
    }

    @SuppressWarnings("UnusedVariable") // Jackson reads it
    static final class Filled {
        private String name = "";
    }

    record Id(String value) {}

    record NotRead(@JsonValue String text, int more) {}

    enum Alike {
        @JsonProperty("x")
        ONE, @JsonProperty("x")
        TWO
    }

    sealed interface Cased {
        enum Constant implements Cased { A }
    }

    sealed interface Twice {
        record Same() implements Twice {}

        final class Inner {
            record Same() implements Twice {}
        }
    }

    record Refused(Date date, java.util.Date again, Calendar calendar, TimeZone timeZone, URL url, InetAddress host,
            InetSocketAddress socket, File file, Path path, Class<?> type, Charset charset, Pattern pattern,
            StringBuilder builder, CharSequence chars, Number number, AtomicInteger atomic, AtomicLong atomicLong,
            AtomicReference<String> reference, BitSet bits, ByteBuffer buffer, Properties properties,
            Map.Entry<String, String> entry, Collection<String> collection, Iterable<String> iterable,
            Queue<String> queue, Deque<String> deque, ArrayDeque<String> arrayDeque, Stream<String> stream,
            JsonNode node, RawValue raw, TokenBuffer tokens, Runnable runnable, Thread thread,
            Comparable<String> compared,
            Object any, Anyone anyone, Open open, Filled filled, Map<Id, String> keys, Map<byte[], String> byteKeys,
            Optional<Optional<String>> optionals, SortedSet<Id> sorted, NotRead notRead, Alike alike, Cased cased,
            Twice twice) {}

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Inside(List<Date> dates, Map<String, Path> paths, Optional<URL> urls, Number[] numbers, Shell shell) {}

    /** Not a record: what is in its fields is looked into as well. */
    @SuppressWarnings("UnusedVariable") // Jackson reads it
    static final class Shell {
        @JsonProperty
        private final List<Calendar> calendars;

        @JsonCreator
        Shell(@JsonProperty("calendars") List<Calendar> calendars) {
            this.calendars = calendars;
        }
    }

    @Test
    void what_is_inside_of_containers_and_classes_is_looked_into() {
        assertThat(JsonTypes.problems(Inside.class)).hasSize(5);
    }

    @Test
    void every_type_that_is_not_read_back_equal_is_refused_with_what_to_use_instead() {
        List<String> problems = JsonTypes.problems(Refused.class);

        for (RecordComponent component : Refused.class.getRecordComponents()) {
            String name = component.getName();
            List<String> told = switch (name) {
                case "again" -> List.of("component date of"); // told once
                case "filled" -> List.of("name of " + Filled.class.getName());
                case "cased" -> List.of(Cased.Constant.class.getName());
                case "twice" -> List.of("two cases of " + Twice.class.getName());
                default -> List.of("component " + name + " of " + Refused.class.getName());
            };
            assertThat(problems).as(name).anyMatch(problem -> told.stream().allMatch(problem::contains));
        }
        assertThat(problems).anySatisfy(problem -> assertThat(problem).contains("java.util.Date", "an Instant"))
                .anySatisfy(problem -> assertThat(problem).contains("java.util.TimeZone", "a ZoneId"))
                .anySatisfy(problem -> assertThat(problem).contains("JsonNode", "a String with the JSON text"))
                .anySatisfy(problem -> assertThat(problem).contains("java.util.Collection", "a List or a Set"))
                .anySatisfy(problem -> assertThat(problem).contains("Id is the key of a map", "@JsonValue"));
    }

    record Iban(@JsonValue String text) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Iban {}
    }

    record Accounts(Map<Iban, @Nullable Integer> byIban, Iban first) {}

    @Test
    void a_class_with_a_text_of_its_own_is_a_value_and_a_key() throws Exception {
        Accounts accounts = new Accounts(Map.of(new Iban("a"), 1), new Iban("b"));

        assertThat(JsonTypes.problems(Accounts.class)).isEmpty();
        byte[] json = DomainJson.mapper().writeValueAsBytes(accounts);
        assertThat(DomainJson.mapper().readValue(json, Accounts.class)).isEqualTo(accounts);
    }
}

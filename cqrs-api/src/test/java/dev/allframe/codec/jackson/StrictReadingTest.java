package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.evolution.Upcasters;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a step has made is read as if it had been stored: each value from the form that is written, wherever it is. */
final class StrictReadingTest {

    enum Color {
        RED, BLUE
    }

    record Money(BigDecimal amount, String currency) {
        static Money valueOf(String text) {
            return new Money(new BigDecimal(text), "CZK");
        }
    }

    sealed interface Means {
        @Stored("card")
        record Card(String number) implements Means {}
    }

    record Made<T>(T value) {}

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Places<T>(T top, List<T> list, Map<String, T> map, Optional<T> optional, Made<T> made, T[] array) {}

    record Keys<K>(Map<K, Integer> map) {}

    @Stored("longs")
    record All(Places<Long> longs, Places<Integer> ints, Places<Short> shorts, Places<Byte> bytes,
            Places<BigInteger> huge, Places<Double> doubles, Places<Float> floats, Places<Boolean> truths,
            Places<String> texts, Places<Character> chars, Places<BigDecimal> decimals, Places<Color> colors,
            Places<Instant> instants, Places<LocalDate> dates, Places<LocalDateTime> times, Places<Duration> durations,
            Places<Year> years, Places<UUID> uuids, Places<Money> money, Places<Means> means, Places<Set<Long>> sets,
            Places<OptionalInt> maybe, Places<byte[]> blobs, Places<int[]> arrays) {}

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Primitives(long longs, int ints, short shorts, byte bytes, double doubles, float floats, boolean truths,
            char chars) {}

    private static final List<String> FORMS = List.of("1250.75", "1", "1.0", "1e3", "300", "70000", "3000000000",
            "99999999999999999999", "0.1", "0.123456789012", "0.12345678901234567890", "1e400", "true", "\"\"", "\" \"",
            "\"1\"", "\"x\"", "\"true\"", "\"RED\"", "\"red\"", "\" RED\"", "\"0\"", "\"2024-02-29\"",
            "\"2024-02-30\"", "\"2024-02-29T10:00:00\"", "\"2024-02-29T10:00:00Z\"", "\"PT1S\"", "\"2024\"",
            "\"00000000-0000-0000-0000-000000000001\"", "\"1-1-1-1-1\"", "\"AAAAAAAAAAAAAAAAAAAAAQ==\"", "[]", "[1]",
            "[\"x\"]", "[1,1]", "{}", "{\"amount\":\"1\",\"currency\":\"CZK\"}",
            "{\"@type\":\"card\",\"number\":\"1\"}",
            "[\"card\",{\"number\":\"1\"}]", "{\"@type\":\"card\",\"number\":1}", "[2024,2,29]");

    /** The forms from which values of a component are read. All others are refused. */
    private static final Map<String, List<String>> READ = Map.ofEntries(
            Map.entry("longs", List.of("1", "300", "70000", "3000000000")),
            Map.entry("ints", List.of("1", "300", "70000")),
            Map.entry("shorts", List.of("1", "300")), Map.entry("bytes", List.of("1")),
            Map.entry("huge", List.of("1", "300", "70000", "3000000000", "99999999999999999999")),
            Map.entry("doubles",
                    List.of("1250.75", "1", "1.0", "1e3", "300", "70000", "3000000000", "0.1", "0.123456789012")),
            Map.entry("floats", List.of("1250.75", "1", "1.0", "1e3", "300", "70000", "3000000000", "0.1")),
            Map.entry("truths", List.of("true")),
            Map.entry("texts", FORMS.stream().filter(form -> form.startsWith("\"")).toList()),
            Map.entry("chars", List.of("\" \"", "\"1\"", "\"x\"", "\"0\"")),
            Map.entry("decimals", List.of("1250.75", "1", "1.0", "1e3", "300", "70000", "3000000000",
                    "99999999999999999999", "0.1", "0.123456789012", "0.12345678901234567890", "1e400", "\"1\"",
                    "\"0\"", "\"2024\"")),
            Map.entry("colors", List.of("\"RED\"")), Map.entry("instants", List.of("\"2024-02-29T10:00:00Z\"")),
            Map.entry("dates", List.of("\"2024-02-29\"")), Map.entry("times", List.of("\"2024-02-29T10:00:00\"")),
            Map.entry("durations", List.of("\"PT1S\"")), Map.entry("years", List.of("\"1\"", "\"0\"", "\"2024\"")),
            Map.entry("uuids", List.of("\"00000000-0000-0000-0000-000000000001\"")),
            Map.entry("money", List.of("{\"amount\":\"1\",\"currency\":\"CZK\"}")),
            Map.entry("means", List.of("{\"@type\":\"card\",\"number\":\"1\"}")),
            Map.entry("sets", List.of("[]", "[1]", "[1,1]", "[2024,2,29]")),
            Map.entry("maybe", List.of("1", "300", "70000")),
            Map.entry("arrays", List.of("[]", "[1]", "[1,1]", "[2024,2,29]")));

    private static boolean reads(java.lang.reflect.Type type, String json) throws Exception {
        try {
            Object tree = Contents.valueOf("[" + json + "]");
            String text = Contents.jsonOf(((List<?>) java.util.Objects.requireNonNull(tree)).getFirst());
            DomainJson.mapper()
                    .readerFor(DomainJson.mapper().constructType(type))
                    .readValue(text.getBytes(StandardCharsets.UTF_8));
            return true;
        } catch (com.fasterxml.jackson.core.JsonProcessingException refused) {
            return false;
        }
    }

    @Test
    @SuppressWarnings("InlineFormatString") // read better so
    void each_value_is_read_from_its_own_form_alone_wherever_it_stands() throws Exception {
        for (var component : All.class.getRecordComponents()) {
            List<String> read = READ.get(component.getName());
            if (read == null) {
                continue; // bytes as text are the longest story
            }
            for (String form : FORMS) {
                String good = read.getFirst();
                String whole = "{\"top\":%s,\"list\":[%s],\"map\":{\"a\":%s},\"optional\":%s,\"made\":{\"value\":%s},\"array\":[%s]}";
                for (int place = 0; place < 6; place++) {
                    Object[] values = new Object[6];
                    Arrays.fill(values, good);
                    values[place] = form;
                    assertThat(reads(component.getGenericType(), String.format(java.util.Locale.ROOT, whole, values)))
                            .as("%s in place %d of %s", form, place, component.getName())
                            .isEqualTo(read.contains(form));
                }
            }
        }
        for (var component : Primitives.class.getRecordComponents()) {
            for (String form : FORMS) {
                assertThat(reads(component.getType(), form)).as("%s as %s", form, component.getType())
                        .isEqualTo(READ.getOrDefault(component.getName(), List.of()).contains(form));
            }
            assertThat(reads(component.getType(), "null")).as("null as %s", component.getType()).isFalse();
        }
    }

    record MapKeys(Map<Long, Integer> longs, Map<Boolean, Integer> truths, Map<Double, Integer> doubles,
            Map<Color, Integer> colors, Map<UUID, Integer> uuids, Map<BigDecimal, Integer> decimals,
            Map<LocalDate, Integer> dates) {}

    /** A key that is written otherwise could be the same as another. */
    @Test
    void a_key_is_read_from_the_text_that_is_written_alone() throws Exception {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        keys.put("longs", List.of("7", "+7", "07", "7.0", " 7", "", "x"));
        keys.put("truths", List.of("true", "TRUE", "1", ""));
        keys.put("doubles", List.of("1.0", "1", "1.00", "1e0", ""));
        keys.put("colors", List.of("RED", "red", "0", " RED", ""));
        keys.put("uuids", List.of("00000000-0000-0000-0000-000000000001", "0-0-0-0-1", ""));
        keys.put("decimals", List.of("1.50", "+1.50", "15E-1", ""));
        keys.put("dates", List.of("2024-02-29", "2024-02-30", "2024-02-29T00:00:00", ""));
        for (var component : MapKeys.class.getRecordComponents()) {
            List<String> all = keys.getOrDefault(component.getName(), List.of());
            for (String key : all) {
                assertThat(reads(component.getGenericType(), "{\"" + key + "\":1}"))
                        .as("'%s' of %s", key, component.getName())
                        .isEqualTo(key.equals(all.getFirst()));
            }
        }
    }

    @Stored(value = "paid", version = 2)
    record Paid(long cents, List<Integer> parts, @Nullable Money money) implements Event {}

    private static List<Paid> read(Map<String, @Nullable Object> tree) {
        return JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Paid.class)
                .upcasting(Upcasters.json("paid", 1).to(2, old -> tree)))
                .decode(new EncodedEvent("account.paid", 1, "{}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void what_a_step_gives_is_read_strictly_and_says_where_it_does_not_fit() {
        Map<String, @Nullable Object> good = new HashMap<>(Map.of("cents", 125_075L, "parts", List.of(1)));
        good.put("money", null);
        assertThat(read(good)).containsExactly(new Paid(125_075, List.of(1), null));

        for (Map.Entry<String, @Nullable Object> wrong : List.<Map.Entry<String, @Nullable Object>>of(
                Map.entry("cents", new BigDecimal("1250.75")), Map.entry("cents", 1250.0), Map.entry("cents", "1250"),
                Map.entry("cents", BigInteger.TWO.pow(64)), Map.entry("cents", true),
                Map.entry("parts", List.of(1.5)), Map.entry("parts", 1), Map.entry("parts", ""),
                Map.entry("parts", new ArrayList<>(Collections.singletonList(3_000_000_000L))),
                Map.entry("money", "12"), Map.entry("money", Map.of("amount", true, "currency", "CZK")),
                Map.entry("money", Map.of("amount", "1", "currency", 203)), Map.entry("more", 1))) {
            Map<String, @Nullable Object> tree = new HashMap<>(good);
            tree.put(wrong.getKey(), wrong.getValue());
            assertThatThrownBy(() -> read(tree)).as("%s", wrong)
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("'account.paid' version 1")
                    .hasMessageContaining(wrong.getKey());
        }
    }

    enum Numbered {
        ONE, TWO;

        @JsonValue
        int number() {
            return this == ONE ? 1 : 2;
        }
    }

    record Code(@JsonValue String text) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Code {
            text = text.toLowerCase(Locale.ROOT);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    @Stored(value = "spelled", version = 2)
    record Spelled(@Nullable Set<Long> set, @Nullable SortedSet<BigDecimal> sorted, @Nullable EnumSet<Color> colors,
            @Nullable Set<Code> codes, @Nullable SortedMap<BigDecimal, Integer> map,
            @Nullable Map<Code, Integer> byCode,
            @Nullable Numbered numbered, @Nullable Instant instant, @Nullable LocalDate date,
            @Nullable LocalDateTime dateTime, @Nullable LocalTime time, @Nullable OffsetDateTime offsetTime,
            @Nullable ZonedDateTime zoned, @Nullable Year year, @Nullable YearMonth month, @Nullable Period period,
            @Nullable Duration duration, @Nullable ZoneId zone, @Nullable ZoneOffset offset, byte @Nullable [] bytes,
            @Nullable UUID uuid, @Nullable BigDecimal decimal, @Nullable Map<ZonedDateTime, Integer> zonedKeys,
            @Nullable List<Map<String, Set<Instant>>> deep,
            @JsonFormat(pattern = "dd.MM.yyyy") @Nullable LocalDate german) implements Event {}

    /** Of each component: what is read, then what is refused, as JSON. */
    private static final Map<String, List<List<String>>> SPELLINGS = Map.ofEntries(
            Map.entry("set", List.of(List.of("[1,2]", "[]"), List.of("[1,1]"))),
            Map.entry("sorted", List.of(List.of("[\"1.0\",\"2\"]", "[1.5]"), List.of("[\"1.0\",\"1.00\"]", "[1,1.0]"))),
            Map.entry("colors", List.of(List.of("[\"RED\"]"), List.of("[\"RED\",\"RED\"]"))),
            Map.entry("codes", List.of(List.of("[\"a\",\"b\"]"), List.of("[\"a\",\"A\"]"))),
            Map.entry("map", List.of(List.of("{\"1.0\":1,\"2\":2}"), List.of("{\"1.0\":1,\"1.00\":2}"))),
            Map.entry("byCode", List.of(List.of("{\"a\":1}"), List.of("{\"a\":1,\"A\":2}"))),
            Map.entry("numbered", List.of(List.of("1"), List.of("\"1\"", "\"ONE\"", "3"))),
            Map.entry("instant", List.of(List.of("\"2024-02-29T10:00:00Z\"", "\"2024-02-29T10:00:00.500Z\""),
                    List.of("\"2024-02-29T12:00:00+02:00\"", "\"2024-02-29T24:00:00Z\"",
                            "\"2016-12-31T23:59:60Z\"", "\"2024-02-29T10:00:00.5Z\"", "\"2024-02-29t10:00:00z\""))),
            Map.entry("date", List.of(List.of("\"2024-02-29\"", "\"-0001-02-03\""), List.of("\"-0000-02-03\""))),
            Map.entry("dateTime", List.of(List.of("\"2024-02-29T10:00:00\"", "\"2024-02-29T10:00\""),
                    List.of("\"2024-02-29t10:00:00\"", "\"2024-02-29T10:00:00.5000\""))),
            Map.entry("time", List.of(List.of("\"10:00:00\"", "\"10:00\""), List.of("\"10:00:00.0\""))),
            Map.entry("offsetTime", List.of(List.of("\"2024-02-29T10:00:00Z\"", "\"2024-02-29T10:00+02:00\""),
                    List.of("\"2024-02-29T10:00:00+00:00\""))),
            Map.entry("zoned", List.of(List.of("\"2024-07-01T10:00:00+02:00[Europe/Prague]\"",
                    "\"2024-07-01T10:00:00+05:00[Europe/Prague]\"", "\"2024-07-01T10:00:00+02:00\""),
                    List.of("\"2024-07-01T10:00:00+00:00[UTC]\"", "\"2024-07-01t10:00:00Z[UTC]\"",
                            "\"2024-07-01T10:00:00+02:00[europe/prague]\""))),
            Map.entry("year", List.of(List.of("\"2024\"", "\"-5\""),
                    List.of("\"+2024\"", "\"02024\"", "\"٢٠٢٤\""))),
            Map.entry("month", List.of(List.of("\"2024-02\""), List.of("\"02024-02\""))),
            Map.entry("period", List.of(List.of("\"P1Y\"", "\"P0D\""), List.of("\"P1W\"", "\"p1y\"", "\"P01Y\""))),
            Map.entry("duration", List.of(List.of("\"PT1M\"", "\"PT-1.5S\""),
                    List.of("\"PT60S\"", "\"P1D\"", "\"pt1m\"", "\"PT1.50S\""))),
            Map.entry("zone", List.of(List.of("\"Europe/Prague\"", "\"UTC+01:00\""), List.of("\"UTC+1\""))),
            Map.entry("offset", List.of(List.of("\"Z\"", "\"+01:00\""), List.of("\"+1\"", "\"+00:00\""))),
            Map.entry("bytes", List.of(List.of("\"AA==\"", "\"\""), List.of("\"AB==\"", "\"A A==\"", "\"AA\""))),
            Map.entry("uuid", List.of(List.of("\"00000000-0000-0000-0000-00000000000a\""),
                    List.of("\"00000000-0000-0000-0000-00000000000A\""))),
            Map.entry("decimal",
                    List.of(List.of("\"1.50\"", "\"1E+3\"", "1e3"), List.of("\"+1.5\"", "\"01.5\"", "\"1e3\""))),
            Map.entry("zonedKeys", List.of(List.of("{\"2024-07-01T10:00:00+05:00[Europe/Prague]\":1}"),
                    List.of("{\"2024-07-01T10:00:00+05:00[Europe/Prague]\":1,"
                            + "\"2024-07-01T07:00:00+02:00[Europe/Prague]\":2}"))),
            Map.entry("deep", List.of(List.of("[{\"a\":[\"2024-02-29T10:00:00Z\"]}]"),
                    List.of("[{\"a\":[\"2024-02-29T10:00:00Z\",\"2024-02-29T10:00:00Z\"]}]",
                            "[{\"a\":[\"2024-02-29T24:00:00Z\"]}]"))),
            Map.entry("german", List.of(List.of("\"29.02.2024\""), List.of("\"30.02.2023\"", "\"2024-02-29\""))));

    private static List<Spelled> spelled(String component, String json, boolean made) throws Exception {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        for (var each : Spelled.class.getRecordComponents()) {
            tree.put(each.getName(), null);
        }
        tree.put(component, Contents.valueOf(json));
        var type = JacksonEventCodecTest.typeOf(Spelled.class);
        return made
                ? JacksonEventCodec.of(type.upcasting(Upcasters.json("spelled", 1).to(2, old -> tree)))
                        .decode(new EncodedEvent("account.spelled", 1, "{}".getBytes(StandardCharsets.UTF_8)))
                : JacksonEventCodec.of(type)
                        .decode(new EncodedEvent("account.spelled", 2,
                                Contents.jsonOf(tree).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void what_a_step_gives_is_spelled_as_it_is_written_and_nothing_of_it_is_lost() throws Exception {
        for (var component : Spelled.class.getRecordComponents()) {
            String name = component.getName();
            List<List<String>> spellings = java.util.Objects.requireNonNull(SPELLINGS.get(name));
            for (String good : spellings.getFirst()) {
                assertThat(spelled(name, good, true)).as("%s of %s", good, name).hasSize(1);
            }
            for (String other : spellings.getLast()) {
                assertThatThrownBy(() -> spelled(name, other, true)).as("%s of %s", other, name)
                        .isInstanceOf(CodecException.class)
                        .hasMessageContaining(name);
            }
        }
    }

    /** Nobody can change what is stored: what was read by an earlier build is read. */
    @Test
    void what_is_stored_stays_readable_where_another_would_be_written_today() throws Exception {
        assertThat(spelled("set", "[1,1]", false)).hasSize(1);
        assertThat(spelled("map", "{\"1.0\":1,\"1.00\":2}", false)).hasSize(1);
        assertThat(spelled("instant", "\"2024-02-29T12:00:00+02:00\"", false)).hasSize(1);
        assertThat(spelled("zoned", "\"2024-07-01T10:00:00+05:00[Europe/Prague]\"", false)).hasSize(1);
        assertThat(spelled("zonedKeys", "{\"2024-07-01T10:00:00+05:00[Europe/Prague]\":1}", false)).hasSize(1);
        assertThat(spelled("uuid", "\"00000000-0000-0000-0000-00000000000A\"", false)).hasSize(1);
        assertThat(spelled("numbered", "\"1\"", false)).hasSize(1);
    }
}

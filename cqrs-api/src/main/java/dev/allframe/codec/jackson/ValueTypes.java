package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.NumberInput;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.codec.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.Currency;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The types that are values: those of the platform, of which each is one JSON text, number or truth, and
 * {@link JsonObject}. Each is read back equal. A form other than the written one is refused, also where a value could
 * be made of it.
 */
final class ValueTypes {

    /** Reads the value at which the parser stands; null where its token is not the written form. */
    interface Reader {
        @Nullable Object read(JsonParser json) throws IOException;
    }

    private static final DateTimeFormatter YEAR_MONTH = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4, 10, SignStyle.NORMAL)
            .appendLiteral('-')
            .appendValue(ChronoField.MONTH_OF_YEAR, 2)
            .toFormatter(Locale.ROOT);

    private static final JsonMapper PLAIN = new JsonMapper();

    /** From text to the value; in JSON, and as the key of a map. */
    private static final Map<Class<?>, Function<String, ?>> TEXTS = new HashMap<>();

    /** How what is a number or a truth in JSON is read where it is the key of a map. */
    private static final Map<Class<?>, Function<String, ?>> KEYS = new HashMap<>();

    private static final Map<Class<?>, Reader> READERS = new HashMap<>();

    static {
        text(String.class, text -> text);
        text(UUID.class, ValueTypes::uuid);
        text(URI.class, URI::create);
        text(Currency.class, Currency::getInstance);
        text(Locale.class, ValueTypes::locale);
        text(Instant.class, TimeTexts::instant);
        text(LocalDate.class, TimeTexts::date);
        text(LocalDateTime.class, LocalDateTime::parse);
        text(LocalTime.class, LocalTime::parse);
        text(OffsetDateTime.class, OffsetDateTime::parse);
        text(OffsetTime.class, OffsetTime::parse);
        text(ZonedDateTime.class, ZonedDateTime::parse);
        text(Year.class, text -> Year.of(Integer.parseInt(text)));
        text(YearMonth.class, text -> YearMonth.parse(text, YEAR_MONTH));
        text(MonthDay.class, MonthDay::parse);
        text(Period.class, Period::parse);
        text(Duration.class, TimeTexts::duration);
        text(ZoneId.class, ZoneId::of);
        text(ZoneOffset.class, ZoneOffset::of);
        text(Character.class, ValueTypes::character);
        text(char.class, ValueTypes::character);
        text(BigDecimal.class, ValueTypes::decimal);
        // in a tree a decimal may stand as a number, which is no less exact
        READERS.put(BigDecimal.class, json -> json.currentToken().isNumeric()
                ? json.getDecimalValue()
                : json.hasToken(JsonToken.VALUE_STRING) ? decimal(json.getText()) : null);

        number(Long.class, long.class, json -> isWhole(json) ? json.getLongValue() : null, Long::valueOf);
        number(Integer.class, int.class, json -> isWhole(json) ? json.getIntValue() : null, Integer::valueOf);
        number(Short.class, short.class, json -> isWhole(json) ? toShort(json.getIntValue()) : null, Short::valueOf);
        number(Byte.class, byte.class, json -> isWhole(json) ? toByte(json.getIntValue()) : null, Byte::valueOf);
        number(Double.class, double.class, ValueTypes::readDouble, Double::valueOf);
        number(Float.class, float.class, ValueTypes::readFloat, Float::valueOf);
        number(Boolean.class, boolean.class, ValueTypes::truth, ValueTypes::truth);
        READERS.put(BigInteger.class, json -> isWhole(json) ? json.getBigIntegerValue() : null);
        KEYS.put(BigInteger.class, text -> NumberInput.parseBigInteger(text, true));

        READERS.put(OptionalInt.class, json -> isWhole(json) ? OptionalInt.of(json.getIntValue()) : null);
        READERS.put(OptionalLong.class, json -> isWhole(json) ? OptionalLong.of(json.getLongValue()) : null);
        READERS.put(OptionalDouble.class,
                json -> readDouble(json) instanceof Double number ? OptionalDouble.of(number) : null);
        READERS.put(byte[].class,
                json -> json.hasToken(JsonToken.VALUE_STRING) || json.hasToken(JsonToken.VALUE_EMBEDDED_OBJECT)
                        ? json.getBinaryValue()
                        : null);
        READERS.put(JsonObject.class, JsonObjects::read);
        READERS.put(char[].class,
                json -> json.hasToken(JsonToken.VALUE_STRING) ? json.getText().toCharArray() : null);
    }

    private ValueTypes() {}

    private static <T> void text(Class<T> type, Function<String, T> parse) {
        TEXTS.put(type, parse);
        READERS.put(type, json -> json.hasToken(JsonToken.VALUE_STRING) ? parse.apply(json.getText()) : null);
    }

    private static <T> void number(Class<T> boxed, Class<T> primitive, Reader reader, Function<String, T> key) {
        READERS.put(boxed, reader);
        READERS.put(primitive, reader);
        KEYS.put(boxed, key);
    }

    /** Whether values of a type are read back equal, and need no look into their class. */
    static boolean contains(Class<?> type) {
        return READERS.containsKey(type);
    }

    /** Whether a value may be read from several texts. */
    static boolean hasSpellings(Class<?> type) {
        return type != String.class && type != char[].class
                && (type == byte[].class || type == BigDecimal.class || TEXTS.containsKey(type));
    }

    /** How values of a type are read; null for other types. */
    static @Nullable Reader reader(Class<?> type) {
        return READERS.get(type);
    }

    /** How a type is read where it is the key of a map; null where it has no text. */
    static @Nullable Function<String, ?> key(Class<?> type) {
        return TEXTS.containsKey(type) ? TEXTS.get(type) : KEYS.get(type);
    }

    /** The text of a value that is the key of a map. */
    static String keyOf(Object value) {
        return value instanceof ZonedDateTime time
                ? DateTimeFormatter.ISO_ZONED_DATE_TIME.format(time)
                : value.toString();
    }

    /** A locale from its own text, as Jackson has it. */
    static Locale locale(String text) {
        return PLAIN.convertValue(text, Locale.class);
    }

    private static boolean isWhole(JsonParser json) {
        return json.hasToken(JsonToken.VALUE_NUMBER_INT);
    }

    private static short toShort(int number) {
        if ((short) number != number) {
            throw new IllegalArgumentException(number + " is no short");
        }
        return (short) number;
    }

    private static byte toByte(int number) {
        if ((byte) number != number) {
            throw new IllegalArgumentException(number + " is no byte");
        }
        return (byte) number;
    }

    private static @Nullable Object truth(JsonParser json) {
        return switch (json.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static Boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("it is neither true nor false");
        };
    }

    private static char character(String text) {
        if (text.length() != 1) {
            throw new IllegalArgumentException("it has " + text.length() + " characters");
        }
        return text.charAt(0);
    }

    private static UUID uuid(String text) {
        UUID uuid = UUID.fromString(text);
        if (!uuid.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException("a UUID has 36 characters");
        }
        return uuid;
    }

    private static BigDecimal decimal(String text) {
        return NumberInput.parseBigDecimal(text, true);
    }

    private static @Nullable Object readDouble(JsonParser json) throws IOException {
        if (json.hasToken(JsonToken.VALUE_STRING)) {
            return notFinite(json.getText());
        }
        if (!json.currentToken().isNumeric()) {
            return null;
        }
        double number = json.getDoubleValue();
        mustBeExact(json, Double.toString(number), number);
        return number;
    }

    private static @Nullable Object readFloat(JsonParser json) throws IOException {
        if (json.hasToken(JsonToken.VALUE_STRING)) {
            Double number = notFinite(json.getText());
            return number == null ? null : number.floatValue();
        }
        if (!json.currentToken().isNumeric()) {
            return null;
        }
        float number = json.getFloatValue();
        mustBeExact(json, Float.toString(number), number);
        return number;
    }

    /** Earlier builds have stored what is no finite number as text. */
    private static @Nullable Double notFinite(String text) {
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> null;
        };
    }

    /** A number that is rounded is another one. */
    private static void mustBeExact(JsonParser json, String shortest, double number) throws IOException {
        String text = json.getText();
        if (text.equals(shortest) || Double.isNaN(number)) {
            return;
        }
        if (!Double.isInfinite(number)) {
            BigDecimal given = decimal(text);
            if (given.compareTo(new BigDecimal(shortest)) == 0 || given.compareTo(new BigDecimal(number)) == 0) {
                return;
            }
        }
        throw new IllegalArgumentException(text + " would be rounded to " + shortest);
    }

    /** What is thrown by parsing what is not the text of a value. */
    static boolean isUnfit(RuntimeException thrown) {
        return thrown instanceof IllegalArgumentException || thrown instanceof DateTimeException
                || thrown instanceof ArithmeticException;
    }
}

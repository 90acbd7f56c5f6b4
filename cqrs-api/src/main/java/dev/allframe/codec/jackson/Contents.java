package dev.allframe.codec.jackson;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Contents on their way from an old version to today's, in the form in which the last step left them; the next one gets
 * the form that it needs.
 */
sealed interface Contents {

    /** As they are stored. */
    @SuppressWarnings("ArrayRecordComponent") // lives while one event is read
    record Bytes(byte[] json) implements Contents {}

    /**
     * Without a class, as {@link dev.allframe.evolution.Upcasters} says.
     *
     * @param made whether code of the user's has made values of it, which are read exactly as they would be written
     */
    record Tree(Map<String, @Nullable Object> values, boolean made) implements Contents {}

    /** Of an old or newer class. */
    record Typed(Object value) implements Contents {}

    /** An object of a class; read where it is none yet. */
    default Object as(Class<?> type) throws IOException {
        return this instanceof Typed(Object value) && type.isInstance(value)
                ? value
                : read(isMade() ? Exactness.of(DomainJson.readerFor(type)) : DomainJson.readerFor(type), json());
    }

    /** Whether code of the user's has made values of it. Stored ones are read however earlier builds wrote them. */
    default boolean isMade() {
        return switch (this) {
            case Bytes stored -> false;
            case Tree(var values, var made) -> made;
            case Typed value -> true;
        };
    }

    /** Reads JSON text that is anything but null. */
    static Object read(ObjectReader reader, byte[] json) throws IOException {
        Object value = reader.readValue(json);
        if (value == null) {
            throw new IOException("it is null");
        }
        return value;
    }

    /**
     * A tree of its own that may be changed, also where a step has given one that is shared, immutable or holds other
     * values than trees do.
     */
    @SuppressWarnings("unchecked") // an object of JSON has names
    default Map<String, @Nullable Object> tree() throws IOException {
        Map<String, @Nullable Object> tree = (Map<String, @Nullable Object>) read(Format.TREES, json());
        tree.replaceAll((name, value) -> withoutInts(value));
        return tree;
    }

    /** The JSON text. */
    private byte[] json() throws IOException {
        return switch (this) {
            case Bytes(var json) -> json;
            case Tree(var values, var made) -> Format.WRITER.writeValueAsBytes(values);
            case Typed(var value) -> DomainJson.mapper().writeValueAsBytes(value);
        };
    }

    /** A value that stands in JSON text, as in a tree. */
    static @Nullable Object valueOf(String json) throws IOException {
        return withoutInts(Format.VALUES.readValue(json));
    }

    /**
     * The value with a {@link Long} for each {@link Integer} in it: whoever reads a tree need not ask how large a
     * number is.
     */
    @SuppressWarnings("unchecked") // made of maps and lists by Jackson
    private static @Nullable Object withoutInts(@Nullable Object value) {
        switch (value) {
            case Integer number -> {
                return number.longValue();
            }
            case Map<?, ?> map ->
                ((Map<String, @Nullable Object>) map).replaceAll((name, inside) -> withoutInts(inside));
            case List<?> list -> ((List<@Nullable Object>) list).replaceAll(Contents::withoutInts);
            case null, default -> {
            }
        }
        return value;
    }

    /** JSON text of a value in a tree. */
    static String jsonOf(@Nullable Object value) throws IOException {
        return Format.WRITER.writeValueAsString(value);
    }

    /** How trees are read and written: no number is rounded, and one that was a number stays one. */
    final class Format {

        private static final ObjectReader VALUES = DomainJson.mapper()
                .readerFor(Object.class)
                .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

        private static final ObjectReader TREES = VALUES.forType(LinkedHashMap.class);

        private static final ObjectWriter WRITER = DomainJson
                .forms(JsonMapper.builder(DomainJson.unbounded(new JsonFactory())))
                .withConfigOverride(BigDecimal.class,
                        override -> override.setFormat(JsonFormat.Value.forShape(JsonFormat.Shape.NUMBER)))
                .build()
                .writer();

        private Format() {}
    }
}

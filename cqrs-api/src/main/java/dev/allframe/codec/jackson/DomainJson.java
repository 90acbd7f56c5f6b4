package dev.allframe.codec.jackson;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.JsonObject;
import dev.allframe.codec.UnwritableException;
import dev.allframe.failure.Failures;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * How the values of a domain look in JSON, and in CBOR between nodes.
 *
 * <ul>
 * <li>A record is an object of its components, and of nothing else: methods that look like getters are not properties.
 * <li>A {@link BigDecimal} is text with its scale, so that no reader rounds it. Times are ISO 8601 text.
 * <li>A value whose declared type is sealed carries {@code "@type"}, the {@link Stored} name of its case.
 * <li>A {@link JsonObject} is the object that it is.
 * <li>Reading is strict: a missing component, an unknown property, a null for a primitive and a value of another form
 * are errors, never defaults; {@link Stored#ignoreUnknown} allows unknown properties.
 * <li>Whatever is written can be read: what could not is refused when it is written. Only the nesting of arrays and
 * objects is bounded, by 256 levels.
 * </ul>
 */
public final class DomainJson {

    /**
     * How deep arrays and objects may stand in each other. Reading them needs the stack of its thread, up to 2 KB for a
     * level; the same bound holds for all threads.
     */
    private static final int WRITTEN_DEPTH = 256;

    /** Earlier builds have written 1,000 levels, and an envelope adds some. */
    private static final int READ_DEPTH = 1_100;

    private static final JsonMapper MAPPER = configure(JsonMapper.builder()).build();

    private DomainJson() {}

    static JsonMapper mapper() {
        return MAPPER;
    }

    /** Reads values of a class as strictly as it says. */
    static ObjectReader readerFor(Class<?> type) {
        ObjectReader reader = MAPPER.readerFor(type);
        return ignoresUnknown(type) ? reader.without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) : reader;
    }

    /** Whether readers of a class ignore what they do not know. */
    static boolean ignoresUnknown(Class<?> type) {
        Stored stored = type.getAnnotation(Stored.class);
        return stored != null && stored.ignoreUnknown();
    }

    /**
     * Why something was not written: {@link UnwritableException}, unless code of the user's has thrown.
     *
     * @param what what was to be written, for the message
     */
    public static CodecException notWritten(String what, IOException failed) {
        String message = what + " cannot be written as JSON: " + JsonFailures.message(failed);
        return Failures.chain(failed).getLast() instanceof JacksonException
                ? new UnwritableException(message, failed)
                : new CodecException(message, failed);
    }

    /** Sets a mapper of any format up for the values of a domain. */
    public static <B extends MapperBuilder<?, B>> B configure(B builder) {
        JsonFactory factory = unbounded((JsonFactory) builder.streamFactory());
        factory.setStreamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(WRITTEN_DEPTH).build());
        return forms(builder).addModule(new ExactWriting());
    }

    /** A factory that writes and reads JSON of any length; the limit of a record is the storage's. */
    @SuppressWarnings("deprecation") // the factory of a mapper's builder exists already
    static JsonFactory unbounded(JsonFactory factory) {
        factory.setStreamReadConstraints(StreamReadConstraints.builder()
                .maxNestingDepth(READ_DEPTH)
                .maxNumberLength(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE)
                .build());
        factory.setStreamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(READ_DEPTH).build());
        factory.configure(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW, false);
        return factory;
    }

    /** The forms of values; without what is refused when it is written. */
    static <B extends MapperBuilder<?, B>> B forms(B builder) {
        builder.addModule(new Jdk8Module()).addModule(new JavaTimeModule()).addModule(new ParameterNamesModule());
        builder.addModule(new SimpleModule("strict").addSerializer(JsonObject.class, JsonObjects.WRITER)
                .setDeserializerModifier(new StrictReading()));
        builder.annotationIntrospector(
                AnnotationIntrospector.pair(new SealedTypes(), new JacksonAnnotationIntrospector()));
        builder.visibility(PropertyAccessor.GETTER, Visibility.NONE)
                .visibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
                .visibility(PropertyAccessor.SETTER, Visibility.NONE)
                .visibility(PropertyAccessor.FIELD, Visibility.ANY);
        builder.withConfigOverride(BigDecimal.class,
                override -> override.setFormat(JsonFormat.Value.forShape(JsonFormat.Shape.STRING)));
        builder.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
                SerializationFeature.FAIL_ON_EMPTY_BEANS);
        builder.enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID);
        builder.enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER);
        builder.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS);
        builder.withCoercionConfigDefaults(coercions -> {
            for (CoercionInputShape shape : CoercionInputShape.values()) {
                coercions.setCoercion(shape, CoercionAction.Fail);
            }
        });
        builder.disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                DeserializationFeature.ACCEPT_FLOAT_AS_INT);
        builder.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
        return builder;
    }
}

package dev.allframe.codec.jackson;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import dev.allframe.aggregate.Stored;
import java.math.BigDecimal;

/**
 * How the values of a domain look in JSON, and in CBOR between nodes.
 *
 * <ul>
 * <li>A record is an object of its components, and of nothing else: methods that look like getters are not properties.
 * <li>A {@link BigDecimal} is text with its scale, so that no reader rounds it. Times are ISO 8601 text.
 * <li>A value whose declared type is sealed carries {@code "@type"}, the {@link Stored} name of its case.
 * <li>Reading is strict: a missing component, an unknown property and a null for a primitive are errors, never
 * defaults; {@link Stored#ignoreUnknown} allows unknown properties.
 * </ul>
 */
public final class DomainJson {

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

    /** Sets a mapper of any format up for the values of a domain. */
    public static <B extends MapperBuilder<?, B>> B configure(B builder) {
        builder.addModule(new Jdk8Module()).addModule(new JavaTimeModule()).addModule(new ParameterNamesModule());
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
        builder.disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE);
        builder.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
        return builder;
    }
}

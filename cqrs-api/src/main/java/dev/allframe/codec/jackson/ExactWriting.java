package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.type.ArrayType;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.databind.type.MapType;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.allframe.aggregate.Texts;
import dev.allframe.failure.Failures;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Refuses, when it is written, what its class allows and what could not be read back equal. Each check looks at one
 * value.
 */
final class ExactWriting extends SimpleModule {

    private static final long serialVersionUID = 1L;

    ExactWriting() {
        super("exact");
        addSerializer(double.class, DOUBLE);
        addSerializer(Double.class, DOUBLE);
        addSerializer(float.class, FLOAT);
        addSerializer(Float.class, FLOAT);
        setSerializerModifier(new Checks());
    }

    private static final JsonSerializer<Double> DOUBLE = new JsonSerializer<>() {
        @Override
        public void serialize(Double number, JsonGenerator json, SerializerProvider serializers) throws IOException {
            mustBeFinite(number, serializers);
            json.writeNumber(number);
        }

        @Override
        public void acceptJsonFormatVisitor(JsonFormatVisitorWrapper visitor, JavaType type)
                throws JsonMappingException {
            visitor.expectNumberFormat(type);
        }
    };

    private static final JsonSerializer<Float> FLOAT = new JsonSerializer<>() {
        @Override
        public void serialize(Float number, JsonGenerator json, SerializerProvider serializers) throws IOException {
            mustBeFinite(number, serializers);
            json.writeNumber(number);
        }

        @Override
        public void acceptJsonFormatVisitor(JsonFormatVisitorWrapper visitor, JavaType type)
                throws JsonMappingException {
            visitor.expectNumberFormat(type);
        }
    };

    private static void mustBeFinite(double number, SerializerProvider serializers) throws JsonMappingException {
        if (!Double.isFinite(number)) {
            refuse(serializers, "JSON has no number " + number);
        }
    }

    private static void refuse(SerializerProvider serializers, String why) throws JsonMappingException {
        serializers.reportMappingProblem("%s", why);
    }

    /** The text of a decimal of a large negative scale has an exponent that is no int, and is not read. */
    private static void mustHaveReadExponent(BigDecimal number, SerializerProvider serializers)
            throws JsonMappingException {
        if (number.scale() < Integer.MIN_VALUE / 2
                && -(long) number.scale() + number.precision() - 1 > Integer.MAX_VALUE) {
            refuse(serializers, "the decimal " + number.unscaledValue() + " with the scale " + number.scale()
                    + " has an exponent that is not read");
        }
    }

    /** Whether a null of a type would be read as empty. */
    static boolean isOptional(JavaType type) {
        return type.hasRawClass(Optional.class) || type.hasRawClass(OptionalInt.class)
                || type.hasRawClass(OptionalLong.class) || type.hasRawClass(OptionalDouble.class);
    }

    /** Looks at a value before it is written. */
    private interface Check {
        void look(Object value, SerializerProvider serializers) throws JsonMappingException;
    }

    private static final class Checks extends BeanSerializerModifier {

        private static final long serialVersionUID = 1L;

        @Override
        public JsonSerializer<?> modifySerializer(SerializationConfig config, BeanDescription description,
                JsonSerializer<?> original) {
            Class<?> type = description.getBeanClass();
            if (type == Locale.class) {
                return new Checked(original, (value, serializers) -> {
                    if (!value.equals(ValueTypes.locale(value.toString()))) {
                        refuse(serializers, "the locale '" + value + "' has no text that is read as itself");
                    }
                });
            }
            if (type == BigDecimal.class) {
                return new Checked(original,
                        (value, serializers) -> mustHaveReadExponent((BigDecimal) value, serializers));
            }
            AnnotatedMember text = description.findJsonValueAccessor();
            if (text != null && !type.isEnum()) {
                text.fixAccess(true);
                return new Checked(original, (value, serializers) -> mustNotBeNull(value, text, serializers));
            }
            return type == OptionalDouble.class
                    ? new Checked(original, (value, serializers) -> mustBeFinite(
                            ((OptionalDouble) value).orElse(0), serializers))
                    : original;
        }

        /** A null is read as none, whatever it stands for. */
        private static void mustNotBeNull(Object value, AnnotatedMember text, SerializerProvider serializers)
                throws JsonMappingException {
            Object written;
            try {
                written = text.getValue(value);
            } catch (IllegalArgumentException thrown) {
                return; // by a user's code, as it is thrown again when the value is written
            }
            if (written == null || written.equals(Optional.empty()) || written.equals(OptionalInt.empty())
                    || written.equals(OptionalLong.empty()) || written.equals(OptionalDouble.empty())) {
                refuse(serializers, "a " + value.getClass().getName()
                        + " is written as null, and would be read as none");
            }
        }

        @Override
        public List<BeanPropertyWriter> changeProperties(SerializationConfig config, BeanDescription description,
                List<BeanPropertyWriter> properties) {
            properties.stream()
                    .filter(property -> isOptional(property.getType()) && !property.hasNullSerializer())
                    .forEach(property -> property.assignNullSerializer(NO_OPTIONAL));
            return properties;
        }

        @Override
        public JsonSerializer<?> modifyCollectionSerializer(SerializationConfig config, CollectionType type,
                BeanDescription description, JsonSerializer<?> original) {
            boolean optionals = isOptional(type.getContentType());
            return optionals || SortedSet.class.isAssignableFrom(type.getRawClass())
                    ? new Checked(original, (value, serializers) -> {
                        if (optionals) {
                            mustHaveNoNull((Collection<?>) value, serializers);
                        }
                        if (value instanceof SortedSet<?> set) {
                            mustBeNatural(set.comparator(), serializers);
                        }
                    })
                    : original;
        }

        @Override
        public JsonSerializer<?> modifyKeySerializer(SerializationConfig config, JavaType type,
                BeanDescription description, JsonSerializer<?> original) {
            return ValueTypes.key(type.getRawClass()) == null ? original : KEYS;
        }

        @Override
        public JsonSerializer<?> modifyMapSerializer(SerializationConfig config, MapType type,
                BeanDescription description, JsonSerializer<?> original) {
            JavaType keys = type.getKeyType();
            boolean optionals = isOptional(type.getContentType());
            boolean ownKeys = ValueTypes.key(keys.getRawClass()) == null && !keys.isEnumType();
            return ownKeys || optionals || SortedMap.class.isAssignableFrom(type.getRawClass())
                    ? new Checked(original, (value, serializers) -> {
                        if (ownKeys) {
                            mustHaveTexts(((Map<?, ?>) value).keySet(), keys, serializers);
                        }
                        if (optionals) {
                            mustHaveNoNull(((Map<?, ?>) value).values(), serializers);
                        }
                        if (value instanceof SortedMap<?, ?> map) {
                            mustBeNatural(map.comparator(), serializers);
                        }
                    })
                    : original;
        }

        @Override
        public JsonSerializer<?> modifyArraySerializer(SerializationConfig config, ArrayType type,
                BeanDescription description, JsonSerializer<?> original) {
            if (type.hasRawClass(double[].class)) {
                return new Checked(original, (value, serializers) -> {
                    for (double number : (double[]) value) {
                        mustBeFinite(number, serializers);
                    }
                });
            }
            if (type.hasRawClass(float[].class)) {
                return new Checked(original, (value, serializers) -> {
                    for (float number : (float[]) value) {
                        mustBeFinite(number, serializers);
                    }
                });
            }
            return isOptional(type.getContentType())
                    ? new Checked(original,
                            (value, serializers) -> mustHaveNoNull(Arrays.asList((Object[]) value), serializers))
                    : original;
        }

        private static void mustHaveTexts(Collection<?> keys, JavaType type, SerializerProvider serializers)
                throws JsonMappingException {
            Set<String> texts = new HashSet<>();
            for (Object key : keys) {
                String text = key == null ? "null" : textOf(key, type, null, serializers);
                if (!texts.add(storable(text, serializers))) {
                    refuse(serializers, "two keys of a map have the text '" + text + "'");
                }
            }
        }

        private static void mustHaveNoNull(Collection<?> values, SerializerProvider serializers)
                throws JsonMappingException {
            for (Object value : values) {
                if (value == null) {
                    refuse(serializers, NULL);
                }
            }
        }

        private static void mustBeNatural(@Nullable Comparator<?> order, SerializerProvider serializers)
                throws JsonMappingException {
            if (order != null && !order.equals(Comparator.naturalOrder())) {
                refuse(serializers, "a set or map with an order of its own would be read in the natural order");
            }
        }
    }

    /** The text that is the key of a map for a value. */
    static String textOf(Object key, JavaType type, @Nullable BeanProperty property, SerializerProvider serializers)
            throws JsonMappingException {
        try (TokenBuffer buffer = new TokenBuffer((ObjectCodec) null, false)) {
            buffer.writeStartObject();
            serializers.findKeySerializer(type, property).serialize(key, buffer, serializers);
            buffer.writeNull();
            buffer.writeEndObject();
            try (JsonParser parser = buffer.asParser()) {
                parser.nextToken();
                return parser.nextFieldName();
            }
        } catch (JsonMappingException failed) {
            throw failed;
        } catch (IOException failed) {
            throw JsonMappingException.fromUnexpectedIOE(failed);
        }
    }

    /** Jackson writes an unpaired surrogate in a name, and does not read it. */
    private static String storable(String key, SerializerProvider serializers) throws JsonMappingException {
        try {
            return Texts.storable("the key of a map", key);
        } catch (IllegalArgumentException unpaired) {
            refuse(serializers, Failures.message(unpaired));
            throw unpaired;
        }
    }

    private static final JsonSerializer<Object> KEYS = new JsonSerializer<>() {
        @Override
        public void serialize(Object key, JsonGenerator json, SerializerProvider serializers) throws IOException {
            if (key instanceof BigDecimal number) {
                mustHaveReadExponent(number, serializers);
            }
            json.writeFieldName(storable(ValueTypes.keyOf(key), serializers));
        }
    };

    private static final String NULL = "a null stands for an Optional, and would be read as an empty one";

    private static final JsonSerializer<Object> NO_OPTIONAL = new JsonSerializer<>() {
        @Override
        public void serialize(@Nullable Object value, JsonGenerator json, SerializerProvider serializers)
                throws IOException {
            refuse(serializers, NULL);
        }
    };

    /** Writes as another does, when it has looked. */
    private static final class Checked extends JsonSerializer<Object> implements ContextualSerializer {

        private final JsonSerializer<Object> original;
        private final Check check;

        @SuppressWarnings("unchecked") // it is given what the original is given
        Checked(JsonSerializer<?> original, Check check) {
            this.original = (JsonSerializer<Object>) original;
            this.check = check;
        }

        @Override
        public JsonSerializer<?> createContextual(SerializerProvider serializers, @Nullable BeanProperty property)
                throws JsonMappingException {
            JsonSerializer<?> contextual = serializers.handleSecondaryContextualization(original, property);
            return new Checked(contextual, check);
        }

        @Override
        public void serialize(Object value, JsonGenerator json, SerializerProvider serializers) throws IOException {
            check.look(value, serializers);
            original.serialize(value, json, serializers);
        }

        @Override
        public void serializeWithType(Object value, JsonGenerator json, SerializerProvider serializers,
                TypeSerializer type) throws IOException {
            check.look(value, serializers);
            original.serializeWithType(value, json, serializers, type);
        }

        @Override
        public boolean isEmpty(SerializerProvider serializers, Object value) {
            return original.isEmpty(serializers, value);
        }

        @Override
        public void acceptJsonFormatVisitor(JsonFormatVisitorWrapper visitor, JavaType type)
                throws JsonMappingException {
            original.acceptJsonFormatVisitor(visitor, type);
        }
    }
}

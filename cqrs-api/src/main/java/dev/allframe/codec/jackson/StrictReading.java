package dev.allframe.codec.jackson;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.std.EnumDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.type.ArrayType;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.databind.type.MapType;
import dev.allframe.failure.Failures;
import java.io.IOException;
import java.lang.reflect.Array;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes Jackson read each value from the form that is written, and from no other. */
final class StrictReading extends BeanDeserializerModifier {

    private static final long serialVersionUID = 1L;

    @Override
    public JsonDeserializer<?> modifyDeserializer(DeserializationConfig config, BeanDescription description,
            JsonDeserializer<?> original) {
        Class<?> type = description.getBeanClass();
        // Jackson has one description for int and Integer, and two readers
        return strict(type.isPrimitive() && original.handledType() != null ? original.handledType() : type, original);
    }

    private static JsonDeserializer<?> strict(Class<?> type, JsonDeserializer<?> original) {
        ValueTypes.Reader reader = ValueTypes.reader(type);
        return reader == null ? original : new Value(type, reader, original);
    }

    @Override
    public JsonDeserializer<?> modifyArrayDeserializer(DeserializationConfig config, ArrayType type,
            BeanDescription description, JsonDeserializer<?> original) {
        Class<?> item = type.getContentType().getRawClass();
        return item.isPrimitive() && !ValueTypes.contains(type.getRawClass())
                ? new PrimitiveArray(item, Objects.requireNonNull(ValueTypes.reader(item)))
                : strict(type.getRawClass(), original);
    }

    @Override
    public JsonDeserializer<?> modifyCollectionDeserializer(DeserializationConfig config, CollectionType type,
            BeanDescription description, JsonDeserializer<?> original) {
        return Set.class.isAssignableFrom(type.getRawClass()) ? new Exactness.Complete(original) : original;
    }

    @Override
    public JsonDeserializer<?> modifyMapDeserializer(DeserializationConfig config, MapType type,
            BeanDescription description, JsonDeserializer<?> original) {
        return new Exactness.Complete(original);
    }

    @Override
    public JsonDeserializer<?> modifyEnumDeserializer(DeserializationConfig config, JavaType type,
            BeanDescription description, JsonDeserializer<?> original) {
        return original instanceof EnumDeserializer ? new Constant(type.getRawClass(), original) : original;
    }

    @Override
    public KeyDeserializer modifyKeyDeserializer(DeserializationConfig config, JavaType type,
            KeyDeserializer original) {
        Function<String, ?> parse = ValueTypes.key(type.getRawClass());
        return parse == null || type.hasRawClass(String.class) ? original : new Key(type.getRawClass(), parse);
    }

    /** An object is read from an object, unless its class says that it is something else. */
    @Override
    public BeanDeserializerBuilder updateBuilder(DeserializationConfig config, BeanDescription description,
            BeanDeserializerBuilder builder) {
        if (description.findJsonValueAccessor() == null && !hasCreators(config, description)) {
            builder.setValueInstantiator(new FromObjects(builder.getValueInstantiator()));
        }
        return builder;
    }

    private static boolean hasCreators(DeserializationConfig config, BeanDescription description) {
        Stream<Annotated> creators = Stream.concat(description.getConstructors().stream(),
                description.getFactoryMethods().stream());
        return creators.anyMatch(
                creator -> config.getAnnotationIntrospector().findCreatorAnnotation(config, creator) != null);
    }

    /** Reads a value; by Jackson where an annotation gives it another form. */
    private static final class Value extends StdScalarDeserializer<Object> implements ContextualDeserializer {

        private static final long serialVersionUID = 1L;

        private final transient ValueTypes.Reader reader;
        private final JsonDeserializer<?> original;
        private final boolean spelled;

        Value(Class<?> type, ValueTypes.Reader reader, JsonDeserializer<?> original) {
            super(type);
            this.reader = reader;
            this.original = original;
            this.spelled = ValueTypes.hasSpellings(type);
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property)
                throws JsonMappingException {
            JsonFormat.Value format = findFormatOverrides(context, property, _valueClass);
            boolean isText = format.hasPattern() || format.hasTimeZone() || format.hasLocale();
            if (!isText && !format.getShape().isNumeric() && !format.getShape().isStructured()) {
                return this;
            }
            JsonDeserializer<?> other = original instanceof ContextualDeserializer contextual
                    ? contextual.createContextual(context, property)
                    : original;
            return isText ? new OtherText(_valueClass, other, property) : other;
        }

        @Override
        public Object deserialize(JsonParser json, DeserializationContext context) throws IOException {
            // reading bytes takes the text away
            String text = spelled && json.hasToken(JsonToken.VALUE_STRING) && Exactness.isAsked(context)
                    ? json.getText()
                    : null;
            Object value;
            try {
                value = reader.read(json);
            } catch (RuntimeException unfit) {
                if (!ValueTypes.isUnfit(unfit)) {
                    throw unfit;
                }
                throw context.weirdStringException(json.getText(), _valueClass, Failures.message(unfit));
            }
            if (value == null) {
                return context.handleUnexpectedToken(_valueClass, json);
            }
            if (text != null) {
                Exactness.mustBeWritten(value, text, _valueClass, null, context);
            }
            return value;
        }

        @Override
        public @Nullable Object getNullValue(DeserializationContext context) throws JsonMappingException {
            if (_valueClass.isPrimitive()) {
                context.reportInputMismatch(this, "null is no %s", _valueClass.getName());
            }
            return _valueClass == OptionalInt.class
                    ? OptionalInt.empty()
                    : _valueClass == OptionalLong.class
                            ? OptionalLong.empty()
                            : _valueClass == OptionalDouble.class ? OptionalDouble.empty() : null;
        }
    }

    /** A constant of an enum: its text without the blanks around it that Jackson ignores. */
    private static final class Constant extends StdScalarDeserializer<Object> implements ContextualDeserializer {

        private static final long serialVersionUID = 1L;

        private final JsonDeserializer<?> original;

        Constant(Class<?> type, JsonDeserializer<?> original) {
            super(type);
            this.original = original;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property)
                throws JsonMappingException {
            return new Constant(_valueClass, context.handleSecondaryContextualization(original, property,
                    context.constructType(_valueClass)));
        }

        @Override
        public Object deserialize(JsonParser json, DeserializationContext context) throws IOException {
            Object constant = original.deserialize(json, context);
            if (json.hasToken(JsonToken.VALUE_STRING)) {
                String text = json.getText();
                if (!text.equals(text.trim())
                        && !text.equals(DomainJson.mapper().valueToTree(constant).textValue())) {
                    throw context.weirdStringException(text, _valueClass, "it has blanks around it");
                }
                if (Exactness.isAsked(context) && DomainJson.mapper().valueToTree(constant).isNumber()) {
                    throw context.weirdStringException(text, _valueClass, "it is written as a number");
                }
            }
            return constant;
        }
    }

    /** A text in a form that an annotation gives. */
    private static final class OtherText extends StdScalarDeserializer<Object> {

        private static final long serialVersionUID = 1L;

        private final JsonDeserializer<?> other;
        private final transient @Nullable BeanProperty property;

        OtherText(Class<?> type, JsonDeserializer<?> other, @Nullable BeanProperty property) {
            super(type);
            this.other = other;
            this.property = property;
        }

        @Override
        public Object deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (!json.hasToken(JsonToken.VALUE_STRING)) {
                return context.handleUnexpectedToken(_valueClass, json);
            }
            Object value = other.deserialize(json, context);
            if (value != null && Exactness.isAsked(context)) {
                Exactness.mustBeWritten(value, json.getText(), _valueClass, property, context);
            }
            return value;
        }
    }

    /** An array of numbers or truths, of which none is null. */
    private static final class PrimitiveArray extends StdScalarDeserializer<Object> {

        private static final long serialVersionUID = 1L;

        private final Class<?> item;
        private final Value items;

        PrimitiveArray(Class<?> item, ValueTypes.Reader reader) {
            super(item.arrayType());
            this.item = item;
            this.items = new Value(item, reader, this);
        }

        @Override
        public Object deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (!json.isExpectedStartArrayToken()) {
                return context.handleUnexpectedToken(_valueClass, json);
            }
            List<Object> values = new ArrayList<>();
            for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
                values.add(token == JsonToken.VALUE_NULL
                        ? Objects.requireNonNull(items.getNullValue(context))
                        : items.deserialize(json, context));
            }
            Object array = Array.newInstance(item, values.size());
            for (int i = 0; i < values.size(); i++) {
                Array.set(array, i, values.get(i));
            }
            return array;
        }
    }

    /** The key of a map: the one text of its value, so that no two keys become one. */
    private static final class Key extends KeyDeserializer {

        private final Class<?> type;
        private final Function<String, ?> parse;

        Key(Class<?> type, Function<String, ?> parse) {
            this.type = type;
            this.parse = parse;
        }

        @Override
        public Object deserializeKey(String text, DeserializationContext context) throws IOException {
            try {
                Object value = parse.apply(text);
                if (ValueTypes.keyOf(value).equals(text)
                        || (value instanceof ZonedDateTime && Exactness.isZoned(text))) {
                    return value;
                }
                throw context.weirdKeyException(type, text, "it is written '" + ValueTypes.keyOf(value) + "'");
            } catch (RuntimeException unfit) {
                if (!ValueTypes.isUnfit(unfit)) {
                    throw unfit;
                }
                throw context.weirdKeyException(type, text, Failures.message(unfit));
            }
        }
    }

    /** Makes a class from an object alone, whatever methods it has that take a text or a number. */
    private static final class FromObjects extends ValueInstantiator.Delegating {

        private static final long serialVersionUID = 1L;

        FromObjects(ValueInstantiator original) {
            super(original);
        }

        @Override
        public ValueInstantiator createContextual(DeserializationContext context, BeanDescription description)
                throws JsonMappingException {
            return new FromObjects(delegate().createContextual(context, description));
        }

        @Override
        public boolean canCreateFromString() {
            return false;
        }

        @Override
        public boolean canCreateFromInt() {
            return false;
        }

        @Override
        public boolean canCreateFromLong() {
            return false;
        }

        @Override
        public boolean canCreateFromBigInteger() {
            return false;
        }

        @Override
        public boolean canCreateFromDouble() {
            return false;
        }

        @Override
        public boolean canCreateFromBigDecimal() {
            return false;
        }

        @Override
        public boolean canCreateFromBoolean() {
            return false;
        }
    }
}

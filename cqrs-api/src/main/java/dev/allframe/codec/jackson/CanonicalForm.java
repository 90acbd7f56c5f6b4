package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.module.SimpleSerializers;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.type.ArrayType;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.databind.type.MapType;
import com.fasterxml.jackson.databind.type.ReferenceType;
import dev.allframe.codec.JsonObject;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the JSON of a command the same for equal commands and different for others: sets and maps are sorted whatever
 * order they have, and every value whose declared type does not tell its class says which it is. Where the declared
 * type tells it, the form is that of {@link DomainJson}, because fingerprints are stored.
 */
final class CanonicalForm extends SimpleModule {

    private static final long serialVersionUID = 1L;

    /** Stands for a null where an Optional is declared, which writes null for an empty one. */
    private static final String NO_OPTIONAL = "{\"@null\":true}";

    CanonicalForm() {
        super("canonical");
        setSerializerModifier(new Containers());
        setSerializers(new Others());
    }

    /** The places where values stand that are not the only one of their declared type. */
    private static final class Containers extends BeanSerializerModifier {

        private static final long serialVersionUID = 1L;

        @Override
        public List<BeanPropertyWriter> changeProperties(SerializationConfig config, BeanDescription description,
                List<BeanPropertyWriter> properties) {
            properties.stream()
                    .filter(property -> ExactWriting.isOptional(property.getType()) && !property.hasNullSerializer())
                    .forEach(property -> property.assignNullSerializer(new JsonSerializer<>() {
                        @Override
                        public void serialize(@Nullable Object value, JsonGenerator json,
                                SerializerProvider serializers) throws IOException {
                            json.writeRawValue(NO_OPTIONAL);
                        }
                    }));
            return properties;
        }

        @Override
        public JsonSerializer<?> modifyCollectionSerializer(SerializationConfig config, CollectionType type,
                BeanDescription description, JsonSerializer<?> original) {
            boolean maySet = Set.class.isAssignableFrom(type.getRawClass())
                    || type.getRawClass().isAssignableFrom(Set.class);
            return maySet || ExactWriting.isOptional(type.getContentType())
                    ? new Items(new Place(type.getContentType()))
                    : original;
        }

        @Override
        public JsonSerializer<?> modifyArraySerializer(SerializationConfig config, ArrayType type,
                BeanDescription description, JsonSerializer<?> original) {
            return ExactWriting.isOptional(type.getContentType())
                    ? new Items(new Place(type.getContentType()))
                    : original;
        }

        @Override
        public JsonSerializer<?> modifyMapSerializer(SerializationConfig config, MapType type,
                BeanDescription description, JsonSerializer<?> original) {
            return new Entries(new Place(type.getKeyType()), new Place(type.getContentType()));
        }
    }

    /**
     * An Optional of an Optional, whose null says nothing of the outer one, or of anything, which it would hide; an
     * entry of a map, whose key is a value like any other where no map has it; and a JSON object, whose members have
     * any order.
     */
    private static final class Others extends SimpleSerializers {

        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable JsonSerializer<?> findSerializer(SerializationConfig config, JavaType type,
                BeanDescription description) {
            if (type.hasRawClass(JsonObject.class)) {
                return JsonObjects.CANONICAL;
            }
            if (!type.isTypeOrSubTypeOf(Map.Entry.class)) {
                return null;
            }
            JavaType[] parts = type.findTypeParameters(Map.Entry.class);
            JavaType any = config.constructType(Object.class);
            return parts.length == 2
                    ? new Pair(new Place(parts[0]), new Place(parts[1]))
                    : new Pair(new Place(any), new Place(any));
        }

        @Override
        public @Nullable JsonSerializer<?> findReferenceSerializer(SerializationConfig config, ReferenceType type,
                BeanDescription description, @Nullable TypeSerializer contentType,
                @Nullable JsonSerializer<Object> contents) {
            return type.hasRawClass(Optional.class)
                    && (ExactWriting.isOptional(type.getContentType()) || type.getContentType().isJavaLangObject())
                            ? new Items(new Place(type.getContentType()))
                            : null;
        }
    }

    /** Where values of a declared type stand. */
    private record Place(JavaType declared, @Nullable TypeSerializer type, @Nullable BeanProperty property) {

        Place(JavaType declared) {
            this(declared, null, null);
        }

        Place in(SerializerProvider serializers, @Nullable BeanProperty user) throws JsonMappingException {
            TypeSerializer found = serializers.findTypeSerializer(declared);
            return new Place(declared, found == null ? null : found.forProperty(user), user);
        }

        void write(@Nullable Object value, JsonGenerator json, SerializerProvider serializers) throws IOException {
            if (value == null) {
                if (ExactWriting.isOptional(declared)) {
                    json.writeRawValue(NO_OPTIONAL);
                } else {
                    json.writeNull();
                }
                return;
            }
            JavaType specific = declared.hasRawClass(value.getClass())
                    ? declared
                    : declared.hasGenericTypes()
                            ? serializers.constructSpecializedType(declared, value.getClass())
                            : serializers.constructType(value.getClass());
            JsonSerializer<Object> serializer = serializers.findValueSerializer(specific, property);
            if (type == null) {
                serializer.serialize(value, json, serializers);
            } else {
                serializer.serializeWithType(value, json, serializers, type);
            }
        }

        /** The JSON text of a value. */
        String text(@Nullable Object value, JsonGenerator json, SerializerProvider serializers) throws IOException {
            StringWriter text = new StringWriter();
            try (JsonGenerator part = json.getCodec().getFactory().createGenerator(text)) {
                write(value, part, serializers);
            }
            return withoutUnpaired(text.toString());
        }

        /** UTF-8 has no bytes for an unpaired surrogate, and JSON has an escape. */
        private static String withoutUnpaired(String json) {
            StringBuilder escaped = new StringBuilder(json.length());
            json.codePoints().forEach(point -> {
                if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                    escaped.append("\\u").append(HexFormat.of().withUpperCase().toHexDigits((char) point));
                } else {
                    escaped.appendCodePoint(point);
                }
            });
            return escaped.toString();
        }

        /** The text of a value that is the key of a map: its JSON where it has none that tells its class. */
        String key(@Nullable Object value, JsonGenerator json, SerializerProvider serializers) throws IOException {
            if (value == null) {
                throw JsonMappingException.from(serializers, "a map has a null as its key");
            }
            if (declared.hasRawClass(String.class)) {
                return (String) value;
            }
            if (!isText(serializers)) {
                return text(value, json, serializers);
            }
            return ExactWriting.textOf(value, declared, property, serializers);
        }

        private boolean isText(SerializerProvider serializers) {
            if (ValueTypes.key(declared.getRawClass()) != null || declared.getRawClass().isEnum()) {
                return true;
            }
            BeanDescription description = serializers.getConfig().introspect(declared);
            return declared.isFinal()
                    && (description.findJsonKeyAccessor() != null || description.findJsonValueAccessor() != null);
        }
    }

    /** What has items: a set in the order of their texts, all else in its own. */
    private static final class Items extends JsonSerializer<Object> implements ContextualSerializer {

        private final Place item;

        Items(Place item) {
            this.item = item;
        }

        @Override
        public JsonSerializer<?> createContextual(SerializerProvider serializers, @Nullable BeanProperty property)
                throws JsonMappingException {
            return new Items(item.in(serializers, property));
        }

        @Override
        public void serialize(Object value, JsonGenerator json, SerializerProvider serializers) throws IOException {
            json.writeStartArray();
            write(value, json, serializers);
            json.writeEndArray();
        }

        @Override
        public void serializeWithType(Object value, JsonGenerator json, SerializerProvider serializers,
                TypeSerializer type) throws IOException {
            var prefix = type.writeTypePrefix(json, type.typeId(value, JsonToken.START_ARRAY));
            write(value, json, serializers);
            type.writeTypeSuffix(json, prefix);
        }

        private void write(Object value, JsonGenerator json, SerializerProvider serializers) throws IOException {
            Collection<?> items = switch (value) {
                case Collection<?> collection -> collection;
                case Optional<?> optional -> optional.map(List::of).orElse(List.of());
                default -> Arrays.asList((Object[]) value);
            };
            if (!(items instanceof Set)) {
                for (Object element : items) {
                    item.write(element, json, serializers);
                }
                return;
            }
            List<String> texts = new ArrayList<>(items.size());
            for (Object element : items) {
                texts.add(item.text(element, json, serializers));
            }
            texts.sort(null);
            for (String text : texts) {
                json.writeRawValue(text);
            }
        }
    }

    /** An entry of a map as an array of its key and its value. */
    private static final class Pair extends JsonSerializer<Map.Entry<?, ?>> implements ContextualSerializer {

        private final Place key;
        private final Place value;

        Pair(Place key, Place value) {
            this.key = key;
            this.value = value;
        }

        @Override
        public JsonSerializer<?> createContextual(SerializerProvider serializers, @Nullable BeanProperty property)
                throws JsonMappingException {
            return new Pair(key.in(serializers, property), value.in(serializers, property));
        }

        @Override
        public void serialize(Map.Entry<?, ?> entry, JsonGenerator json, SerializerProvider serializers)
                throws IOException {
            json.writeStartArray();
            key.write(entry.getKey(), json, serializers);
            value.write(entry.getValue(), json, serializers);
            json.writeEndArray();
        }

        @Override
        public void serializeWithType(Map.Entry<?, ?> entry, JsonGenerator json, SerializerProvider serializers,
                TypeSerializer type) throws IOException {
            var prefix = type.writeTypePrefix(json, type.typeId(entry, JsonToken.START_ARRAY));
            key.write(entry.getKey(), json, serializers);
            value.write(entry.getValue(), json, serializers);
            type.writeTypeSuffix(json, prefix);
        }
    }

    /** A map in the natural order of its keys, or in that of their texts where they have none. */
    private static final class Entries extends JsonSerializer<Map<?, ?>> implements ContextualSerializer {

        private final Place key;
        private final Place value;

        Entries(Place key, Place value) {
            this.key = key;
            this.value = value;
        }

        private record Entry(Object key, String text, @Nullable Object value) {}

        @Override
        public JsonSerializer<?> createContextual(SerializerProvider serializers, @Nullable BeanProperty property)
                throws JsonMappingException {
            return new Entries(key.in(serializers, property), value.in(serializers, property));
        }

        @Override
        public void serialize(Map<?, ?> map, JsonGenerator json, SerializerProvider serializers) throws IOException {
            json.writeStartObject();
            write(map, json, serializers);
            json.writeEndObject();
        }

        @Override
        public void serializeWithType(Map<?, ?> map, JsonGenerator json, SerializerProvider serializers,
                TypeSerializer type) throws IOException {
            var prefix = type.writeTypePrefix(json, type.typeId(map, JsonToken.START_OBJECT));
            write(map, json, serializers);
            type.writeTypeSuffix(json, prefix);
        }

        private void write(Map<?, ?> map, JsonGenerator json, SerializerProvider serializers) throws IOException {
            List<Entry> entries = new ArrayList<>(map.size());
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                String text = key.key(entry.getKey(), json, serializers);
                entries.add(new Entry(entry.getKey(), text, entry.getValue()));
            }
            try {
                Comparator<Entry> natural = (one, other) -> natural(one.key, other.key);
                entries.sort(natural.thenComparing(Entry::text));
            } catch (ClassCastException incomparable) {
                entries.sort(Comparator.comparing(Entry::text));
            }
            for (Entry entry : entries) {
                json.writeFieldName(entry.text);
                value.write(entry.value, json, serializers);
            }
        }

        @SuppressWarnings("unchecked") // what cannot be compared throws
        private static int natural(Object one, Object other) {
            return ((Comparable<Object>) one).compareTo(other);
        }
    }
}

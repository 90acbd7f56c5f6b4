package dev.allframe.codec.jackson;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.TreeNode;
import com.fasterxml.jackson.core.type.WritableTypeId;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeIdResolver;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a value say its class where its declared type, such as Object or Number, does not tell it. Only writes. */
final class OpenTypes extends StdTypeResolverBuilder {

    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable TypeSerializer buildTypeSerializer(SerializationConfig config, JavaType baseType,
            Collection<NamedType> subtypes) {
        return isOpen(baseType) ? new Named(baseType.getRawClass()) : null;
    }

    @Override
    public @Nullable TypeDeserializer buildTypeDeserializer(DeserializationConfig config, JavaType baseType,
            Collection<NamedType> subtypes) {
        return null;
    }

    private static boolean isOpen(JavaType type) {
        Class<?> raw = type.getRawClass();
        return !type.isFinal() && !raw.isEnum() && !ValueTypes.contains(raw) && !type.isArrayType()
                && !TreeNode.class.isAssignableFrom(raw) && !List.class.isAssignableFrom(raw)
                && !Set.class.isAssignableFrom(raw) && !Map.class.isAssignableFrom(raw);
    }

    /** Writes an array of the class and the value, unless the class is the declared one, or the kind that is meant. */
    private static final class Named extends TypeSerializer {

        private final Class<?> declared;

        Named(Class<?> declared) {
            this.declared = declared;
        }

        private @Nullable String name(Object value) {
            Class<?> type = value.getClass();
            if (type == declared) {
                return null;
            }
            boolean isIterable = Iterable.class.isAssignableFrom(declared);
            return switch (value) {
                case Set<?> set -> "set";
                case Map<?, ?> map -> "map";
                case Collection<?> items when isIterable -> null;
                case List<?> list -> "list";
                case Map.Entry<?, ?> entry -> Map.Entry.class.isAssignableFrom(declared) ? null : "entry";
                case Enum<?> constant -> constant.getDeclaringClass().getName();
                default -> type.getName();
            };
        }

        @Override
        public WritableTypeId writeTypePrefix(JsonGenerator json, WritableTypeId value) throws IOException {
            String name = name(value.forValue);
            value.wrapperWritten = name != null;
            if (name != null) {
                json.writeStartArray();
                json.writeString(name);
            }
            if (value.valueShape == JsonToken.START_OBJECT) {
                json.writeStartObject(value.forValue);
            } else if (value.valueShape == JsonToken.START_ARRAY) {
                json.writeStartArray(value.forValue);
            }
            return value;
        }

        @Override
        public WritableTypeId writeTypeSuffix(JsonGenerator json, WritableTypeId value) throws IOException {
            if (value.valueShape == JsonToken.START_OBJECT) {
                json.writeEndObject();
            } else if (value.valueShape == JsonToken.START_ARRAY) {
                json.writeEndArray();
            }
            if (value.wrapperWritten) {
                json.writeEndArray();
            }
            return value;
        }

        @Override
        public TypeSerializer forProperty(@Nullable BeanProperty property) {
            return this;
        }

        @Override
        public JsonTypeInfo.As getTypeInclusion() {
            return JsonTypeInfo.As.WRAPPER_ARRAY;
        }

        @Override
        public @Nullable String getPropertyName() {
            return null;
        }

        @Override
        public @Nullable TypeIdResolver getTypeIdResolver() {
            return null;
        }
    }
}

package dev.allframe.codec.jackson;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonBooleanFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonIntegerFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonNumberFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonStringFormatVisitor;
import dev.allframe.aggregate.SealedCases;
import dev.allframe.aggregate.Since;
import dev.allframe.codec.JsonObject;
import dev.allframe.schema.Schema;
import dev.allframe.schema.Schema.Member;
import dev.allframe.schema.TypeSchema;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Derives the schema of a stored class: what {@link DomainJson} writes of it and reads, which Jackson itself is asked
 * for.
 */
final class SchemaOfClass {

    private static final Map<Class<?>, String> FORMATS = Map.of(String.class, "", BigDecimal.class, "decimal",
            Instant.class, "date-time", OffsetDateTime.class, "date-time", ZonedDateTime.class, "zoned-date-time",
            LocalDate.class, "date", Duration.class, "duration", UUID.class, "uuid", byte[].class, "base64");

    private static final Map<Class<?>, Long> LIMITS = Map.of(long.class, Long.MAX_VALUE, Long.class, Long.MAX_VALUE,
            int.class, (long) Integer.MAX_VALUE, Integer.class, (long) Integer.MAX_VALUE,
            short.class, (long) Short.MAX_VALUE, Short.class, (long) Short.MAX_VALUE,
            byte.class, (long) Byte.MAX_VALUE, Byte.class, (long) Byte.MAX_VALUE);

    /** The classes around the one that is looked at, the innermost first. */
    private final Deque<JavaType> around = new ArrayDeque<>();

    /** Classes that contain themselves, and how they are called: not by their own names, which are not stored. */
    private final Map<JavaType, String> recursive = new HashMap<>();

    private final Map<String, Schema> definitions = new LinkedHashMap<>();

    /** Whether members that are unknown are ignored. */
    private final boolean open;

    private SchemaOfClass(boolean open) {
        this.open = open;
    }

    /** The schema of a class under its stored name. */
    static TypeSchema of(String name, int version, Class<?> type) {
        SchemaOfClass schema = new SchemaOfClass(DomainJson.ignoresUnknown(type));
        Schema root = schema.of(DomainJson.mapper().constructType(type));
        return new TypeSchema(name, version, root, schema.definitions);
    }

    /** Whether values of a type are written as JSON text. */
    static boolean isText(JavaType type) {
        Schema schema = new SchemaOfClass(false).of(type);
        Schema value = schema instanceof Schema.OrNull(Schema inner) ? inner : schema;
        return value instanceof Schema.Text || value instanceof Schema.Choice;
    }

    private Schema of(JavaType type) {
        return of(type, null);
    }

    /**
     * The schema of a type.
     *
     * @param annotated how it is written in the class; null where nobody knows
     */
    private Schema of(JavaType type, @Nullable AnnotatedType annotated) {
        Schema schema = ofValue(type, annotated);
        return annotated != null && annotated.isAnnotationPresent(Nullable.class) ? orNull(schema) : schema;
    }

    private Schema ofValue(JavaType type, @Nullable AnnotatedType annotated) {
        Class<?> raw = type.getRawClass();
        if (type.isReferenceType()) {
            return orNull(of(type.getReferencedType()));
        }
        if (ExactWriting.isOptional(type)) {
            return orNull(value(type));
        }
        if (JsonNode.class.isAssignableFrom(raw)) {
            return new Schema.Anything();
        }
        if (raw == JsonObject.class) {
            return new Schema.Entries(new Schema.Text(""), new Schema.Anything());
        }
        if (raw.isEnum()) {
            return choice(raw);
        }
        if (raw == char[].class) {
            return new Schema.Text("");
        }
        if (raw != byte[].class && (type.isCollectionLikeType() || type.isArrayType())) {
            return new Schema.Items(of(type.getContentType(), item(annotated, 0)), Set.class.isAssignableFrom(raw));
        }
        if (type.isMapLikeType()) {
            return new Schema.Entries(name(type.getKeyType()), of(type.getContentType(), item(annotated, 1)));
        }
        if (SealedCases.hasCases(raw)) {
            return inside(type, () -> cases(raw));
        }
        return raw.isPrimitive() || raw == byte[].class || raw.getName().startsWith("java.")
                ? value(type)
                : inside(type, () -> object(type));
    }

    /** How the items of an array, or what stands for a parameter of a collection or map, is written in the class. */
    private static @Nullable AnnotatedType item(@Nullable AnnotatedType annotated, int parameter) {
        return switch (annotated) {
            case AnnotatedArrayType array -> array.getAnnotatedGenericComponentType();
            case AnnotatedParameterizedType generic when generic
                    .getAnnotatedActualTypeArguments().length > parameter ->
                generic.getAnnotatedActualTypeArguments()[parameter];
            case null, default -> null;
        };
    }

    /** The texts of an enum's constants, which need not be their names. */
    private static Schema choice(Class<?> type) {
        Set<String> texts = new LinkedHashSet<>();
        for (Object constant : type.getEnumConstants()) {
            JsonNode json = DomainJson.mapper().valueToTree(constant);
            if (!json.isTextual()) {
                return new Schema.Anything();
            }
            texts.add(json.textValue());
        }
        return new Schema.Choice(texts);
    }

    /** The keys of a map, which are text whatever they are elsewhere. */
    private Schema name(JavaType type) {
        Schema key = of(type);
        return key instanceof Schema.Choice || key instanceof Schema.Text
                ? key
                : new Schema.Text(type.getRawClass().getSimpleName());
    }

    private static Schema orNull(Schema schema) {
        return schema instanceof Schema.OrNull ? schema : new Schema.OrNull(schema);
    }

    private Schema cases(Class<?> sealed) {
        Map<String, Schema.Members> byName = new LinkedHashMap<>();
        for (Class<?> option : SealedCases.of(sealed)) {
            byName.put(SealedTypes.nameOf(option),
                    members(description(DomainJson.mapper().constructType(option))));
        }
        return new Schema.Cases(byName);
    }

    private static SerializationConfig config() {
        return DomainJson.mapper().getSerializationConfig();
    }

    private static BeanDescription description(JavaType type) {
        return config().introspect(type);
    }

    private Schema object(JavaType type) {
        BeanDescription description = description(type);
        AnnotatedMember value = description.findJsonValueAccessor();
        if (isWrittenOtherwise(description.getClassInfo()) || hasTypeOfJackson(description.getClassInfo(), type)) {
            return new Schema.Anything();
        }
        return value == null ? members(description) : of(value.getType());
    }

    /** Whether annotations say how something is written, of which a schema cannot tell. */
    private static boolean isWrittenOtherwise(Annotated annotated) {
        AnnotationIntrospector introspector = config().getAnnotationIntrospector();
        return introspector.findSerializer(annotated) != null
                || introspector.findSerializationConverter(annotated) != null
                || introspector.findContentSerializer(annotated) != null
                || introspector.findKeySerializer(annotated) != null
                || isPresent(introspector.findFormat(annotated));
    }

    private static boolean isPresent(JsonFormat.@Nullable Value format) {
        return format != null && (format.hasShape() || format.hasPattern());
    }

    private static boolean hasTypeOfJackson(AnnotatedClass type, JavaType base) {
        return config().getAnnotationIntrospector().findTypeResolver(config(), type, base) != null;
    }

    private Schema.Members members(BeanDescription description) {
        Map<String, Member> members = new LinkedHashMap<>();
        for (BeanPropertyDefinition property : description.findProperties()) {
            AnnotatedMember accessor = property.getAccessor();
            if (accessor != null) {
                members.put(property.getName(),
                        new Member(member(accessor), since(description.getBeanClass(), property)));
            }
        }
        return new Schema.Members(members, open);
    }

    private Schema member(AnnotatedMember accessor) {
        JsonFormat.Value format = config().getAnnotationIntrospector().findFormat(accessor);
        if (format != null && format.hasPattern()
                && (!format.hasShape() || format.getShape() == JsonFormat.Shape.STRING)) {
            return new Schema.Text(format.getPattern()); // of a time
        }
        if (isWrittenOtherwise(accessor)) {
            return new Schema.Anything();
        }
        AnnotatedElement element = accessor.getAnnotated();
        return of(accessor.getType(), element instanceof Field field
                ? field.getAnnotatedType()
                : ((Method) element).getAnnotatedReturnType());
    }

    private static int since(Class<?> type, BeanPropertyDefinition property) {
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                Since since = component.getAnnotation(Since.class);
                if (since != null && component.getName().equals(property.getInternalName())) {
                    return since.version();
                }
            }
        }
        return 0;
    }

    /** A class that contains itself is defined once, and named where it comes again. */
    private Schema inside(JavaType type, Supplier<Schema> schema) {
        if (around.contains(type)) {
            return new Schema.Reference(
                    recursive.computeIfAbsent(type, another -> "part" + (recursive.size() + 1)));
        }
        around.push(type);
        try {
            Schema whole = schema.get();
            String name = recursive.get(type);
            if (name == null) {
                return whole;
            }
            definitions.put(name, whole);
            return around.size() == 1 ? whole : new Schema.Reference(name);
        } finally {
            around.pop();
        }
    }

    /** What Jackson says that it writes of a class of the platform's. */
    private static Schema value(JavaType type) {
        Class<?> raw = type.getRawClass();
        String format = FORMATS.get(raw);
        if (format != null) {
            return new Schema.Text(format);
        }
        Long most = LIMITS.get(raw);
        if (most != null) {
            return new Schema.Whole(BigInteger.valueOf(-most - 1), BigInteger.valueOf(most));
        }
        Kind kind = new Kind();
        try {
            DomainJson.mapper().acceptJsonFormatVisitor(type, kind);
        } catch (JsonMappingException unknown) {
            return new Schema.Anything();
        }
        return kind.found;
    }

    private static final class Kind extends JsonFormatVisitorWrapper.Base {

        private Schema found = new Schema.Anything();

        Kind() {
            super(DomainJson.mapper().getSerializerProviderInstance());
        }

        @Override
        public @Nullable JsonStringFormatVisitor expectStringFormat(JavaType type) {
            found = new Schema.Text(
                    type.getRawClass() == Character.class ? "char" : type.getRawClass().getSimpleName());
            return null;
        }

        @Override
        public @Nullable JsonIntegerFormatVisitor expectIntegerFormat(JavaType type) {
            found = new Schema.Whole(null, null);
            return null;
        }

        @Override
        public @Nullable JsonNumberFormatVisitor expectNumberFormat(JavaType type) {
            found = new Schema.Decimal(type.getRawClass() == float.class || type.getRawClass() == Float.class);
            return null;
        }

        @Override
        public @Nullable JsonBooleanFormatVisitor expectBooleanFormat(JavaType type) {
            found = new Schema.Truth();
            return null;
        }
    }
}

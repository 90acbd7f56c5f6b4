package dev.allframe.codec.jackson;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonBooleanFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonIntegerFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonNumberFormatVisitor;
import com.fasterxml.jackson.databind.jsonFormatVisitors.JsonStringFormatVisitor;
import dev.allframe.aggregate.SealedCases;
import dev.allframe.aggregate.Since;
import dev.allframe.schema.Schema;
import dev.allframe.schema.Schema.Member;
import dev.allframe.schema.TypeSchema;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
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

/** Derives the schema of a stored class: what {@link DomainJson} writes of it and reads. */
final class SchemaOfClass {

    private static final Map<Class<?>, String> FORMATS = Map.of(String.class, "", BigDecimal.class, "decimal",
            Instant.class, "date-time", OffsetDateTime.class, "date-time", ZonedDateTime.class, "date-time",
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

    private SchemaOfClass() {}

    /** The schema of a class under its stored name. */
    static TypeSchema of(String name, int version, Class<?> type) {
        SchemaOfClass schema = new SchemaOfClass();
        Schema root = schema.of(DomainJson.mapper().constructType(type));
        return new TypeSchema(name, version, root, schema.definitions);
    }

    private Schema of(JavaType type) {
        Class<?> raw = type.getRawClass();
        if (type.isReferenceType()) {
            return orNull(of(type.getReferencedType()));
        }
        if (raw.isEnum()) {
            Set<String> names = new LinkedHashSet<>();
            for (Object constant : raw.getEnumConstants()) {
                names.add(((Enum<?>) constant).name());
            }
            return new Schema.Choice(names);
        }
        if (raw != byte[].class && (type.isCollectionLikeType() || type.isArrayType())) {
            return new Schema.Items(of(type.getContentType()));
        }
        if (type.isMapLikeType()) {
            return new Schema.Entries(of(type.getContentType()));
        }
        if (raw.isSealed()) {
            return inside(type, () -> cases(raw));
        }
        return raw.isPrimitive() || raw == byte[].class || raw.getName().startsWith("java.")
                ? value(type)
                : inside(type, () -> members(type));
    }

    private static Schema orNull(Schema schema) {
        return schema instanceof Schema.OrNull ? schema : new Schema.OrNull(schema);
    }

    private Schema cases(Class<?> sealed) {
        Map<String, Schema.Members> byName = new LinkedHashMap<>();
        for (Class<?> option : SealedCases.of(sealed)) {
            byName.put(SealedTypes.nameOf(option), members(DomainJson.mapper().constructType(option)));
        }
        return new Schema.Cases(byName);
    }

    private Schema.Members members(JavaType type) {
        Map<String, Member> members = new LinkedHashMap<>();
        if (type.getRawClass().isRecord()) {
            for (RecordComponent component : type.getRawClass().getRecordComponents()) {
                members.put(component.getName(), member(component.getGenericType(), component.getAnnotatedType(), type,
                        since(component)));
            }
            return new Schema.Members(members, false);
        }
        for (JavaType from = type; from != null
                && !from.getRawClass().getName().startsWith("java."); from = from.getSuperClass()) {
            for (Field field : from.getRawClass().getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
                    members.put(field.getName(),
                            member(field.getGenericType(), field.getAnnotatedType(), from, 0));
                }
            }
        }
        return new Schema.Members(members, false);
    }

    private Member member(Type type, AnnotatedType annotated, JavaType in, int since) {
        Schema schema = of(DomainJson.mapper().getTypeFactory().resolveMemberType(type, in.getBindings()));
        return new Member(annotated.isAnnotationPresent(Nullable.class) ? orNull(schema) : schema, since);
    }

    private static int since(RecordComponent component) {
        Since since = component.getAnnotation(Since.class);
        return since == null ? 0 : since.version();
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
            found = new Schema.Text(type.getRawClass() == char.class || type.getRawClass() == Character.class
                    ? ""
                    : type.getRawClass().getSimpleName());
            return null;
        }

        @Override
        public @Nullable JsonIntegerFormatVisitor expectIntegerFormat(JavaType type) {
            found = new Schema.Whole(null, null);
            return null;
        }

        @Override
        public @Nullable JsonNumberFormatVisitor expectNumberFormat(JavaType type) {
            found = new Schema.Decimal();
            return null;
        }

        @Override
        public @Nullable JsonBooleanFormatVisitor expectBooleanFormat(JavaType type) {
            found = new Schema.Truth();
            return null;
        }
    }
}

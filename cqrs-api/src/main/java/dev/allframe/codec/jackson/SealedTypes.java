package dev.allframe.codec.jackson;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import dev.allframe.aggregate.SealedCases;
import dev.allframe.aggregate.Stored;
import dev.allframe.schema.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells Jackson the cases of sealed types, which it does not find by itself, and their names. */
final class SealedTypes extends NopAnnotationIntrospector {

    static final String TYPE_PROPERTY = Schema.Cases.TYPE;

    /** The {@link Stored} name; the simple class name for types that are never stored, such as commands. */
    static String nameOf(Class<?> type) {
        Stored stored = type.getAnnotation(Stored.class);
        return stored == null ? type.getSimpleName() : stored.value();
    }

    @Override
    public @Nullable TypeResolverBuilder<?> findTypeResolver(MapperConfig<?> config, AnnotatedClass type,
            JavaType baseType) {
        if (!type.getRawType().isSealed()) {
            return null;
        }
        return new StdTypeResolverBuilder().init(JsonTypeInfo.Id.NAME, null)
                .inclusion(JsonTypeInfo.As.PROPERTY)
                .typeProperty(TYPE_PROPERTY);
    }

    @Override
    public @Nullable List<NamedType> findSubtypes(Annotated type) {
        if (!type.getRawType().isSealed()) {
            return null;
        }
        return SealedCases.of(type.getRawType()).stream().map(found -> new NamedType(found, nameOf(found))).toList();
    }
}

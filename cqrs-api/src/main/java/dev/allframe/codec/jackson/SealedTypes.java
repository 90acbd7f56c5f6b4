package dev.allframe.codec.jackson;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.AsPropertyTypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.allframe.aggregate.SealedCases;
import dev.allframe.aggregate.Stored;
import dev.allframe.schema.Schema;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
        if (!SealedCases.hasCases(type.getRawType())) {
            return null;
        }
        return new Cases().init(JsonTypeInfo.Id.NAME, null)
                .inclusion(JsonTypeInfo.As.PROPERTY)
                .typeProperty(TYPE_PROPERTY);
    }

    @Override
    public @Nullable List<NamedType> findSubtypes(Annotated type) {
        if (!SealedCases.hasCases(type.getRawType())) {
            return null;
        }
        List<Class<?>> cases = SealedCases.of(type.getRawType());
        Set<String> names = new HashSet<>();
        // of two with one name, which are refused where they are to be read, each is told from the other
        return cases.stream()
                .map(found -> new NamedType(found, names.add(nameOf(found)) ? nameOf(found) : found.getName()))
                .toList();
    }

    private static final class Cases extends StdTypeResolverBuilder {

        private static final long serialVersionUID = 1L;

        @Override
        public TypeDeserializer buildTypeDeserializer(DeserializationConfig config, JavaType baseType,
                Collection<NamedType> subtypes) {
            return new Objects((AsPropertyTypeDeserializer) super.buildTypeDeserializer(config, baseType, subtypes),
                    null);
        }
    }

    /** Reads the type from a property of an object; Jackson also takes an array of the type and the object. */
    private static final class Objects extends AsPropertyTypeDeserializer {

        private static final long serialVersionUID = 1L;

        Objects(AsPropertyTypeDeserializer original, @Nullable BeanProperty property) {
            super(original, property);
        }

        @Override
        public TypeDeserializer forProperty(BeanProperty property) {
            return new Objects(this, property);
        }

        @Override
        public Object deserializeTypedFromAny(JsonParser json, DeserializationContext context) throws IOException {
            return deserializeTypedFromObject(json, context);
        }

        @Override
        @SuppressWarnings("deprecation") // overrides the only place that reads other forms
        protected Object _deserializeTypedUsingDefaultImpl(JsonParser json, DeserializationContext context,
                @Nullable TokenBuffer tokens, @Nullable String failure) throws IOException {
            return tokens == null && !json.hasToken(JsonToken.END_OBJECT)
                    ? context.handleUnexpectedToken(baseType(), json)
                    : super._deserializeTypedUsingDefaultImpl(json, context, tokens, failure);
        }
    }
}

package dev.allframe.codec.jackson;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.aggregate.SealedCases;
import dev.allframe.failure.Failures;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The types inside of a class, and what of them could not be written as JSON and read again, found before anything is
 * written. Looks into components, items, values and cases; what a class that is no record has inside is Jackson's.
 */
public final class JsonTypes {

    private final List<String> problems = new ArrayList<>();
    private final Set<JavaType> visited = new HashSet<>();
    private final Set<Class<?>> inside = new LinkedHashSet<>();

    private JsonTypes() {}

    /** Looks into a class. */
    static JsonTypes of(Class<?> type) {
        JsonTypes types = new JsonTypes();
        types.look(DomainJson.mapper().constructType(type), type.getName());
        types.inside.remove(type);
        return types;
    }

    /** What is wrong with a class; none where all of it can be written and read. */
    public static List<String> problems(Class<?> type) {
        return of(type).problems();
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    /** The records and sealed types inside of the class. */
    Set<Class<?>> inside() {
        return inside;
    }

    private void look(JavaType type, String where) {
        Class<?> raw = type.getRawClass();
        if (raw == Object.class) {
            problems.add(
                    where + " has no type of which anybody can tell the class: name one, so that it can be read again");
            return;
        }
        if (!visited.add(type)) {
            return;
        }
        int before = problems.size();
        if (raw.isSealed()) {
            inside.add(raw);
            SealedCases.of(raw)
                    .forEach(option -> look(DomainJson.mapper().constructType(option), option.getName()));
        } else if (type.isContainerType() || type.isReferenceType()) {
            if (type.getKeyType() != null) {
                look(type.getKeyType(), where);
            }
            look(type.getContentType(), where);
        } else if (raw.isRecord()) {
            inside.add(raw);
            components(type);
        }
        if (problems.size() == before && !raw.isSealed()) {
            readAndWritten(type, where);
        }
    }

    private void components(JavaType type) {
        for (RecordComponent component : type.getRawClass().getRecordComponents()) {
            look(DomainJson.mapper()
                    .getTypeFactory()
                    .resolveMemberType(component.getGenericType(), type.getBindings()),
                    "component " + component.getName() + " of " + type.getRawClass().getName());
        }
    }

    private void readAndWritten(JavaType type, String where) {
        try {
            JsonDeserializer<?> reader = context().findRootValueDeserializer(type);
            if (reader instanceof AbstractDeserializer) {
                problems.add(where + " has the type " + type.getRawClass().getName()
                        + ", of which nobody can tell the class: make it sealed, or a class");
            } else if (reader instanceof BeanDeserializerBase bean) {
                object(type, bean, where);
            }
        } catch (JsonMappingException | IllegalArgumentException | LinkageError unreadable) {
            problems.add(where + " cannot be read from JSON: "
                    + Failures.message(unreadable).lines().findFirst().orElse(""));
        }
    }

    private static DeserializationContext context() {
        JsonMapper mapper = DomainJson.mapper();
        return ((DefaultDeserializationContext) mapper.getDeserializationContext())
                .createDummyInstance(mapper.getDeserializationConfig());
    }

    /** What is read as an object must have been written as one, with all that it is made of. */
    private void object(JavaType type, BeanDeserializerBase reader, String where) {
        if (!reader.getValueInstantiator().canInstantiate()) {
            problems.add(where + " has the type " + type.getRawClass().getName()
                    + ", which has no constructor to read it with: make it a record");
            return;
        }
        SerializationConfig config = DomainJson.mapper().getSerializationConfig();
        AnnotationIntrospector introspector = config.getAnnotationIntrospector();
        BeanDescription description = config.introspect(type);
        Set<String> written = new HashSet<>();
        for (BeanPropertyDefinition property : description.findProperties()) {
            AnnotatedMember member = property.getAccessor();
            if (member == null) {
                continue;
            }
            written.add(property.getName());
            String name = property.getName() + " of " + type.getRawClass().getName();
            JsonInclude.Include include = introspector.findPropertyInclusion(member)
                    .withOverrides(introspector.findPropertyInclusion(description.getClassInfo()))
                    .getValueInclusion();
            if (include != JsonInclude.Include.ALWAYS && include != JsonInclude.Include.USE_DEFAULTS) {
                problems.add(
                        name + " is left out of JSON at times, and is missed when it is read: remove @JsonInclude");
            }
            if (introspector.findUnwrappingNameTransformer(member) != null) {
                problems.add(name + " is @JsonUnwrapped, which has no schema: write it as an object");
            }
        }
        SettableBeanProperty[] needed = reader.getValueInstantiator()
                .getFromObjectArguments(DomainJson.mapper().getDeserializationConfig());
        if (needed != null && description.findJsonValueAccessor() == null) {
            for (SettableBeanProperty property : needed) {
                if (!written.contains(property.getName())) {
                    problems.add(property.getName() + " of " + type.getRawClass().getName()
                            + " is not written to JSON, and is missed when it is read");
                }
            }
        }
    }
}

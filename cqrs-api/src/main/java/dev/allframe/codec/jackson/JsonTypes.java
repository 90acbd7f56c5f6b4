package dev.allframe.codec.jackson;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.aggregate.SealedCases;
import dev.allframe.failure.Failures;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

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
        if (ValueTypes.contains(raw) || !visited.add(type)) {
            return;
        }
        int before = problems.size();
        if (SealedCases.hasCases(raw)) {
            cases(raw);
            return;
        }
        if (raw.isEnum()) {
            constants(raw, where);
        } else if (PlatformTypes.isContainer(type)) {
            container(type, where);
        } else if (PlatformTypes.contains(raw) || type.isContainerType() || type.isReferenceType()) {
            refuse(type, where);
            return;
        } else if (raw.isRecord()) {
            inside.add(raw);
            components(type);
        }
        if (problems.size() == before) {
            readAndWritten(type, where);
        }
    }

    private void refuse(JavaType type, String where) {
        String instead = PlatformTypes.instead(type.getRawClass());
        int before = problems.size();
        if (instead == null) {
            readAndWritten(type, where);
        }
        if (problems.size() == before) {
            problems.add(where + " has the type " + type.getRawClass().getName()
                    + ", which is not read back equal from JSON: make it "
                    + (instead == null ? "a record of what it holds" : instead));
        }
    }

    private void cases(Class<?> sealed) {
        inside.add(sealed);
        Set<String> names = new HashSet<>();
        for (Class<?> option : SealedCases.of(sealed)) {
            if (option.isEnum()) {
                problems.add(option.getName() + " is an enum and a case of " + sealed.getName()
                        + ", which is no object in JSON: make it a component of a record");
            } else if (!names.add(SealedTypes.nameOf(option))) {
                problems.add("two cases of " + sealed.getName() + " have the name '" + SealedTypes.nameOf(option)
                        + "': name one in @Stored");
            } else {
                look(DomainJson.mapper().constructType(option), option.getName());
            }
        }
    }

    private void constants(Class<?> type, String where) {
        Set<String> texts = new HashSet<>();
        for (Object constant : type.getEnumConstants()) {
            if (!texts.add(DomainJson.mapper().valueToTree(constant).toString())) {
                problems.add(where + " has the enum " + type.getName() + ", of which two constants have the text of "
                        + constant);
            }
        }
    }

    private void container(JavaType type, String where) {
        if (type.getKeyType() != null) {
            key(type.getKeyType(), where);
        }
        look(type.getContentType(), where);
        JavaType sorted = type.getKeyType() == null ? type.getContentType() : type.getKeyType();
        if (type.isTypeOrSubTypeOf(SortedSet.class) || type.isTypeOrSubTypeOf(SortedMap.class)) {
            if (!sorted.isTypeOrSubTypeOf(Comparable.class)) {
                problems.add(where + " is sorted, and " + sorted.getRawClass().getName()
                        + " has no natural order in which it could be read again");
            }
        }
        if (type.isReferenceType() && ExactWriting.isOptional(type.getContentType())) {
            problems.add(where + " is an Optional of an Optional, and an empty one in it is read as none: name one");
        }
    }

    /** The key of a map is text. */
    private void key(JavaType type, String where) {
        Class<?> raw = type.getRawClass();
        if (ValueTypes.key(raw) != null) {
            return;
        }
        if (raw.isEnum()) {
            keys(type, where);
            return;
        }
        inside.add(raw);
        BeanDescription description = DomainJson.mapper().getSerializationConfig().introspect(type);
        AnnotatedMember text = description.findJsonKeyAccessor() == null
                ? description.findJsonValueAccessor()
                : description.findJsonKeyAccessor();
        if (PlatformTypes.contains(raw) || text == null || ValueTypes.key(text.getRawType()) == null) {
            problems.add(where + " cannot be read from JSON: " + raw.getName()
                    + " is the key of a map, which is text: make it a String, or give it @JsonValue or @JsonKey");
        }
    }

    /** Constants may have another text as keys than as values. */
    private void keys(JavaType type, String where) {
        JsonMapper mapper = DomainJson.mapper();
        JavaType map = mapper.getTypeFactory().constructMapType(Map.class, type, mapper.constructType(Integer.class));
        Map<Object, Integer> written = new HashMap<>();
        for (Object constant : type.getRawClass().getEnumConstants()) {
            written.put(constant, 1);
        }
        try {
            if (written.equals(mapper.readerFor(map).readValue(mapper.writerFor(map).writeValueAsBytes(written)))) {
                return;
            }
        } catch (IOException unread) {
            // told below
        }
        problems.add(where + " cannot be read from JSON: the enum " + type.getRawClass().getName()
                + " is the key of a map, and is not read from the texts that its constants have there");
    }

    private void components(JavaType type) {
        BeanDescription description = DomainJson.mapper().getSerializationConfig().introspect(type);
        Set<String> otherwise = new HashSet<>();
        for (BeanPropertyDefinition property : description.findProperties()) {
            if (property.getAccessor() != null && hasFormOfItsOwn(property.getAccessor())) {
                otherwise.add(property.getInternalName());
            }
        }
        for (RecordComponent component : type.getRawClass().getRecordComponents()) {
            if (!otherwise.contains(component.getName())) {
                look(DomainJson.mapper()
                        .getTypeFactory()
                        .resolveMemberType(component.getGenericType(), type.getBindings()),
                        "component " + component.getName() + " of " + type.getRawClass().getName());
            }
        }
    }

    /** Whether annotations name the code that writes a member, and the code that reads it. */
    private static boolean hasFormOfItsOwn(AnnotatedMember member) {
        return member.hasAnnotation(JsonSerialize.class) && member.hasAnnotation(JsonDeserialize.class);
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
        if (!Modifier.isFinal(type.getRawClass().getModifiers())) {
            problems.add(where + " has the type " + type.getRawClass().getName()
                    + ", whose subclasses are not read again: make it final, sealed, or a record");
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
        AnnotatedMember value = description.findJsonValueAccessor();
        if (value != null) {
            value(type, value, reader.getValueInstantiator(), where);
            return;
        }
        Set<String> needed = new HashSet<>();
        SettableBeanProperty[] arguments = reader.getValueInstantiator()
                .getFromObjectArguments(DomainJson.mapper().getDeserializationConfig());
        for (SettableBeanProperty property : arguments == null ? new SettableBeanProperty[0] : arguments) {
            needed.add(property.getName());
            if (!written.contains(property.getName())) {
                problems.add(property.getName() + " of " + type.getRawClass().getName()
                        + " is not written to JSON, and is missed when it is read");
            }
        }
        for (BeanPropertyDefinition property : description.findProperties()) {
            if (property.getAccessor() == null) {
                continue;
            }
            if (!needed.contains(property.getName())) {
                problems.add(property.getName() + " of " + type.getRawClass().getName()
                        + " is no parameter of the constructor with which it is read, so that nobody notices when it is"
                        + " missing: make the class a record");
            } else if (!type.getRawClass().isRecord() && !hasFormOfItsOwn(property.getAccessor())) {
                look(property.getAccessor().getType(),
                        property.getName() + " of " + type.getRawClass().getName());
            }
        }
    }

    /** What is written as one text, number or truth must be read from one. */
    private void value(JavaType type, AnnotatedMember value, ValueInstantiator creators, String where) {
        Class<?> raw = value.getRawType();
        boolean isRead = !ValueTypes.contains(raw) || creators.canCreateUsingDelegate()
                || creators.canCreateUsingArrayDelegate()
                || (raw == String.class && creators.canCreateFromString())
                || ((raw == int.class || raw == Integer.class) && creators.canCreateFromInt())
                || ((raw == long.class || raw == Long.class) && creators.canCreateFromLong())
                || ((raw == double.class || raw == Double.class) && creators.canCreateFromDouble())
                || ((raw == boolean.class || raw == Boolean.class) && creators.canCreateFromBoolean())
                || (raw == BigInteger.class && creators.canCreateFromBigInteger());
        if (!isRead) {
            problems.add(where + " has the type " + type.getRawClass().getName()
                    + ", which is written as the @JsonValue " + value.getName()
                    + " and cannot be read from that: add @JsonCreator(mode = DELEGATING) to a constructor that takes"
                    + " it");
        }
        if (!type.getRawClass().isRecord() && !hasFormOfItsOwn(value)) {
            look(value.getType(), value.getName() + " of " + type.getRawClass().getName());
        }
    }
}

package dev.allframe.codec.jackson;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.aggregate.SealedCases;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds what in a class could not be read again from JSON, before anything is written. Looks into its components, also those of other records. */
public final class JsonTypes {

    private final List<String> problems = new ArrayList<>();
    private final Set<Class<?>> visited = new HashSet<>();

    private JsonTypes() {}

    /** What is wrong with a class; none where all of it can be read. */
    public static List<String> problems(Class<?> type) {
        JsonTypes types = new JsonTypes();
        types.look(type, type.getName());
        return types.problems;
    }

    private void look(Class<?> type, String where) {
        if (!visited.add(type)) {
            return;
        }
        if (type.isSealed()) {
            SealedCases.of(type).forEach(option -> look(option, option.getName()));
            return;
        }
        int before = problems.size();
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                look(component.getGenericType(), "component " + component.getName() + " of " + type.getName());
            }
        }
        if (problems.size() == before) {
            read(DomainJson.mapper().constructType(type), where);
        }
    }

    private void look(Type type, String where) {
        switch (type) {
            case Class<?> found when found.isArray() -> look((Type) found.getComponentType(), where);
            case Class<?> found -> look(found, where);
            case ParameterizedType generic -> {
                int before = problems.size();
                for (Type argument : generic.getActualTypeArguments()) {
                    look(argument, where);
                }
                if (problems.size() == before) {
                    read(DomainJson.mapper().constructType(generic), where);
                }
            }
            case GenericArrayType array -> look(array.getGenericComponentType(), where);
            case WildcardType wildcard -> {
                for (Type bound : wildcard.getUpperBounds()) {
                    look(bound, where);
                }
            }
            default -> problems.add(where + " has the type " + type
                    + ", which is not bound to a class, so it cannot be read again");
        }
    }

    private void read(JavaType type, String where) {
        try {
            JsonDeserializer<?> reader = context().findRootValueDeserializer(type);
            if (reader instanceof AbstractDeserializer) {
                problems.add(where + " has the type " + type.getRawClass().getName()
                        + ", of which nobody can tell the class: make it sealed, or a class");
            } else if (reader instanceof BeanDeserializerBase bean && !bean.getValueInstantiator().canInstantiate()) {
                problems.add(where + " has the type " + type.getRawClass().getName()
                        + ", which has no constructor to read it with: make it a record");
            }
        } catch (JsonMappingException | IllegalArgumentException | LinkageError unreadable) {
            problems.add(where + " cannot be read from JSON: "
                    + String.valueOf(unreadable.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static DeserializationContext context() {
        JsonMapper mapper = DomainJson.mapper();
        return ((DefaultDeserializationContext) mapper.getDeserializationContext())
                .createDummyInstance(mapper.getDeserializationConfig());
    }
}

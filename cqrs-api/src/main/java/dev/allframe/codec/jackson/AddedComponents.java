package dev.allframe.codec.jackson;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.allframe.aggregate.Since;
import dev.allframe.codec.CodecException;
import dev.allframe.failure.Failures;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@link Since} says about the components of a record. */
final class AddedComponents {

    /**
     * A component that older contents do not have.
     *
     * @param name its name
     * @param json what they are read with
     */
    private record Added(String name, String json) {}

    private final List<Added> components = new ArrayList<>();

    private AddedComponents() {}

    /** What was added to a record in each of its versions. */
    static SortedMap<Integer, AddedComponents> byVersion(Class<?> type, int typeVersion, Collection<String> problems) {
        SortedMap<Integer, AddedComponents> byVersion = new TreeMap<>();
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                Since since = component.getAnnotation(Since.class);
                if (since == null) {
                    continue;
                }
                String where = component.getName() + " of " + type.getName();
                if (since.version() < 2 || since.version() > typeVersion) {
                    problems.add(where + " is @Since version " + since.version()
                            + ", which must be 2 or more and at most the record's version " + typeVersion);
                } else {
                    try {
                        byVersion.computeIfAbsent(since.version(), version -> new AddedComponents()).components
                                .add(added(component, since));
                    } catch (IOException | IllegalArgumentException unfit) {
                        problems.add(where + " cannot be read from its default: " + firstLine(unfit));
                    }
                }
            }
        }
        return byVersion;
    }

    private static String firstLine(Exception failure) {
        return Failures.message(failure).lines().findFirst().orElse("");
    }

    private static Added added(RecordComponent component, Since since) throws IOException {
        ObjectMapper mapper = DomainJson.mapper();
        JavaType type = mapper.constructType(component.getGenericType());
        Object value;
        if (since.defaultValue().equals(Since.NO_DEFAULT)) {
            if (type.isPrimitive()) {
                throw new IllegalArgumentException("a primitive needs a defaultValue");
            }
            value = type.isMapLikeType() ? Map.of() : type.isContainerType() ? List.of() : null;
        } else {
            value = SchemaOfClass.isText(type) ? since.defaultValue() : Contents.valueOf(since.defaultValue());
        }
        String json = Contents.jsonOf(value);
        Exactness.of(mapper.readerFor(type)).readValue(json);
        return new Added(component.getName(), json);
    }

    /** The contents with what was added. */
    Contents addTo(Contents older) throws IOException {
        Map<String, @Nullable Object> tree = older.tree();
        for (Added added : components) {
            if (tree.containsKey(added.name)) {
                throw new CodecException("it has '" + added.name + "' already", null);
            }
            tree.put(added.name, Contents.valueOf(added.json));
        }
        return new Contents.Tree(tree, older.isMade());
    }

    /** {@code added channel = "cash"}. */
    @Override
    public String toString() {
        return "added " + String.join(", ",
                components.stream().map(added -> added.name + " = " + added.json).toList());
    }
}

package dev.allframe.schema;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The schema of one stored type in one version.
 *
 * @param type the stored name, {@code account.deposited}
 * @param version the stored version
 * @param schema what its contents look like
 * @param definitions schemas that contain themselves, by the names of their {@link Schema.Reference}s
 */
public record TypeSchema(String type, int version, Schema schema, Map<String, Schema> definitions) {

    public TypeSchema {
        definitions = Collections.unmodifiableMap(new TreeMap<>(definitions));
    }

    /** Whether the contents look alike, whatever the version. */
    public boolean looksLike(TypeSchema other) {
        return schema.equals(other.schema) && definitions.equals(other.definitions);
    }

    /**
     * The definition that a reference means, else the schema itself.
     *
     * @throws IllegalArgumentException if there is no such definition
     */
    public Schema resolved(Schema part) {
        if (!(part instanceof Schema.Reference(String name))) {
            return part;
        }
        Schema defined = definitions.get(name);
        if (defined == null) {
            throw new IllegalArgumentException(type + " version " + version + " has no definition of '" + name + "'");
        }
        return defined;
    }

    /** {@code account.deposited version 2}. */
    @Override
    public String toString() {
        return type + " version " + version;
    }
}

package dev.allframe.evolution;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an upcaster makes of a tree where it makes several events, or one of a choice.
 *
 * @param as the stored name without the aggregate's name, and the version: one of those that were declared
 * @param contents the components by their names, as in {@link Upcasters}
 */
public record JsonEvent(StoredVersion as, Map<String, @Nullable Object> contents) {

    /** An event of a name and version. */
    public static JsonEvent of(String name, int version, Map<String, @Nullable Object> contents) {
        return new JsonEvent(new StoredVersion(name, version), contents);
    }
}

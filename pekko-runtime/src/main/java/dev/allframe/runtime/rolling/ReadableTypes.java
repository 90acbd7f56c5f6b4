package dev.allframe.runtime.rolling;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.codec.jackson.DomainJson;
import dev.allframe.codec.jackson.JsonSchemas;
import dev.allframe.evolution.MigrationPath;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.schema.Compatibility;
import dev.allframe.schema.TypeSchema;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The types of events that an AllFrame of a member can read, as it tells the others.
 *
 * @param aggregates what it has, by name; of others it reads nothing
 */
record ReadableTypes(Map<String, Events> aggregates) {

    /** Later versions of AllFrame may tell more. */
    private static final JsonMapper JSON = DomainJson.configure(JsonMapper.builder())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * Of the events of an aggregate.
     *
     * @param versions all that have a path to today's code
     * @param today today's schemas, as JSON Schema
     * @param ignoring the names of those whose newer versions are read by ignoring what is unknown
     */
    record Events(List<StoredVersion> versions, List<String> today, Set<String> ignoring) {

        /**
         * Of an aggregate.
         *
         * @param today the schemas of today
         */
        static Events of(VersionRegistry versions, List<TypeSchema> today) {
            return new Events(versions.paths().stream().map(MigrationPath::from).toList(),
                    today.stream().map(JsonSchemas::write).toList(),
                    today.stream()
                            .map(TypeSchema::type)
                            .filter(type -> readsNewer(versions, type))
                            .collect(Collectors.toCollection(TreeSet::new)));
        }

        private static boolean readsNewer(VersionRegistry versions, String type) {
            return versions.ignoresPartOf(new StoredVersion(type, Integer.MAX_VALUE));
        }

        /** Where it is read by the class itself, schemas tell; where by a step, its path is enough. */
        private boolean canRead(TypeSchema written) {
            boolean path = versions.contains(new StoredVersion(written.type(), written.version()));
            return today.stream()
                    .map(JsonSchemas::read)
                    .filter(schema -> schema.type().equals(written.type()))
                    .filter(schema -> schema.version() == written.version()
                            || (!path && schema.version() < written.version() && ignoring.contains(schema.type())))
                    .findFirst()
                    .map(schema -> Compatibility.canRead(written, schema))
                    .orElse(path);
        }
    }

    /** Whether it reads what is written by a schema, or has to do with no such aggregate. */
    boolean canRead(String aggregate, TypeSchema written) {
        Events events = aggregates.get(aggregate);
        return events == null || events.canRead(written);
    }

    /** As JSON text. */
    String text() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException failed) {
            throw new IllegalStateException("names, versions and texts can be written", failed);
        }
    }

    /**
     * Reads what {@link #text} has written.
     *
     * @throws IllegalArgumentException if it is none of it
     */
    static ReadableTypes read(String text) {
        try {
            return JSON.readValue(text, ReadableTypes.class);
        } catch (JsonProcessingException unfit) {
            throw new IllegalArgumentException("not what members of this version tell: " + unfit.getMessage(), unfit);
        }
    }
}

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
     * @param ignoring today's schemas of those whose newer versions are read by ignoring what is unknown, as JSON Schema
     */
    record Events(List<StoredVersion> versions, List<String> ignoring) {

        /**
         * Of an aggregate.
         *
         * @param today the schemas of today
         */
        static Events of(VersionRegistry versions, List<TypeSchema> today) {
            return new Events(versions.paths().stream().map(MigrationPath::from).toList(),
                    today.stream().filter(schema -> readsNewer(versions, schema)).map(JsonSchemas::write).toList());
        }

        private static boolean readsNewer(VersionRegistry versions, TypeSchema schema) {
            StoredVersion newest = new StoredVersion(schema.type(), Integer.MAX_VALUE);
            return !versions.begin(newest).equals(newest);
        }

        private boolean canRead(TypeSchema written) {
            return versions.contains(new StoredVersion(written.type(), written.version()))
                    || ignoring.stream()
                            .map(JsonSchemas::read)
                            .anyMatch(today -> today.type().equals(written.type())
                                    && today.version() < written.version()
                                    && Compatibility.canRead(written, today));
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

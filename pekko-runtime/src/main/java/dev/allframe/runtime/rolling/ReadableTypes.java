package dev.allframe.runtime.rolling;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.codec.jackson.DomainJson;
import dev.allframe.codec.jackson.JsonSchemas;
import dev.allframe.evolution.MigrationPath;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.failure.Failures;
import dev.allframe.schema.Compatibility;
import dev.allframe.schema.TypeSchema;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * An announcement: the types of events that an AllFrame of a member can read, and the settings that it must have in
 * common with the others.
 *
 * @param format of the announcement; a later one means that a field has another meaning
 * @param settings by their names
 * @param aggregates that it has, by name; of others it reads nothing
 */
record ReadableTypes(int format, Map<String, String> settings, Map<String, Events> aggregates) {

    /** The format that this version of AllFrame writes, and the last that it reads. */
    private static final int FORMAT = 1;

    /** Later versions of AllFrame may add fields. */
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

        Events {
            versions = List.copyOf(versions);
            today = List.copyOf(today);
            ignoring = Collections.unmodifiableSet(new TreeSet<>(ignoring));
        }

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

    /** An announcement of this version of AllFrame. */
    static ReadableTypes of(Map<String, String> settings, Map<String, Events> aggregates) {
        return new ReadableTypes(FORMAT, settings, aggregates);
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
     * Reads what {@link #text} has written, all of it.
     *
     * @throws IllegalArgumentException if it is of a later format, or damaged
     */
    static ReadableTypes read(String text) {
        ReadableTypes read;
        try {
            read = JSON.readValue(text, ReadableTypes.class);
        } catch (JsonProcessingException unfit) {
            throw new IllegalArgumentException("it is damaged: " + unfit.getOriginalMessage(), unfit);
        }
        if (read == null || read.format < 1 || read.settings == null || read.aggregates == null) {
            throw new IllegalArgumentException("it is damaged: a field is missing");
        }
        if (read.format > FORMAT) {
            throw new IllegalArgumentException(
                    "it is of format " + read.format + ", and this member reads format " + FORMAT + " at most");
        }
        try {
            read.aggregates.values().forEach(events -> events.today.forEach(JsonSchemas::read));
        } catch (RuntimeException damaged) {
            throw new IllegalArgumentException("it is damaged: " + Failures.message(damaged), damaged);
        }
        return read;
    }
}

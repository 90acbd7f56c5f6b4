package dev.allframe.runtime.evolution;

import dev.allframe.schema.TypeSchema;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What a storage knows of the types of events that it has. Thread-safe. */
interface TypeHistory {

    /**
     * A stored name in a version.
     *
     * @param name {@code account.deposited}
     */
    record Stored(String name, int version) implements Comparable<Stored> {

        @Override
        public int compareTo(Stored other) {
            int byName = name.compareTo(other.name);
            return byName == 0 ? Integer.compare(version, other.version) : byName;
        }

        /** {@code account.deposited version 2}. */
        @Override
        public String toString() {
            return name + " version " + version;
        }
    }

    /** The types of an aggregate's events of which one was stored, or may have been. */
    CompletionStage<Set<Stored>> stored(String aggregate);

    /** The schemas of an aggregate's events that were kept, the last of each version. */
    CompletionStage<List<TypeSchema>> schemas(String aggregate);

    /** Whether {@link #stored} knows of an event only where its schema was kept before. */
    boolean mustKeepBeforeStoring();

    /** Keeps schemas of an aggregate's events, durably when the stage completes. */
    CompletionStage<Void> keep(String aggregate, List<TypeSchema> schemas);
}

package dev.allframe.runtime.evolution;

import dev.allframe.evolution.StoredVersion;
import dev.allframe.schema.TypeSchema;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What a storage knows of the types of events that it has. Thread-safe. */
interface TypeHistory {

    /** The types of an aggregate's events of which one was stored, or may have been. */
    CompletionStage<Set<StoredVersion>> stored(String aggregate);

    /** The schemas of an aggregate's events that were kept, the last of each version. */
    CompletionStage<List<TypeSchema>> schemas(String aggregate);

    /** Whether {@link #stored} knows of an event only where its schema was kept before. */
    boolean mustKeepBeforeStoring();

    /** Keeps schemas of an aggregate's events, durably when the stage completes. */
    CompletionStage<Void> keep(String aggregate, List<TypeSchema> schemas);
}

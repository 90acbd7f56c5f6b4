package dev.allframe.runtime.evolution;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.jackson.JsonSchemas;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.rolling.VersionGuard;
import dev.allframe.schema.TypeSchema;
import dev.allframe.store.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What a storage knows of the types of events that it has. Thread-safe. */
interface TypeHistory {

    /** The types of an aggregate's events of which one was stored. */
    CompletionStage<Set<StoredVersion>> stored(String aggregate);

    /** The schemas of an aggregate's events that were kept, the last of each version. */
    CompletionStage<List<TypeSchema>> schemas(String aggregate);

    /**
     * Keeps the schemas of code that starts, durably when the stage completes. A storage that needs a
     * {@link #recorder} keeps them then, and nothing here.
     */
    CompletionStage<Void> keep(String aggregate, List<TypeSchema> schemas);

    /**
     * Records a version before its first event is stored.
     *
     * @param today the schemas of the events that may be stored
     * @return null where the storage knows by itself which types it has
     */
    VersionGuard.@Nullable Recorder recorder(String aggregate, List<TypeSchema> today);

    /**
     * A schema that was kept.
     *
     * @throws CodecException if it is damaged, or of a later version of AllFrame
     */
    static TypeSchema read(Payload schema) {
        try {
            TypeSchema read = JsonSchemas.read(new String(schema.bytes(), StandardCharsets.UTF_8));
            if (read.version() < 1) {
                throw new CodecException("a schema that was kept has no version", null);
            }
            return read;
        } catch (CodecException damaged) {
            throw damaged;
        } catch (RuntimeException damaged) {
            throw new CodecException("a schema that was kept is damaged: " + Failures.message(damaged), damaged);
        }
    }
}

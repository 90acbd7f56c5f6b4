package dev.allframe.runtime.evolution;

import dev.allframe.codec.jackson.JsonSchemas;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.runtime.rolling.VersionGuard;
import dev.allframe.schema.TypeSchema;
import dev.allframe.store.DurableState;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Payload;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Of a store of ours: it knows which types it has; each schema is a durable state
 * {@code allframe-schema|account.deposited.v2}.
 */
final class BackendTypeHistory implements TypeHistory {

    private static final String KIND = "allframe-schema";
    private static final int PAGE = 100;

    private final EventStoreBackend backend;

    BackendTypeHistory(EventStoreBackend backend) {
        this.backend = backend;
    }

    @Override
    public CompletionStage<Set<StoredVersion>> stored(String aggregate) {
        return backend.getStoredTypes()
                .thenApply(types -> types.stream()
                        .filter(type -> type.entityType().equals(aggregate))
                        .map(type -> new StoredVersion(type.eventType(), type.version()))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Override
    public CompletionStage<List<TypeSchema>> schemas(String aggregate) {
        String beginning = KIND + "|" + aggregate + ".";
        return schemas(beginning, new StreamId(beginning), new ArrayList<>());
    }

    private CompletionStage<List<TypeSchema>> schemas(String beginning, StreamId after, List<TypeSchema> found) {
        return backend.getStateIds(after, PAGE).thenCompose(page -> {
            CompletionStage<Void> read = CompletableFuture.completedFuture(null);
            for (StreamId id : page) {
                if (id.value().startsWith(beginning)) {
                    read = read.thenCompose(done -> backend.getState(id))
                            .thenAccept(state -> schema(state).ifPresent(found::add));
                }
            }
            boolean more = !page.isEmpty() && page.getLast().value().startsWith(beginning);
            return read.thenCompose(done -> more
                    ? schemas(beginning, page.getLast(), found)
                    : CompletableFuture.completedFuture(found));
        });
    }

    private static Optional<TypeSchema> schema(Optional<DurableState> state) {
        return state.map(DurableState::payload).map(TypeHistory::read);
    }

    /** None: the store counts its types by itself. */
    @Override
    public VersionGuard.@Nullable Recorder recorder(String aggregate, List<TypeSchema> today) {
        return null;
    }

    @Override
    public CompletionStage<Void> keep(String aggregate, List<TypeSchema> schemas) {
        CompletionStage<Void> kept = CompletableFuture.completedFuture(null);
        for (TypeSchema schema : schemas) {
            kept = kept.thenCompose(done -> keep(schema));
        }
        return kept;
    }

    private CompletionStage<Void> keep(TypeSchema schema) {
        StreamId id = StreamId.of(KIND, schema.type() + ".v" + schema.version());
        Payload payload = Payload.json(JsonSchemas.write(schema).getBytes(StandardCharsets.UTF_8));
        return backend.getState(id)
                .thenCompose(
                        there -> backend.upsertState(id, there.map(DurableState::revision).orElse(0L) + 1, payload, ""))
                .handle((kept, failed) -> kept == null && isConflict(failed)
                        ? keep(schema) // another member was faster
                        : kept == null
                                ? CompletableFuture.<Void>failedFuture(failed)
                                : CompletableFuture.<Void>completedFuture(null))
                .thenCompose(result -> result);
    }

    private static boolean isConflict(Throwable failed) {
        return failed instanceof VersionConflictException || failed.getCause() instanceof VersionConflictException;
    }
}

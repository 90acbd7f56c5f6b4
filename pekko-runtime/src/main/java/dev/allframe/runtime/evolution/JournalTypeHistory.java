package dev.allframe.runtime.evolution;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.jackson.JsonSchemas;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.runtime.rolling.VersionGuard;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.runtime.storage.StreamHistory;
import dev.allframe.schema.SchemaHistory;
import dev.allframe.schema.TypeSchema;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.persistence.typed.JournalPersistFailed;
import org.apache.pekko.persistence.typed.JournalPersistRejected;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.jspecify.annotations.Nullable;

/**
 * Of any Pekko journal, which cannot say what types it has: each schema is a record of the stream
 * {@code allframe-schema|account}, written before the first event of that version and shape is. Code that only starts,
 * and stores nothing of a version, leaves no trace of it.
 */
final class JournalTypeHistory implements TypeHistory {

    private static final String KIND = "allframe-schema";
    private static final int FORMAT = 1;

    /** Members that record at the same time are in each other's way: all but one of them fail, and look again. */
    private static final int ATTEMPTS = 3;

    private static final AtomicLong WRITERS = new AtomicLong();

    private final ActorSystem<?> system;
    private final StoragePlugins storage;
    private final StreamHistory history;
    private final Clock clock;

    JournalTypeHistory(ActorSystem<?> system, StoragePlugins storage, Clock clock) {
        this.system = system;
        this.storage = storage;
        this.history = new StreamHistory(Adapter.toClassic(system), storage);
        this.clock = clock;
    }

    @Override
    public CompletionStage<Set<StoredVersion>> stored(String aggregate) {
        return schemas(aggregate).thenApply(schemas -> {
            Set<StoredVersion> stored = new TreeSet<>();
            schemas.forEach(schema -> stored.add(new StoredVersion(schema.type(), schema.version())));
            return stored;
        });
    }

    @Override
    public CompletionStage<List<TypeSchema>> schemas(String aggregate) {
        return history.read(StreamId.of(KIND, aggregate), 1, Long.MAX_VALUE).thenApply(records -> {
            Map<StoredVersion, TypeSchema> last = new LinkedHashMap<>();
            records.stream()
                    .map(JournalTypeHistory::schema)
                    .forEach(
                            schema -> last.put(new StoredVersion(schema.type(), schema.version()), schema));
            return List.copyOf(last.values());
        });
    }

    private static TypeSchema schema(Envelope record) {
        if (!record.eventType().equals(KIND) || record.eventVersion() != FORMAT) {
            throw new CodecException("the stream of schemas has a record '" + record.eventType() + "' version "
                    + record.eventVersion() + ", which this version of AllFrame does not know", null);
        }
        return TypeHistory.read(record.payload());
    }

    @Override
    public CompletionStage<Void> keep(String aggregate, List<TypeSchema> schemas) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public VersionGuard.@Nullable Recorder recorder(String aggregate, List<TypeSchema> today) {
        return versions -> record(aggregate,
                today.stream()
                        .filter(schema -> versions.contains(new StoredVersion(schema.type(), schema.version())))
                        .toList(),
                1);
    }

    private CompletionStage<Void> record(String aggregate, List<TypeSchema> schemas, int attempt) {
        return schemas(aggregate).thenCompose(there -> {
            SchemaHistory recorded = SchemaHistory.of(there);
            List<TypeSchema> missing = schemas.stream()
                    .filter(schema -> !recorded.version(schema.type(), schema.version())
                            .filter(schema::looksLike)
                            .isPresent())
                    .toList();
            return missing.isEmpty() ? CompletableFuture.completedFuture(null) : write(aggregate, missing);
        })
                .handle((done, failed) -> failed == null
                        ? CompletableFuture.<Void>completedFuture(null)
                        : attempt == ATTEMPTS
                                ? CompletableFuture.<Void>failedFuture(failed)
                                : record(aggregate, schemas, attempt + 1))
                .thenCompose(result -> result);
    }

    private CompletableFuture<Void> write(String aggregate, List<TypeSchema> schemas) {
        List<Envelope> records = schemas.stream()
                .map(schema -> Envelope.of(KIND, FORMAT,
                        Payload.json(JsonSchemas.write(schema).getBytes(StandardCharsets.UTF_8)), Set.of(),
                        EventMetadata.at(clock.instant()), null))
                .toList();
        CompletableFuture<Void> kept = new CompletableFuture<>();
        system.systemActorOf(new Writer(storage, StreamId.of(KIND, aggregate), records, kept).behavior(),
                "allframe-schemas-" + WRITERS.incrementAndGet(), Props.empty()).tell(Keep.INSTANCE);
        return kept;
    }

    private enum Keep implements NoSerializationVerificationNeeded { INSTANCE }

    /**
     * Stores records after those that are there, and ends. Where another member writes at the same time, one of them
     * fails.
     */
    private static final class Writer extends EventSourcedBehavior<Keep, Envelope, Done> {

        private final StoragePlugins storage;
        private final List<Envelope> records;
        private final CompletableFuture<Void> kept;

        Writer(StoragePlugins storage, StreamId stream, List<Envelope> records, CompletableFuture<Void> kept) {
            super(PersistenceId.ofUniqueId(stream.value()));
            this.storage = storage;
            this.records = records;
            this.kept = kept;
        }

        Behavior<Keep> behavior() {
            return this;
        }

        @Override
        public Done emptyState() {
            return Done.getInstance();
        }

        @Override
        public CommandHandler<Keep, Envelope, Done> commandHandler() {
            return (state, keep) -> Effect().persist(records).thenRun(() -> kept.complete(null)).thenStop();
        }

        @Override
        public EventHandler<Done, Envelope> eventHandler() {
            return (state, record) -> state;
        }

        @Override
        public SignalHandler<Done> signalHandler() {
            return newSignalHandlerBuilder()
                    .onSignal(RecoveryFailed.class,
                            (state, signal) -> kept.completeExceptionally(signal.getFailure()))
                    .onSignal(JournalPersistFailed.class,
                            (state, signal) -> kept.completeExceptionally(signal.getFailure()))
                    .onSignal(JournalPersistRejected.class,
                            (state, signal) -> kept.completeExceptionally(signal.getFailure()))
                    .onSignal(PostStop.instance(), state -> kept.completeExceptionally(
                            new IllegalStateException("the actor system has stopped")))
                    .build();
        }

        @Override
        public String journalPluginId() {
            return storage.journal();
        }

        @Override
        public String snapshotPluginId() {
            return "pekko.persistence.no-snapshot-store";
        }
    }
}

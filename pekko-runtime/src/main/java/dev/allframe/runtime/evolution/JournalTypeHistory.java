package dev.allframe.runtime.evolution;

import dev.allframe.codec.jackson.JsonSchemas;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;

/**
 * Of any Pekko journal, which cannot say what types it has: each schema is a record of the stream {@code allframe-schema|account}, written before an event of that
 * version can be. So a type counts as stored when it was announced.
 */
final class JournalTypeHistory implements TypeHistory {

    private static final String KIND = "allframe-schema";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
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
    public CompletionStage<Set<Stored>> stored(String aggregate) {
        return schemas(aggregate).thenApply(schemas -> {
            Set<Stored> stored = new TreeSet<>();
            schemas.forEach(schema -> stored.add(new Stored(schema.type(), schema.version())));
            return stored;
        });
    }

    @Override
    public CompletionStage<List<TypeSchema>> schemas(String aggregate) {
        return history.read(StreamId.of(KIND, aggregate), 1, Long.MAX_VALUE).thenApply(records -> {
            Map<Stored, TypeSchema> last = new LinkedHashMap<>();
            records.stream()
                    .map(JournalTypeHistory::schema)
                    .forEach(
                            schema -> last.put(new Stored(schema.type(), schema.version()), schema));
            return List.copyOf(last.values());
        });
    }

    private static TypeSchema schema(Envelope record) {
        return JsonSchemas.read(new String(record.payload().bytes(), StandardCharsets.UTF_8));
    }

    @Override
    public boolean mustKeepBeforeStoring() {
        return true;
    }

    @Override
    public CompletionStage<Void> keep(String aggregate, List<TypeSchema> schemas) {
        List<Envelope> records = schemas.stream()
                .map(schema -> Envelope.of(KIND, 1,
                        Payload.json(JsonSchemas.write(schema).getBytes(StandardCharsets.UTF_8)), Set.of(),
                        EventMetadata.at(clock.instant()), null))
                .toList();
        ActorRef<Keep> writer = system.systemActorOf(new Writer(storage, StreamId.of(KIND, aggregate)).behavior(),
                "allframe-schemas-" + WRITERS.incrementAndGet(), Props.empty());
        return AskPattern.<Keep, Done>ask(writer, replyTo -> new Keep(records, replyTo), PATIENCE, system.scheduler())
                .whenComplete((done, failed) -> Adapter.toClassic(system).stop(Adapter.toClassic(writer)))
                .thenAccept(done -> {});
    }

    private record Keep(List<Envelope> records, ActorRef<Done> replyTo) {}

    /** Stores what is not there yet, and ends. Where another member writes at the same time, one of them fails: nobody answers its asker, who looks again. */
    private static final class Writer extends EventSourcedBehavior<Keep, Envelope, List<TypeSchema>> {

        private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
        private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

        private final StoragePlugins storage;

        Writer(StoragePlugins storage, StreamId stream) {
            super(PersistenceId.ofUniqueId(stream.value()),
                    SupervisorStrategy.restartWithBackoff(SHORTEST_PAUSE, LONGEST_PAUSE, 0.5));
            this.storage = storage;
        }

        Behavior<Keep> behavior() {
            return this;
        }

        @Override
        public List<TypeSchema> emptyState() {
            return List.of();
        }

        @Override
        public CommandHandler<Keep, Envelope, List<TypeSchema>> commandHandler() {
            return (kept, keep) -> {
                SchemaHistory history = SchemaHistory.of(kept);
                List<Envelope> missing = keep.records.stream().filter(record -> {
                    TypeSchema schema = schema(record);
                    return !history.version(schema.type(), schema.version()).filter(schema::looksLike).isPresent();
                }).toList();
                return missing.isEmpty()
                        ? Effect().none().thenRun(() -> keep.replyTo.tell(Done.getInstance())).thenStop()
                        : Effect().persist(missing).thenRun(() -> keep.replyTo.tell(Done.getInstance())).thenStop();
            };
        }

        @Override
        public EventHandler<List<TypeSchema>, Envelope> eventHandler() {
            return (kept, record) -> {
                List<TypeSchema> more = new ArrayList<>(kept);
                more.add(schema(record));
                return more;
            };
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

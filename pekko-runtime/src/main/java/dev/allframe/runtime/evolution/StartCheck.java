package dev.allframe.runtime.evolution;

import dev.allframe.codec.jackson.JsonSchemas;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.runtime.aggregate.RegisteredAggregate;
import dev.allframe.runtime.evolution.TypeHistory.Stored;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.schema.Compatibility;
import dev.allframe.schema.CompatibilityMode;
import dev.allframe.schema.SchemaHistory;
import dev.allframe.schema.TypeSchema;
import dev.allframe.store.EventStoreBackend;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Holds what a storage has against the code that is about to work with it: every type and version of events that was stored must have a path to today's
 * classes, and what is stored from now on must keep what the schemas of before ask for. Then keeps today's schemas.
 *
 * <p>Not a scan: a store of ours keeps the set of types that it has, and for other journals a stream of schemas is written ahead of the events.
 */
public final class StartCheck {

    private static final Logger LOG = System.getLogger(StartCheck.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 3;
    private static final String MODE = "allframe.schema-compatibility";

    private final TypeHistory history;
    private final CompatibilityMode mode;
    private final List<String> problems = new ArrayList<>();

    private StartCheck(TypeHistory history, CompatibilityMode mode) {
        this.history = history;
        this.mode = mode;
    }

    /**
     * Checks aggregates.
     *
     * @throws UnreadableStoreException that lists all that today's code cannot read, and every schema that does not keep what it must
     * @throws ConfigurationException if the storage does not answer
     */
    public static void run(ActorSystem<?> system, StoragePlugins storage, Clock clock,
            Collection<? extends RegisteredAggregate<?, ?, ?>> aggregates) {
        EventStoreBackend backend = storage.backend();
        StartCheck check = new StartCheck(
                backend == null ? new JournalTypeHistory(system, storage, clock) : new BackendTypeHistory(backend),
                mode(system.settings().config().getString(MODE)));
        for (RegisteredAggregate<?, ?, ?> aggregate : aggregates) {
            check.look(aggregate);
        }
        if (!check.problems.isEmpty()) {
            throw new UnreadableStoreException(check.problems);
        }
        for (RegisteredAggregate<?, ?, ?> aggregate : aggregates) {
            check.keep(aggregate);
        }
    }

    private static CompatibilityMode mode(String name) {
        try {
            return CompatibilityMode.valueOf(name.replace('-', '_').toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new ConfigurationException(MODE + " = " + name + " must be none, backward, forward, full, "
                    + "backward-transitive, forward-transitive or full-transitive", unknown);
        }
    }

    private void look(RegisteredAggregate<?, ?, ?> aggregate) {
        String name = aggregate.type().name();
        VersionRegistry paths = aggregate.events().versions();
        Set<Stored> stored = await(history.stored(name));
        for (Stored type : stored) {
            if (!paths.canRead(type.name(), type.version())) {
                problems.add(type
                        + " was stored, and this code cannot read it: add an upcaster, or start the code that has stored it");
            }
        }
        List<TypeSchema> before = await(history.schemas(name)).stream()
                .filter(schema -> stored.contains(new Stored(schema.type(), schema.version()))
                        && paths.canRead(schema.type(), schema.version()))
                .toList();
        List<TypeSchema> today = JsonSchemas.of(aggregate.type());
        SchemaHistory kept = SchemaHistory.of(before);
        for (TypeSchema schema : today) {
            kept.version(schema.type(), schema.version())
                    .filter(last -> !Compatibility.canRead(last, schema))
                    .ifPresent(last -> problems.add(schema + " was stored with another shape" + SchemaHistory.changes(
                            last, schema) + "\n  Raise its version, and say how the old one is read"));
        }
        problems.addAll(kept.problems(today, paths, mode));
    }

    /** Another member may do the same at this moment, and then one of them fails: what it wrote is there when this looks again. */
    private void keep(RegisteredAggregate<?, ?, ?> aggregate) {
        String name = aggregate.type().name();
        for (int attempt = 1;; attempt++) {
            SchemaHistory kept = SchemaHistory.of(await(history.schemas(name)));
            List<TypeSchema> changed = JsonSchemas.of(aggregate.type())
                    .stream()
                    .filter(schema -> !kept.version(schema.type(), schema.version())
                            .filter(schema::looksLike)
                            .isPresent())
                    .toList();
            if (changed.isEmpty() || isKept(name, changed, attempt)) {
                return;
            }
        }
    }

    private boolean isKept(String name, List<TypeSchema> changed, int attempt) {
        try {
            await(history.keep(name, changed));
            return true;
        } catch (ConfigurationException failed) {
            if (!history.mustKeepBeforeStoring()) {
                LOG.log(Level.WARNING, "the schemas of '" + name + "' could not be kept; the next start tries again",
                        failed);
                return true;
            }
            if (attempt == ATTEMPTS) {
                throw new ConfigurationException("the storage does not keep the schemas of '" + name
                        + "', without which it could not say later which events it has: " + failed.getMessage(),
                        failed);
            }
            return false;
        }
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ConfigurationException("interrupted while the storage was asked which types of events it has",
                    interrupted);
        } catch (ExecutionException | CompletionException | TimeoutException failed) {
            throw new ConfigurationException("the storage does not say which types of events it has: " + failed,
                    failed);
        }
    }
}

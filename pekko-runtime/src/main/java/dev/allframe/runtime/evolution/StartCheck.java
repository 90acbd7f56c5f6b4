package dev.allframe.runtime.evolution;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.jackson.JsonSchemas;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.aggregate.Hosting;
import dev.allframe.runtime.aggregate.RegisteredAggregate;
import dev.allframe.runtime.rolling.VersionGuard;
import dev.allframe.runtime.rolling.VersionGuard.Code;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.StorageUnavailableException;
import dev.allframe.schema.Compatibility;
import dev.allframe.schema.CompatibilityMode;
import dev.allframe.schema.SchemaHistory;
import dev.allframe.schema.TypeSchema;
import dev.allframe.store.EventStoreBackend;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Holds what a storage has against the code that is about to work with it: every type and version of events that was
 * stored must have a path to today's classes, and what is stored from now on must keep what the schemas of before ask
 * for. Then keeps today's schemas.
 *
 * <p>Not a scan: a store of ours keeps the set of types that it has, and for other journals a record of a version is
 * written ahead of its first event.
 */
public final class StartCheck {

    private static final Logger LOG = System.getLogger(StartCheck.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String MODE = "allframe.schema-compatibility";

    private final TypeHistory history;
    private final CompatibilityMode mode;
    private final List<String> problems = new ArrayList<>();

    private StartCheck(TypeHistory history, CompatibilityMode mode) {
        this.history = history;
        this.mode = mode;
    }

    /**
     * Tells the other members of a cluster what this code can read, checks aggregates, and lets them be stored.
     *
     * @throws UnreadableStoreException that lists all that today's code cannot read, and every schema that does not
     *         keep what it must
     * @throws ConfigurationException if another member has other settings than it must have, with both values
     * @throws StorageUnavailableException if the storage fails or does not answer
     */
    public static void run(ActorSystem<?> system, Hosting hosting,
            Collection<? extends RegisteredAggregate<?, ?, ?>> aggregates) {
        VersionGuard versions = hosting.versions();
        EventStoreBackend backend = hosting.storage().backend();
        StartCheck check = new StartCheck(
                backend == null
                        ? new JournalTypeHistory(system, hosting.storage(), hosting.clock())
                        : new BackendTypeHistory(backend),
                hosting.settings().compatibility());
        Map<String, Code> codes = new LinkedHashMap<>();
        aggregates.forEach(aggregate -> codes.put(aggregate.type().name(),
                new Code(aggregate.events().versions(), JsonSchemas.of(aggregate.type()))));
        try {
            await(versions.announce(codes));
            if (!versions.conflicts().isEmpty()) {
                throw new ConfigurationException(String.join("; ", versions.conflicts()));
            }
            codes.forEach((name, code) -> check.look(name, code, versions));
            if (!check.problems.isEmpty()) {
                throw new UnreadableStoreException(check.problems);
            }
            codes.forEach((name, code) -> check.keep(name, code.today()));
        } catch (RuntimeException | Error failed) {
            versions.withdraw(codes.keySet());
            throw failed;
        }
    }

    /** Whether this code has a newer version of the type: then most often what is new is not marked. */
    private static boolean isOlder(StoredVersion stored, VersionRegistry paths) {
        return paths.paths()
                .stream()
                .anyMatch(path -> path.from().type().equals(stored.type())
                        && path.from().version() > stored.version());
    }

    private void look(String name, Code code, VersionGuard versions) {
        VersionRegistry paths = code.versions();
        Set<StoredVersion> stored = await(history.stored(name));
        for (StoredVersion type : stored) {
            if (!paths.canRead(type.type(), type.version())) {
                problems.add(named(type) + " was stored, and this code cannot read it: add "
                        + (isOlder(type, paths) ? "@Since to what is new since then, or " : "")
                        + "an upcaster, or start the code that has stored it");
            }
        }
        List<TypeSchema> before = await(history.schemas(name)).stream()
                .filter(schema -> stored.contains(new StoredVersion(schema.type(), schema.version()))
                        && paths.canRead(schema.type(), schema.version()))
                .toList();
        SchemaHistory kept = SchemaHistory.of(before);
        for (TypeSchema schema : code.today()) {
            stored.stream()
                    .filter(type -> type.type().equals(schema.type()) && type.version() > schema.version())
                    .forEach(newer -> lookAtNewer(newer, schema, paths, kept));
            kept.version(schema.type(), schema.version())
                    .filter(last -> mode != CompatibilityMode.NONE && !Compatibility.canRead(last, schema))
                    .ifPresent(last -> problems.add(schema + " was stored with another shape" + SchemaHistory.changes(
                            last, schema)
                            + "\n  Newer code: raise its version, and say how the old one is read. Older code, which cannot read all that"
                            + " newer code may have stored in this version: " + MODE
                            + " = none starts it all the same"));
        }
        problems.addAll(kept.problems(code.today(), paths, mode));
        Set<StoredVersion> known = code.today()
                .stream()
                .filter(schema -> stored.contains(new StoredVersion(schema.type(), schema.version())))
                .filter(schema -> kept.version(schema.type(), schema.version()).filter(schema::looksLike).isPresent())
                .map(schema -> new StoredVersion(schema.type(), schema.version()))
                .collect(Collectors.toSet());
        await(versions.guard(name, code.today(), known, history.recorder(name, code.today())));
    }

    private static String named(StoredVersion stored) {
        return stored.type() + " version " + stored.version();
    }

    /**
     * What newer code has stored, and this code reads without a step, by ignoring what it does not know: if it has all
     * that this code needs.
     */
    private void lookAtNewer(StoredVersion newer, TypeSchema today, VersionRegistry paths, SchemaHistory kept) {
        if (!paths.ignoresPartOf(newer)) {
            return;
        }
        TypeSchema schema = kept.version(newer.type(), newer.version()).orElse(null);
        if (schema == null) {
            problems.add(named(newer) + " was stored by newer code, and its schema was not kept: whether " + today
                    + " can read it is not known. Start the newer code once, which keeps it");
        } else if (!Compatibility.canRead(schema, today)) {
            problems.add(named(newer) + " was stored by newer code, and " + today + " cannot read it"
                    + SchemaHistory.changes(schema, today));
        }
    }

    private void keep(String name, List<TypeSchema> today) {
        if (history.recorder(name, today) != null) {
            return;
        }
        SchemaHistory kept = SchemaHistory.of(await(history.schemas(name)));
        List<TypeSchema> changed = today.stream()
                .filter(schema -> !kept.version(schema.type(), schema.version())
                        .filter(schema::looksLike)
                        .isPresent())
                .toList();
        if (!changed.isEmpty()) {
            keepChanged(name, changed);
        }
    }

    /** A store of ours works without: it also works with a disk that is full. */
    private void keepChanged(String name, List<TypeSchema> changed) {
        try {
            await(history.keep(name, changed));
        } catch (StorageUnavailableException failed) {
            LOG.log(Level.WARNING, "the schemas of '" + name + "' could not be kept; the next start tries again",
                    failed);
        }
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            // join goes on when it is interrupted, and leaves the flag set
            return stage.toCompletableFuture().copy().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException failed) {
            List<Throwable> chain = Failures.chain(failed);
            for (Throwable cause : chain) {
                if (cause instanceof CodecException damaged) {
                    throw new UnreadableStoreException(
                            List.of("the types of events that were stored cannot be read: "
                                    + Failures.message(damaged)));
                }
            }
            throw new StorageUnavailableException("the storage does not say which types of events it has: "
                    + Failures.description(chain.getLast()), failed);
        }
    }
}

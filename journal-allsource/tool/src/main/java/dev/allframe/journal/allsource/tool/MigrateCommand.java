package dev.allframe.journal.allsource.tool;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.closed.NewStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.pekko.actor.ActorSystem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code store migrate-from}. */
@Command(name = "migrate-from", mixinStandardHelpOptions = true, description = {
        "Makes a store of the events of any Pekko journal that can be queried for its persistence ids and for the events of one.",
        "",
        "An actor system is started with the given configuration, and each event is stored as the journal 'allsource.journal' would have stored it: by the serializers and the event adapters that the configuration names for it. The class path must have the other journal, its driver and the classes of the events: java -cp 'my-app/lib/*' dev.allframe.journal.allsource.tool.StoreTool migrate-from ...",
        "Sequence numbers stay. Positions follow the persistence ids, one after the other. Nothing may be written to the other journal meanwhile. Snapshots and durable states are not taken: Pekko has no query for them.",
        "What is interrupted is no store: delete it and begin again."}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                "0:Every event was taken, and counted again in the new store.",
                "1:Finished, but something was left out or does not agree, and is listed.",
                "2:Wrong usage, a journal that cannot be read, or a target that is not empty.",
                "3:Unexpected failure."})
final class MigrateCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "Where the store shall be: an empty directory, or none.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path directory;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The configuration of the actor system that uses the other journal, such as its application.conf.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path configuration;

    @Option(names = "--from", required = true, paramLabel = "PLUGIN-ID", description = "The other journal's query plugin, such as jdbc-read-journal.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String pluginId;

    @Option(names = "--tag", paramLabel = "TAG", description = "A tag whose events shall have it in the new store too; may be given several times. Needed where tags were given by the actors rather than by an event adapter, as queries do not say them. The other journal must have the query of current events by tag. Remembers each tagged event in memory.")
    private List<String> tags = List.of();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        StoreDirectory.refuseUnlessEmpty(directory);
        ActorSystem system = ActorSystem.create("store-migration", config());
        try {
            return migrate(system);
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    private Config config() {
        if (!Files.isRegularFile(configuration)) {
            throw new RefusedException("there is no file " + configuration);
        }
        try {
            return ConfigFactory.load(ConfigFactory.parseFile(configuration.toFile()));
        } catch (ConfigException malformed) {
            throw new RefusedException(configuration + " is no configuration: " + Failures.message(malformed));
        }
    }

    private int migrate(ActorSystem system) {
        Migration migration = Migration.from(system, pluginId, tags);
        UUID storeId;
        try (NewStore store = NewStore.create(StoreDirectory.DISK, directory, "store migrate-from");
                Progress progress = output.progress("migrate", "events", -1)) {
            migration.run(store, progress);
            store.finish();
            storeId = store.storeId();
        }
        migration.compareWith(directory);
        print(storeId, migration);
        return migration.findings().isEmpty() ? 0 : StoreTool.DAMAGED;
    }

    private void print(UUID storeId, Migration migration) {
        if (output.isJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("storeId", storeId.toString());
            json.put("persistenceIds", migration.persistenceIds());
            json.put("events", migration.events());
            json.put("findings", migration.findings());
            output.printJson(json);
            return;
        }
        migration.findings().forEach(finding -> output.print("finding: %s", finding));
        output.print("Migrated to %s: %,d events of %,d persistence ids, store %s", directory, migration.events(),
                migration.persistenceIds(), storeId);
        output.print(migration.findings().isEmpty()
                ? "All of them were counted again in the new store."
                : "%,d findings", migration.findings().size());
    }
}

package dev.allframe.benchmarks;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.AllSourceConfig;
import dev.allframe.journal.plugin.BackendProvider;
import dev.allframe.journal.plugin.StorageSettings;
import dev.allframe.store.EventStoreBackend;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.ActorSystem;

/** Opens durable stores on the disks that were announced for their directories. Called by the Pekko plugins. */
public final class MeteredProvider implements BackendProvider {

    private static final Map<Path, MeteredDisk> DISKS = new ConcurrentHashMap<>();

    /** From now on the store in this directory is opened on this disk. */
    static void use(Path directory, MeteredDisk disk) {
        DISKS.put(directory, disk);
    }

    @Override
    public EventStoreBackend open(ActorSystem system, StorageSettings settings) {
        Path directory = Path.of(settings.text("dir"));
        MeteredDisk disk = Objects.requireNonNull(DISKS.remove(directory), "no disk was announced");
        return AllSourceBackend.withConfig(AllSourceConfig.in(directory), "actor system '" + system.name() + "'", disk);
    }
}

package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.index.RocksTables;
import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.journal.allsource.engine.wal.WalConfig;
import dev.allframe.journal.plugin.BackendProvider;
import dev.allframe.journal.plugin.StorageSettings;
import dev.allframe.store.EventStoreBackend;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * Opens the store of the process that is killed: so small that everything happens within a second, and with places to
 * die.
 */
public final class KilledStoreProvider implements BackendProvider {

    private static final EngineConfig SMALL = EngineConfig.defaults()
            .withLog(WalConfig.defaults().withSegmentBytes(256 << 10).withMaxRecordBytes(8 << 20))
            .withTailBytes(128 << 10)
            .withTailEvents(600)
            .withGroupBytes(64 << 10)
            .withMaxRecordBytes(1 << 20)
            .withCacheBytes(4 << 20)
            .withRowFileBytes(512 << 10)
            .withSealAfter(Duration.ofSeconds(30))
            .withQuiet(Duration.ofMillis(100));
    private static final long TABLE_BYTES = 16 << 20;

    private static @Nullable Path directory;
    private static @Nullable CrashPoints points;

    /** Called by the plugins. */
    public KilledStoreProvider() {}

    /** Says which store this process is to open, and where it may die: a process is started before that is known. */
    static void use(Path store, CrashPoints places) {
        directory = store;
        points = places;
    }

    /** The same store without such places. */
    static EngineBackend open(Path directory) {
        return open(directory, new RealDisk());
    }

    /** As {@link #open(Path)}, with another way to the disk. */
    static EngineBackend open(Path directory, Disk disk) {
        return open(directory, disk, new RocksTables(directory, TABLE_BYTES));
    }

    private static EngineBackend open(Path directory, Disk disk, Tables tables) {
        return new EngineBackend(Engine.open(disk, directory, tables, SMALL, Clock.systemUTC(), "a test"), "fsync");
    }

    @Override
    public EventStoreBackend open(ActorSystem system, StorageSettings settings) {
        Path store = Objects.requireNonNull(directory);
        CrashPoints places = Objects.requireNonNull(points);
        return open(store, new CrashPointDisk(new RealDisk(), places),
                new CrashPointTables(new RocksTables(store, TABLE_BYTES), places));
    }
}

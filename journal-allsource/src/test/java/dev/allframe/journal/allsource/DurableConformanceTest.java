package dev.allframe.journal.allsource;

import dev.allframe.api.testkit.conformance.DurableBackendConformance;
import dev.allframe.store.EventStoreBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.io.TempDir;

/** The engine on a real disk. */
final class DurableConformanceTest extends DurableBackendConformance {

    private static final long SMALL = 64 << 20;

    @TempDir
    static Path root;

    private final Map<EventStoreBackend, Path> directories = new ConcurrentHashMap<>();

    @Override
    protected EventStoreBackend open(int maxRecordBytes) {
        try {
            return open(Files.createTempDirectory(root, "store"), maxRecordBytes);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    protected EventStoreBackend reopen(EventStoreBackend closed, int maxRecordBytes) {
        return open(Objects.requireNonNull(directories.get(closed)), maxRecordBytes);
    }

    private EventStoreBackend open(Path directory, int maxRecordBytes) {
        EventStoreBackend backend = AllSourceBackend
                .withConfig(AllSourceConfig.in(directory)
                        .withMaxRecordBytes(maxRecordBytes)
                        .withMemoryBytes(SMALL)); // some hundred stores, whose logs are made in advance
        directories.put(backend, directory);
        return backend;
    }
}

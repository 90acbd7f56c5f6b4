package dev.allframe.journal.allsource.engine.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Knows which files are open for reading alone, and how often each was opened. */
public final class WatchedDisk extends ForwardingDisk {

    private final Map<Path, Integer> open = new ConcurrentHashMap<>();
    private final Map<Path, Integer> opened = new ConcurrentHashMap<>();

    public WatchedDisk(Disk disk) {
        super(disk);
    }

    /** How many times each file is open now. */
    public Map<Path, Integer> open() {
        return Map.copyOf(open);
    }

    /** How many times each file was opened since {@link #forget}. */
    public Map<Path, Integer> opened() {
        return Map.copyOf(opened);
    }

    /** Counts openings from here on. */
    public void forget() {
        opened.clear();
    }

    @Override
    public DiskFile openReadOnly(Path path) throws IOException {
        DiskFile reading = disk.openReadOnly(path);
        open.merge(path, 1, Integer::sum);
        opened.merge(path, 1, Integer::sum);
        return new ForwardingFile(reading) {
            @Override
            public void close() throws IOException {
                open.computeIfPresent(path, (same, count) -> count == 1 ? null : count - 1);
                super.close();
            }
        };
    }
}

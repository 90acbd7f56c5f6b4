package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.ForwardingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Knows which thread reads where in a file, and holds up or fails the reads of chosen files. */
final class HeldDisk extends ForwardingDisk {

    /** A read: where in the file, and by which thread. */
    record Read(long offset, String thread) {}

    private final Map<Path, List<Read>> reads = new ConcurrentHashMap<>();
    private final Map<Path, CountDownLatch> held = new ConcurrentHashMap<>();
    private final Set<Path> broken = ConcurrentHashMap.newKeySet();

    HeldDisk(Disk disk) {
        super(disk);
    }

    /** Reads that have begun, in their order. */
    List<Read> reads(Path file) {
        return reads.getOrDefault(file, List.of());
    }

    void forgetReads() {
        reads.clear();
    }

    /** Reads of a file do not return before the latch is counted down. */
    CountDownLatch hold(Path file) {
        CountDownLatch latch = new CountDownLatch(1);
        held.put(file, latch);
        return latch;
    }

    /** Reads of a file fail from here on. */
    void breakFile(Path file) {
        broken.add(file);
    }

    @Override
    public DiskFile openReadOnly(Path path) throws IOException {
        return new ForwardingFile(disk.openReadOnly(path)) {
            @Override
            public int read(ByteBuffer into, long offset) throws IOException {
                Read read = new Read(offset, Thread.currentThread().getName());
                reads.merge(path, List.of(read), HeldDisk::both);
                if (broken.contains(path)) {
                    throw new IOException("broken");
                }
                await(held.get(path));
                return super.read(into, offset);
            }
        };
    }

    private static List<Read> both(List<Read> earlier, List<Read> later) {
        List<Read> all = new ArrayList<>(earlier);
        all.addAll(later);
        return List.copyOf(all);
    }

    private static void await(@Nullable CountDownLatch latch) {
        try {
            if (latch != null) {
                latch.await();
            }
        } catch (InterruptedException nobodyDoes) {
            throw new AssertionError(nobodyDoes);
        }
    }
}

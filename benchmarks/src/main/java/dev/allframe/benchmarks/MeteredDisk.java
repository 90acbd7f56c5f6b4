package dev.allframe.benchmarks;

import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.ForwardingFile;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** The real disk, which says how long its forces of files took and can make each of them longer. Thread-safe. */
final class MeteredDisk extends ForwardingDisk {

    private final long delayNanos;
    private final ConcurrentHistogram forces = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);

    /** @param delay by which every force of a file takes longer; it is not part of what is said */
    MeteredDisk(Duration delay) {
        super(new RealDisk());
        this.delayNanos = delay.toNanos();
    }

    /** How long the forces of files took by themselves since the last {@link #reset}, in nanoseconds. */
    Histogram forces() {
        return forces.copy();
    }

    /** Forgets the forces up to now. */
    void reset() {
        forces.reset();
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return new MeteredFile(disk.create(file));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new MeteredFile(disk.open(file));
    }

    private final class MeteredFile extends ForwardingFile {

        MeteredFile(DiskFile file) {
            super(file);
        }

        @Override
        public void force() throws IOException {
            long begin = System.nanoTime();
            file.force();
            forces.recordValue(Math.max(1, System.nanoTime() - begin));
            if (delayNanos > 0) {
                long until = System.nanoTime() + delayNanos;
                for (long left = delayNanos; left > 0; left = until - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
            }
        }
    }
}

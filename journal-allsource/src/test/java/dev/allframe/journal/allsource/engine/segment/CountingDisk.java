package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.ForwardingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what is read through another disk. */
final class CountingDisk extends ForwardingDisk {

    final AtomicLong reads = new AtomicLong();
    final AtomicLong bytes = new AtomicLong();

    CountingDisk(Disk disk) {
        super(disk);
    }

    void reset() {
        reads.set(0);
        bytes.set(0);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new Counted(disk.open(file));
    }

    @Override
    public DiskFile openReadOnly(Path file) throws IOException {
        return new Counted(disk.openReadOnly(file));
    }

    private final class Counted extends ForwardingFile {

        Counted(DiskFile file) {
            super(file);
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            int count = file.read(into, offset);
            reads.incrementAndGet();
            bytes.addAndGet(count);
            return count;
        }
    }
}

package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.ForwardingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Disks that leave something out, as a defect of the log would. */
final class BrokenDisks {

    private BrokenDisks() {}

    /** Says that files are forced and forces none. */
    static Disk withoutForce(Disk disk) {
        return new Broken(disk, true, true, true);
    }

    /** Forces files and not their names. */
    static Disk withoutForcedNames(Disk disk) {
        return new Broken(disk, false, true, false);
    }

    /** Writes nothing to files that were there before. */
    static Disk withoutRewriting(Disk disk) {
        return new Broken(disk, false, false, true);
    }

    private static final class Broken extends ForwardingDisk {

        private final boolean skipForce;
        private final boolean rewrites;
        private final boolean forceNames;

        Broken(Disk disk, boolean skipForce, boolean rewrites, boolean forceNames) {
            super(disk);
            this.skipForce = skipForce;
            this.rewrites = rewrites;
            this.forceNames = forceNames;
        }

        @Override
        public DiskFile create(Path file) throws IOException {
            return new BrokenFile(disk.create(file), skipForce, true);
        }

        @Override
        public DiskFile open(Path file) throws IOException {
            return new BrokenFile(disk.open(file), skipForce, rewrites);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            if (forceNames) {
                disk.forceDirectory(directory);
            }
        }
    }

    private static final class BrokenFile extends ForwardingFile {

        private final boolean skipForce;
        private final boolean writes;

        BrokenFile(DiskFile file, boolean skipForce, boolean writes) {
            super(file);
            this.skipForce = skipForce;
            this.writes = writes;
        }

        @Override
        public void write(ByteBuffer bytes, long offset) throws IOException {
            if (writes) {
                file.write(bytes, offset);
            }
        }

        @Override
        public void force() throws IOException {
            if (!skipForce) {
                file.force();
            }
        }
    }
}

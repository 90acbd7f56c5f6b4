package dev.allframe.journal.allsource.engine.io;

import java.nio.file.Path;

class MemoryDiskTest extends DiskContract {

    @Override
    Disk disk() {
        return new MemoryDisk();
    }

    @Override
    Path root() {
        return Path.of("/memory");
    }
}

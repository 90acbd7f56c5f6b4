package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The files of a log, oldest first. For one thread. */
final class LogFiles {

    private final Disk disk;
    private final Path directory;
    private final Deque<WalContents.Segment> files;

    LogFiles(Disk disk, Path directory, List<WalContents.Segment> files) {
        this.disk = disk;
        this.directory = directory;
        this.files = new ArrayDeque<>(files);
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    /** A file was begun. One that had no records has lost its name to it. */
    void begun(Path file, long firstLsn) {
        if (!files.isEmpty() && files.getLast().firstLsn() == firstLsn) {
            files.removeLast();
        }
        files.add(new WalContents.Segment(file, firstLsn));
    }

    /**
     * Deletes those of which every entry has a number up to this one. The newest always stays. Each deletion is forced
     * before the next, so that no power loss leaves a gap.
     */
    void deleteTo(long lsn) throws IOException {
        while (files.size() > 1) {
            WalContents.Segment oldest = files.removeFirst();
            if (files.getFirst().firstLsn() - 1 > lsn) {
                files.addFirst(oldest);
                return;
            }
            disk.delete(oldest.file());
            disk.forceDirectory(directory);
        }
    }

    /** Whether the newest has room for marks alone. */
    boolean endsSmall() throws IOException {
        try (DiskFile last = disk.openReadOnly(files.getLast().file())) {
            return last.length() <= WalFormat.MIN_SEGMENT_BYTES;
        }
    }
}

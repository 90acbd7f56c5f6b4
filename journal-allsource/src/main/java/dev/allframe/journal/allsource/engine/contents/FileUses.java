package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who may read the files of one segment, so that none is deleted while somebody may still read it. A segment that gets
 * its Parquet file, or loses its row file, is another object over the same files: both are counted here. Thread-safe.
 */
public final class FileUses {

    private final Consumer<SegmentFile> delete;
    private final Map<SegmentFile, Integer> users = new EnumMap<>(SegmentFile.class); // guarded by this
    private final Set<SegmentFile> doomed = EnumSet.noneOf(SegmentFile.class); // guarded by this

    /** Files that nobody uses yet. */
    public FileUses(Consumer<SegmentFile> delete) {
        this.delete = delete;
    }

    synchronized void begin(Set<SegmentFile> files) {
        files.forEach(file -> users.merge(file, 1, Integer::sum));
    }

    /** Files are used by one less; those that are to be deleted and have no user now are. */
    void end(Set<SegmentFile> files) {
        synchronized (this) {
            files.forEach(file -> users.merge(file, -1, Integer::sum));
        }
        takeUnused().forEach(delete);
    }

    /** Has files deleted when nobody uses them. */
    public void delete(Set<SegmentFile> files) {
        synchronized (this) {
            doomed.addAll(files);
        }
        takeUnused().forEach(delete);
    }

    /** Each is given once, so that it is deleted without the monitor. */
    private synchronized Set<SegmentFile> takeUnused() {
        Set<SegmentFile> unused = EnumSet.noneOf(SegmentFile.class);
        for (SegmentFile file : doomed) {
            if (users.getOrDefault(file, 0) == 0) {
                unused.add(file);
            }
        }
        doomed.removeAll(unused);
        return unused;
    }
}

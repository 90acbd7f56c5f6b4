package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.Disk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/** Gives the files of segments that have names in the digits of another script their names in the digits 0 to 9. */
public final class SegmentNames {

    private static final Logger LOG = System.getLogger(SegmentNames.class.getName());

    private SegmentNames() {}

    /**
     * Mends the names in a directory, durably. Each file is renamed by itself, so that a crash leaves some for the next
     * time. Where a file has the right name already, another of the same number stays as it is.
     */
    public static void mend(Disk disk, Path directory) throws IOException {
        boolean renamed = false;
        for (Path file : disk.list(directory)) {
            Path right = SegmentFile.named(file).map(name -> name.in(directory)).orElse(file);
            if (right.equals(file)) {
                continue;
            }
            if (disk.exists(right)) {
                LOG.log(Level.WARNING, "{0} stays unread: {1} has the same number", file, right.getFileName());
            } else {
                disk.rename(file, right);
                renamed = true;
            }
        }
        if (renamed) {
            disk.forceDirectory(directory);
            LOG.log(Level.INFO, "the files in {0} have names in the digits 0 to 9", directory);
        }
    }
}

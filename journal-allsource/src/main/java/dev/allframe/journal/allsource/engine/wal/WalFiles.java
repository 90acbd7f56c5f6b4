package dev.allframe.journal.allsource.engine.wal;

import java.nio.file.Path;

/** The files of a log, for whoever copies them. */
public final class WalFiles {

    /** What a segment begins with before its first record. */
    public static final int HEADER_BYTES = WalFormat.HEADER_BYTES;

    private WalFiles() {}

    /** Whether a file is a segment. */
    public static boolean isSegment(Path file) {
        return WalFormat.isSegment(file);
    }

    /** The number of a segment's first record, from its name. */
    public static long firstLsn(Path segment) {
        return WalFormat.firstLsn(segment);
    }
}

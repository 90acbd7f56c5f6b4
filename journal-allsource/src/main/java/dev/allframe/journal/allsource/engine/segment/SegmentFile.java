package dev.allframe.journal.allsource.engine.segment;

import java.nio.file.Path;

/** The names of a segment's files. */
public enum SegmentFile {

    /** For reads of streams; can be made again. */
    ROWS("rows"),

    /** For keeping, scans and other tools. */
    PARQUET("parquet");

    /** What a name ends in while the file is written; such a file is deleted when the store is opened. */
    public static final String TEMPORARY = ".tmp";

    private final String extension;

    SegmentFile(String extension) {
        this.extension = extension;
    }

    /** The file of a segment. */
    public Path in(Path directory, long segmentId) {
        return directory.resolve(String.format("%020d.%s", segmentId, extension));
    }
}

package dev.allframe.journal.allsource.engine.segment;

/** How large a segment may be. Whoever seals or compacts cuts. */
public final class SegmentLimits {

    /**
     * So many rows can be put in the order of their positions in some ten milliseconds, which a scan of a cold segment
     * waits for.
     */
    public static final int MAX_ROWS = 131_072;

    /**
     * Bytes of rows before compression, about: a loaded segment takes little more memory than this, and a scan holds a
     * few.
     */
    public static final int TARGET_RAW_BYTES = 32 << 20;

    private SegmentLimits() {}
}

package dev.allframe.journal.allsource.engine.wal;

/**
 * How a log is kept.
 *
 * @param segmentBytes the length of a segment's file; a record that is larger gets a segment of its own length
 * @param maxRecordBytes the longest record that is taken, with its 20 bytes before the entry
 */
public record WalConfig(int segmentBytes, int maxRecordBytes) {

    private static final int DEFAULT_SEGMENT_BYTES = 32 << 20;
    private static final int DEFAULT_MAX_RECORD_BYTES = 64 << 20;

    public WalConfig {
        if (segmentBytes < WalFormat.MIN_SEGMENT_BYTES) {
            throw new IllegalArgumentException("a segment has " + WalFormat.MIN_SEGMENT_BYTES + " bytes or more, not "
                    + segmentBytes);
        }
        if (maxRecordBytes < WalFormat.MARK_BYTES || maxRecordBytes > WalFormat.MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("records have from " + WalFormat.MARK_BYTES + " to "
                    + WalFormat.MAX_RECORD_BYTES + " bytes at most, not " + maxRecordBytes);
        }
    }

    /** Segments of 32 MiB, records up to 64 MiB. */
    public static WalConfig defaults() {
        return new WalConfig(DEFAULT_SEGMENT_BYTES, DEFAULT_MAX_RECORD_BYTES);
    }

    public WalConfig withSegmentBytes(int bytes) {
        return new WalConfig(bytes, maxRecordBytes);
    }

    public WalConfig withMaxRecordBytes(int bytes) {
        return new WalConfig(segmentBytes, bytes);
    }
}

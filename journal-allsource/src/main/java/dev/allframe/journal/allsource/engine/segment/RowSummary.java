package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.store.StoredEvent;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Counts the rows that are written, checks their order, and keeps the bounds of positions and times. Not thread-safe.
 */
final class RowSummary {

    private final String storeId;
    private @Nullable StoredEvent last;
    private int rows;
    private long firstPosition = Long.MAX_VALUE;
    private long lastPosition = Long.MIN_VALUE;
    private long minMillis = Long.MAX_VALUE;
    private long maxMillis = Long.MIN_VALUE;
    private long payloadBytes;

    RowSummary(UUID storeId) {
        this.storeId = storeId.toString();
    }

    /**
     * Takes the next row.
     *
     * @throws IllegalArgumentException if it does not stand behind the one before, is of another store, or is one too
     *         many
     */
    void add(StoredEvent row) {
        RowCodec.checkPosition(row, storeId);
        if (last != null && RowOrder.INSTANCE.compare(last, row) >= 0) {
            throw new IllegalArgumentException("rows are not in order: stream=" + last.stream() + " sequenceNr="
                    + last.sequenceNr() + " stands before stream=" + row.stream() + " sequenceNr=" + row.sequenceNr());
        }
        if (rows == SegmentLimits.MAX_ROWS) {
            throw new IllegalArgumentException("a segment has at most " + SegmentLimits.MAX_ROWS + " rows");
        }
        last = row;
        rows++;
        payloadBytes += row.envelope().payload().bytes().length;
        long position = row.position().index();
        firstPosition = Math.min(firstPosition, position);
        lastPosition = Math.max(lastPosition, position);
        long millis = row.envelope().metadata().timestamp().toEpochMilli();
        minMillis = Math.min(minMillis, millis);
        maxMillis = Math.max(maxMillis, millis);
    }

    int rows() {
        return rows;
    }

    /** Bytes of the payloads of all rows. */
    long payloadBytes() {
        return payloadBytes;
    }

    /** The bounds. @throws IllegalArgumentException if there was no row */
    RowBounds bounds() {
        if (rows == 0) {
            throw new IllegalArgumentException("a segment has one row or more");
        }
        return new RowBounds(rows, firstPosition, lastPosition, minMillis, maxMillis);
    }
}

package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.Group;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Records that wait in memory to be written, and then are gone from here. For one thread. */
final class RecordBatch {

    /** Above this it is written before it is forced, so that a group of any size needs little memory. */
    private static final int MAX_BYTES = 1 << 20;
    private static final int SMALL_BYTES = 1 << 13;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);
    private ByteWriter bytes = new ByteWriter(SMALL_BYTES);

    int size() {
        return bytes.size();
    }

    /** Has room for so many bytes more, so that no lack of memory finds half a group here. */
    void reserve(int more) {
        bytes.reserve(more);
    }

    /** Adds the records of a group; those before the last MiB are written. */
    void add(Group group, long firstLsn, long forcedLsn, WalSegmentWriter to) throws IOException {
        for (int i = 0; i < group.size(); i++) {
            int start = bytes.size();
            WalFormat.beginRecord(bytes);
            group.write(i, bytes);
            to.checksum().finish(bytes, start, firstLsn + i, forcedLsn);
            if (bytes.size() > MAX_BYTES) {
                writeTo(to);
            }
        }
    }

    /** Adds a mark, which says how far the log is forced. */
    void addMark(long lsn, long forcedLsn, WalSegmentWriter to) {
        int start = bytes.size();
        WalFormat.mark(bytes);
        to.checksum().finish(bytes, start, lsn, forcedLsn);
    }

    /** Hands everything to the operating system. */
    void writeTo(WalSegmentWriter segment) throws IOException {
        if (bytes.size() > 0) {
            segment.write(bytes, buffer(Math.min(bytes.size(), MAX_BYTES)));
            if (bytes.array().length > 4 * MAX_BYTES) {
                bytes = new ByteWriter(SMALL_BYTES);
            }
            bytes.clear();
        }
    }

    private ByteBuffer buffer(int atLeast) {
        if (buffer.capacity() < atLeast) {
            buffer = ByteBuffer.allocateDirect(Math.max(SMALL_BYTES, Integer.highestOneBit(atLeast - 1) << 1));
        }
        return buffer;
    }
}

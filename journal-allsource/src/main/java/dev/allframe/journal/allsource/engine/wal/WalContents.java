package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.log.Numbers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a log holds.
 *
 * @param storeId whose it is; null where there is no segment and it was not asked for a certain one
 * @param segments its segments, in order; those that were skipped too
 * @param numbers those behind its last record
 * @param endsWithMark whether the last entry is a mark
 * @param end the end of the last segment; null where there is no segment
 */
public record WalContents(@Nullable UUID storeId, List<Segment> segments, Numbers numbers, boolean endsWithMark,
        @Nullable End end) {

    /**
     * A segment of the log.
     *
     * @param file where it is
     * @param firstLsn the number of its first entry
     */
    public record Segment(Path file, long firstLsn) {}

    /**
     * Offsets in the last segment.
     *
     * @param file where it is
     * @param unproven where the records begin of which no record says that they were forced
     * @param wholeEnd where the last whole record ends
     * @param usedEnd where the rest of the file is zeros; above {@code wholeEnd} after a torn write
     * @param unprovenBytes what stands from {@code unproven} to {@code wholeEnd}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record End(Path file, int unproven, int wholeEnd, int usedEnd, byte[] unprovenBytes) {

        /** Whether the log ends in something that was never acknowledged. */
        public boolean torn() {
            return usedEnd > wholeEnd;
        }

        /** Writes again what nobody knows to be forced, zeros over what is torn, and forces. */
        void repair(Disk disk) throws IOException {
            try (DiskFile opened = disk.open(file)) {
                if (unprovenBytes.length > 0) {
                    opened.write(ByteBuffer.wrap(unprovenBytes), unproven);
                }
                if (torn()) {
                    opened.write(ByteBuffer.allocate(usedEnd - wholeEnd), wholeEnd);
                }
                opened.force();
            }
        }
    }
}

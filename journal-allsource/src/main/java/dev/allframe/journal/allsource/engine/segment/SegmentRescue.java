package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is left of a damaged segment. Both files have the same rows in the same order: what one cannot give is
 * taken from the other, by the row. Every row comes from bytes that have their checksum. A Parquet file is used where
 * its footer has that of the manifest; where the manifest is lost, nothing can vouch for the footer, and a note says
 * so.
 *
 * <p>Holds all rows of the segment in memory. For one thread, once.
 */
public final class SegmentRescue {

    /** So many rows are read at once where nothing is damaged. */
    private static final int ROWS_AT_ONCE = 4096;

    private final Disk disk;
    private final Path directory;
    private final UUID storeId;
    private final long id;
    private final @Nullable SegmentMeta meta;
    private @Nullable StoredEvent[] rows = new StoredEvent[0];
    private final List<String> reasons = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * What was found.
     *
     * @param events the rows that could be read, in their order
     * @param lost which rows could not, and why
     * @param notes what is damaged and has cost nothing
     */
    public record Found(List<StoredEvent> events, List<String> lost, List<String> notes) {}

    private SegmentRescue(Disk disk, Path directory, UUID storeId, long id, @Nullable SegmentMeta meta) {
        this.disk = disk;
        this.directory = directory;
        this.storeId = storeId;
        this.id = id;
        this.meta = meta;
    }

    /**
     * Reads a segment.
     *
     * @param directory of the segments' files
     * @param meta as the manifest has it; null where the manifest is lost
     */
    public static Found read(Disk disk, Path directory, UUID storeId, long id, @Nullable SegmentMeta meta) {
        return new SegmentRescue(disk, directory, storeId, id, meta).read();
    }

    private interface Opening {

        SealedRows open() throws IOException;
    }

    private Found read() {
        Path rowFile = SegmentFile.ROWS.find(disk, directory, id);
        Path parquetFile = SegmentFile.PARQUET.find(disk, directory, id);
        expect(meta == null ? 0 : meta.rows());
        boolean hasRowFile = disk.exists(rowFile);
        boolean opened = hasRowFile && read(() -> RowFile.open(disk, rowFile, storeId, id));
        boolean parquetOpened = false;
        boolean hasParquetFile = meta == null ? disk.exists(parquetFile) : meta.parquetFile().isPresent();
        if (hasParquetFile && (!opened || isMissingAny())) {
            parquetOpened = read(
                    () -> ParquetSegment.open(disk, parquetFile, storeId, id, parquetDigest(parquetFile)));
        }
        if (parquetOpened && isMissingAny()) {
            readDamaged(parquetFile);
        }
        if (!hasRowFile && !hasParquetFile) {
            reasons.add("its row file is missing, and it has no Parquet file yet");
        }
        if (hasRowFile && !opened && (!parquetOpened || isMissingAny())) {
            read(() -> RowFile.openByBlocks(disk, rowFile, storeId, id));
        }
        return found();
    }

    /** Rows whose pages have their checksums, in a MiB that does not have its own. */
    private void readDamaged(Path parquetFile) {
        long before = missing();
        read(() -> ParquetSegment.openDamaged(disk, parquetFile, storeId, id, parquetDigest(parquetFile)));
        long more = before - missing();
        if (more > 0) {
            notes.add("segment " + id + ": " + more + " rows are read from pages of file=" + parquetFile
                    + " that have their checksums, and no checksum vouches for what stands before these pages");
        }
    }

    private long missing() {
        return Arrays.stream(rows).filter(Objects::isNull).count();
    }

    private Digest parquetDigest(Path file) throws IOException {
        if (meta != null) {
            return meta.parquetFile().orElseThrow();
        }
        try (DiskFile opened = disk.openReadOnly(file)) {
            notes.add("file=" + file + " is read without the manifest, which alone could vouch for its footer");
            return Digest.of(opened);
        }
    }

    private void expect(int count) {
        if (count > rows.length) {
            rows = Arrays.copyOf(rows, count);
        }
    }

    private boolean isMissingAny() {
        return missing() > 0;
    }

    /** Adds what a file has of the rows that are missing. Whether it could be opened. */
    private boolean read(Opening opening) {
        try (SealedRows file = opening.open()) {
            int count = meta == null ? file.rowCount() : Math.min(meta.rows(), file.rowCount());
            expect(count);
            for (int from = 0; from < count; from += ROWS_AT_ONCE) {
                read(file, from, Math.min(ROWS_AT_ONCE, count - from));
            }
            return true;
        } catch (IOException | EventStoreException unusable) {
            reasons.add(words(unusable));
            return false;
        }
    }

    /** Halves what cannot be read, down to the single row. */
    private void read(SealedRows file, int from, int count) {
        if (Arrays.stream(rows, from, from + count).noneMatch(Objects::isNull)) {
            return;
        }
        try {
            List<StoredEvent> found = file.read(from, count);
            for (int i = 0; i < count; i++) {
                if (rows[from + i] == null) {
                    rows[from + i] = found.get(i);
                }
            }
        } catch (IOException | EventStoreException unreadable) {
            if (count == 1) {
                String reason = words(unreadable);
                if (!reasons.contains(reason)) {
                    reasons.add(reason);
                }
                return;
            }
            read(file, from, count / 2);
            read(file, from + count / 2, count - count / 2);
        }
    }

    private static String words(Exception failed) {
        return failed instanceof IOException
                ? failed.getClass().getSimpleName() + " " + Failures.message(failed)
                : Failures.message(failed);
    }

    private Found found() {
        List<StoredEvent> events = new ArrayList<>(rows.length);
        List<String> gaps = new ArrayList<>();
        int gap = -1;
        for (int row = 0; row <= rows.length; row++) {
            StoredEvent event = row < rows.length ? rows[row] : null;
            boolean missing = row < rows.length && event == null;
            if (missing && gap < 0) {
                gap = row;
            } else if (!missing && gap >= 0) {
                gaps.add(gap == row - 1 ? "row " + gap : "rows " + gap + " to " + (row - 1));
                gap = -1;
            }
            if (event != null) {
                events.add(event);
            }
        }
        boolean unknown = meta == null && !reasons.isEmpty();
        if (gaps.isEmpty() && !unknown) {
            reasons.forEach(reason -> notes.add("segment " + id + ": " + reason + "; its other file has all rows"));
            return new Found(events, List.of(), notes);
        }
        String what = gaps.isEmpty()
                ? "segment " + id + ": rows behind those " + events.size() + " that were read may be lost: "
                : "segment " + id + ": " + String.join(", ", gaps) + " of " + rows.length + " are lost: ";
        return new Found(events, List.of(what + String.join("; ", reasons)), notes);
    }
}

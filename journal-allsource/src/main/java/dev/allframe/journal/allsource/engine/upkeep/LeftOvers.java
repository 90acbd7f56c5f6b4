package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.segment.Digest;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.ParquetSegment;
import dev.allframe.journal.allsource.engine.segment.RowFile;
import dev.allframe.journal.allsource.engine.segment.SealedRows;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * What a crash has left beside the files of a store's segments: temporary files, and whole segment files that the
 * manifest does not name. Used when a store is opened, before anything is written.
 */
final class LeftOvers {

    private static final Logger LOG = System.getLogger(LeftOvers.class.getName());

    private final Disk disk;
    private final Path directory;
    private final Manifest manifest;

    LeftOvers(Disk disk, Path storeDirectory, Manifest manifest) {
        this.disk = disk;
        this.directory = storeDirectory;
        this.manifest = manifest;
    }

    /** Deletes them. Files with other names stay, and so does a file that cannot be read as what its name says. */
    void delete() throws IOException {
        Path manifestBegun = directory.resolve(StoreLayout.MANIFEST + SegmentFile.TEMPORARY);
        if (disk.exists(manifestBegun)) {
            disk.delete(manifestBegun);
        }
        Path files = Segments.files(directory);
        Set<Path> named = named(files);
        for (Path path : disk.list(files)) {
            SegmentFile.Name name = SegmentFile.named(path).orElse(null);
            if (name == null || !name.in(files).equals(path) || named.contains(path)) {
                continue;
            }
            if (name.temporary() || isWhole(path, name)) {
                disk.delete(path);
            }
        }
    }

    private Set<Path> named(Path files) {
        Set<Path> named = new HashSet<>();
        for (SegmentMeta segment : manifest.segments()) {
            for (SegmentFile file : segment.files()) {
                named.add(file.in(files, segment.id()));
            }
        }
        return named;
    }

    private boolean isWhole(Path path, SegmentFile.Name name) throws IOException {
        try (SealedRows opened = name.kind() == SegmentFile.ROWS
                ? RowFile.open(disk, path, manifest.storeId(), name.segmentId())
                : ParquetSegment.open(disk, path, manifest.storeId(), name.segmentId(), digest(path))) {
            LOG.log(Level.DEBUG, "{0} is not in the manifest and is deleted: {1} rows", path, opened.rowCount());
            return true;
        } catch (CorruptStoreException | UnsupportedFormatException unreadable) {
            LOG.log(Level.WARNING, "{0} is not in the manifest and cannot be read; it stays: {1}", path,
                    Failures.message(unreadable));
            return false;
        }
    }

    private Digest digest(Path path) throws IOException {
        try (DiskFile file = disk.openReadOnly(path)) {
            return Digest.of(file);
        }
    }
}

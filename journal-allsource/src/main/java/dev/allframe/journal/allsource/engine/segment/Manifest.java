package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.store.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which segments the store has. Immutable; a change is a new manifest, and takes effect with its file's rename.
 *
 * @param storeId whose
 * @param nextSegmentId above the id of every segment there ever was
 * @param sealedLsn the last record of the log whose events are in segments; 0 for none
 * @param segments in the order of their positions, which do not overlap
 */
public record Manifest(UUID storeId, long nextSegmentId, long sealedLsn, List<SegmentMeta> segments) {

    public Manifest {
        segments = List.copyOf(segments);
        if (nextSegmentId < 1 || sealedLsn < 0) {
            throw new IllegalArgumentException("not a manifest: nextSegmentId=" + nextSegmentId + " sealedLsn="
                    + sealedLsn);
        }
        long last = Long.MIN_VALUE;
        Set<Long> ids = new HashSet<>();
        for (SegmentMeta segment : segments) {
            if (segment.firstPosition() <= last || segment.id() >= nextSegmentId || !ids.add(segment.id())) {
                throw new IllegalArgumentException("segment " + segment.id() + " with positions "
                        + segment.firstPosition() + ".." + segment.lastPosition() + " does not fit behind position "
                        + last + " with nextSegmentId=" + nextSegmentId);
            }
            last = segment.lastPosition();
        }
    }

    /** Of a store without segments. */
    public static Manifest empty(UUID storeId) {
        return new Manifest(storeId, 1, 0, List.of());
    }

    /** With one more segment at the end, made of the log up to a record. */
    public Manifest withSealed(SegmentMeta segment, long newSealedLsn) {
        if (newSealedLsn <= sealedLsn) {
            throw new IllegalArgumentException("sealed up to " + sealedLsn + " already, not to " + newSealedLsn);
        }
        List<SegmentMeta> more = new ArrayList<>(segments);
        more.add(segment);
        return new Manifest(storeId, Math.max(nextSegmentId, segment.id() + 1), newSealedLsn, more);
    }

    /** With more of the log done with that held no events. */
    public Manifest withSealedLsn(long newSealedLsn) {
        return new Manifest(storeId, nextSegmentId, Math.max(sealedLsn, newSealedLsn), segments);
    }

    /** With more said of a segment that is there. */
    public Manifest with(SegmentMeta changed) {
        return withReplaced(Set.of(changed.id()), Optional.of(changed));
    }

    /**
     * With other segments in place of some.
     *
     * @param oldIds those that go, all of them there
     * @param replacement what takes the place of the first of them; empty where no row was left
     */
    public Manifest withReplaced(Set<Long> oldIds, Optional<SegmentMeta> replacement) {
        List<SegmentMeta> changed = new ArrayList<>();
        int gone = 0;
        for (SegmentMeta segment : segments) {
            if (!oldIds.contains(segment.id())) {
                changed.add(segment);
            } else if (gone++ == 0) {
                replacement.ifPresent(changed::add);
            }
        }
        if (gone == 0 || gone != oldIds.size()) {
            throw new IllegalArgumentException("not all of " + oldIds + " are segments");
        }
        long next = replacement.map(segment -> Math.max(nextSegmentId, segment.id() + 1)).orElse(nextSegmentId);
        return new Manifest(storeId, next, sealedLsn, changed);
    }

    /**
     * Reads the manifest of a store.
     *
     * @return empty where there is none
     * @throws CorruptStoreException if it does not have its checksum or is of another store
     * @throws dev.allframe.store.UnsupportedFormatException if a newer version wrote it
     */
    public static Optional<Manifest> load(Disk disk, Path directory, UUID storeId) throws IOException {
        Path file = directory.resolve(StoreLayout.MANIFEST);
        if (!disk.exists(file)) {
            return Optional.empty();
        }
        Manifest manifest = ManifestFormat.read(contents(disk, file), file);
        if (!manifest.storeId().equals(storeId)) {
            throw CorruptStoreException.at(file, 0, "is of store " + manifest.storeId() + ", not of " + storeId);
        }
        return Optional.of(manifest);
    }

    /**
     * The store that the manifest of a directory belongs to; empty where there is none.
     *
     * @throws dev.allframe.store.CorruptStoreException if it is not what was written
     */
    public static Optional<UUID> owner(Disk disk, Path directory) throws IOException {
        Path file = directory.resolve(StoreLayout.MANIFEST);
        return disk.exists(file)
                ? Optional.of(ManifestFormat.read(contents(disk, file), file).storeId())
                : Optional.empty();
    }

    /**
     * Replaces the manifest of a store, durably and at once: a crash leaves the old one or this. One thread at a time.
     */
    public void store(Disk disk, Path directory) throws IOException {
        Path file = directory.resolve(StoreLayout.MANIFEST);
        Path temporary = directory.resolve(StoreLayout.MANIFEST + SegmentFile.TEMPORARY);
        byte[] bytes = ManifestFormat.write(this);
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        try (DiskFile out = disk.create(temporary)) {
            out.write(ByteBuffer.wrap(bytes), 0);
            out.force();
        }
        if (!Arrays.equals(contents(disk, temporary), bytes)) {
            throw CorruptStoreException.at(temporary, 0, "does not read back as it was written");
        }
        disk.rename(temporary, file);
        disk.forceDirectory(directory);
    }

    private static byte[] contents(Disk disk, Path file) throws IOException {
        try (DiskFile in = disk.openReadOnly(file)) {
            byte[] bytes = new byte[Math.toIntExact(in.length())];
            int count = in.read(ByteBuffer.wrap(bytes), 0);
            return Arrays.copyOf(bytes, count);
        }
    }
}

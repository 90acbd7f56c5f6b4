package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.files.StoreFileFormat;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.files.StoreLock;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.index.Table;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.segment.Digest;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.engine.wal.WalContents;
import dev.allframe.journal.allsource.engine.wal.WalReader;
import dev.allframe.journal.allsource.tables.OverlayKeyValues;
import dev.allframe.journal.allsource.tables.RocksKeyValues;
import dev.allframe.journal.allsource.tables.RocksMemory;
import dev.allframe.store.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a directory a copy of a store at one moment, or brings such a copy up to a later one: files of segments that it
 * has already stay, the rest is copied. The copy is a store and opens as one; its index is left out and computed when
 * it is opened.
 *
 * <h2>Crash</h2> Everything new is put beside the old first, with other names, and forced. Then the old copy gives up
 * its file {@code STORE}, log, manifest and state change places, and {@code STORE} comes back. Between these renames
 * the directory is no store and refuses to open; the next copy into it finishes the work. Before them it is the old
 * copy.
 */
public final class StoreCopy {

    /** The identity while the parts change places. */
    private static final String PUT_AWAY = StoreLayout.STORE + ".incomplete";
    private static final String NEW = ".new";
    private static final int COPIED_AT_ONCE = 1 << 20;
    private static final long TABLE_BYTES = 8L << 20;

    private final Disk disk;
    private final Path target;
    private final UUID storeId;
    private final Manifest manifest;
    private final Runnable stopping;

    /**
     * Files of segments in whose place others wait. An older copy has none, unless it was used as a store: then it has
     * given the same ids to segments of its own, and needs their files as long as it is a store.
     */
    private final List<Path> replacing = new ArrayList<>();

    /**
     * A copy to be made.
     *
     * @param target locked by the caller; empty but for the lock, or a copy of the same store
     * @param manifest what the copy shall have
     * @param stopping asked for each MiB that is copied; throws where the copy is to end
     */
    public StoreCopy(Disk disk, Path target, UUID storeId, Manifest manifest, Runnable stopping) {
        this.stopping = stopping;
        this.disk = disk;
        this.target = target;
        this.storeId = storeId;
        this.manifest = manifest;
    }

    /** Why a directory cannot take a copy of a store; empty where it can. */
    static String objection(Disk disk, Path target, UUID storeId) throws IOException {
        for (String name : List.of(StoreLayout.STORE, PUT_AWAY)) {
            if (disk.exists(target.resolve(name))) {
                UUID there = StoreFileFormat.read(disk, target, name);
                return there.equals(storeId) ? "" : target + " holds the store " + there + ", not " + storeId;
            }
        }
        for (Path file : disk.list(target)) {
            if (!StoreLock.isOwn(file) && !file.equals(begun(target.resolve(PUT_AWAY)))) {
                return target + " is not empty and holds no backup: it has " + file.getFileName();
            }
        }
        return "";
    }

    /**
     * Marks a directory that is no copy yet as an unfinished one, so that the next attempt goes on with it.
     *
     * @param identity of the store that is copied
     */
    public void begin(Path identity) throws IOException {
        Path mark = target.resolve(PUT_AWAY);
        if (!disk.exists(target.resolve(StoreLayout.STORE)) && !disk.exists(mark)) {
            copyFile(identity, begun(mark));
            disk.rename(begun(mark), mark);
            disk.forceDirectory(target);
        }
    }

    /** Files of segments that were copied. */
    public int copySegments(Path source) throws IOException {
        Path files = target.resolve(StoreLayout.SEGMENTS);
        disk.createDirectories(files);
        Map<Long, SegmentMeta> there = new HashMap<>();
        before().segments().forEach(segment -> there.put(segment.id(), segment));
        int copied = 0;
        for (SegmentMeta segment : manifest.segments()) {
            SegmentMeta old = there.get(segment.id());
            if (segment.parquetFile().isPresent()) {
                copied += copySegment(source, files, SegmentFile.PARQUET, segment, old != null,
                        old != null && old.parquetFile().equals(segment.parquetFile()), segment.parquetFile().get());
            }
            copied += copyRowFile(source, files, segment, old);
        }
        force(files);
        return copied;
    }

    /** An open store may delete it meanwhile, where there is a Parquet file. */
    private int copyRowFile(Path source, Path files, SegmentMeta segment, @Nullable SegmentMeta old)
            throws IOException {
        try {
            return copySegment(source, files, SegmentFile.ROWS, segment, old != null,
                    old != null && old.rowFile().equals(segment.rowFile()), segment.rowFile());
        } catch (NoSuchFileException gone) {
            if (segment.parquetFile().isPresent()) {
                return 0;
            }
            throw gone;
        }
    }

    private Manifest before() throws IOException {
        return Manifest.load(disk, target, storeId).orElseGet(() -> Manifest.empty(storeId));
    }

    private int copySegment(Path source, Path files, SegmentFile kind, SegmentMeta segment, boolean old,
            boolean same, Digest digest) throws IOException {
        Path from = kind.find(disk, source, segment.id());
        Path to = kind.in(files, segment.id());
        boolean there = same && disk.exists(to) && Files.size(to) == digest.length();
        if (there || (kind == SegmentFile.ROWS && segment.parquetFile().isPresent() && !disk.exists(from))) {
            return 0;
        }
        if (Files.size(segment.named(disk, kind, source)) != digest.length()) {
            throw CorruptStoreException.at(from, Math.min(Files.size(from), digest.length()),
                    "has " + Files.size(from) + " bytes instead of " + digest.length() + "; nothing was copied of it");
        }
        copyFile(from, begun(to));
        try (DiskFile copy = disk.openReadOnly(begun(to))) {
            digest.verify(copy, from); // of which it has every byte
        }
        if (old && disk.exists(to)) {
            replacing.add(to);
        } else {
            disk.rename(begun(to), to);
        }
        return 1;
    }

    private static Path begun(Path file) {
        return file.resolveSibling(file.getFileName() + SegmentFile.TEMPORARY);
    }

    /** The place for the new log or state, an empty directory. */
    public Path fresh(String name) throws IOException {
        Path fresh = target.resolve(name + NEW);
        deleteTree(disk, fresh);
        disk.createDirectories(fresh);
        return fresh;
    }

    /**
     * Puts the new parts in their places. {@code log.new} and {@code state.new} have all their files, which are forced.
     *
     * @throws CorruptStoreException if they are not as they were written; the target is what it was
     */
    public void switchOver() throws IOException {
        force(target.resolve(StoreLayout.LOG + NEW));
        force(target.resolve(StoreLayout.STATE + NEW));
        verify();
        if (disk.exists(target.resolve(StoreLayout.STORE))) {
            disk.rename(target.resolve(StoreLayout.STORE), target.resolve(PUT_AWAY));
        }
        disk.forceDirectory(target);
        for (Path file : replacing) {
            disk.rename(begun(file), file);
        }
        force(target.resolve(StoreLayout.SEGMENTS));
        deleteTree(disk, target.resolve(StoreLayout.INDEX));
        for (String part : List.of(StoreLayout.LOG, StoreLayout.STATE)) {
            deleteTree(disk, target.resolve(part));
            disk.rename(target.resolve(part + NEW), target.resolve(part));
        }
        manifest.store(disk, target);
        disk.rename(target.resolve(PUT_AWAY), target.resolve(StoreLayout.STORE));
        disk.forceDirectory(target);
        deleteSegmentsThatAreNoMore();
    }

    /** Compares log and state with their checksums, which copying does not look at, and one with the other. */
    private void verify() throws IOException {
        try (RocksMemory memory = new RocksMemory(TABLE_BYTES);
                StateStore state = StateStore.open(
                        OverlayKeyValues.over( // a new one is given its header, which need not be on disk yet
                                RocksKeyValues.openReadOnly(target.resolve(StoreLayout.STATE + NEW), Table.STATE,
                                        memory)),
                        storeId.toString())) {
            state.verify();
            long known = Math.max(manifest.sealedLsn(), state.appliedLsn());
            long needed = Math.min(manifest.sealedLsn(), state.appliedLsn());
            WalContents log = WalReader.read(disk, target.resolve(StoreLayout.LOG + NEW), storeId, needed,
                    (lsn, entry, bytes) -> {});
            if (log.numbers().lastLsn() < known) {
                throw new CorruptStoreException(
                        "the log ends with entry " + log.numbers().lastLsn() + ", and had entries up to "
                                + known);
            }
        } catch (CorruptStoreException damaged) {
            throw new CorruptStoreException("what was copied is not as it was written, in the store or on its way to "
                    + target + ": " + Failures.message(damaged), damaged);
        } finally {
            // where the manifest is torn, as a power loss leaves it
            deleteTree(disk, target.resolve(StoreLayout.STATE + NEW + ".trial.tmp"));
        }
    }

    private void deleteSegmentsThatAreNoMore() throws IOException {
        Path files = target.resolve(StoreLayout.SEGMENTS);
        Set<Path> wanted = new HashSet<>();
        for (SegmentMeta segment : manifest.segments()) {
            for (SegmentFile kind : segment.files()) {
                wanted.add(kind.in(files, segment.id()));
            }
        }
        for (Path file : disk.list(files)) {
            if (!wanted.contains(file)) {
                disk.delete(file);
            }
        }
    }

    /** Copies a directory of files, without the lock and the diary of RocksDB, and forces them. */
    public void copyFiles(Path from, Path to) throws IOException {
        for (Path file : disk.list(from)) {
            String name = file.getFileName().toString();
            if (isOfTables(name)) {
                copyFile(file, to.resolve(name));
            }
        }
    }

    /**
     * Whether a file in a directory of RocksDB's has contents, and is not a lock, its diary or something unfinished.
     */
    static boolean isOfTables(String name) {
        return !name.equals("LOCK") && !name.startsWith("LOG") && !name.endsWith(SegmentFile.TEMPORARY);
    }

    /** Writes the beginning of a file, zeros behind it up to a length, and forces it. */
    public void writeBeginning(Path to, byte[] beginning, long length) throws IOException {
        try (DiskFile copy = disk.create(to)) {
            copy.write(ByteBuffer.wrap(beginning), 0);
            if (length > beginning.length) {
                copy.write(ByteBuffer.allocate(1), length - 1);
            }
            copy.force();
        }
    }

    /** Copies a file, in place of what is there, and forces the copy. */
    public void copyFile(Path from, Path to) throws IOException {
        if (disk.exists(to)) {
            disk.delete(to);
        }
        try (DiskFile original = disk.openReadOnly(from); DiskFile copy = disk.create(to)) {
            ByteBuffer buffer = ByteBuffer.allocate(Math.clamp(original.length(), 1, COPIED_AT_ONCE));
            long at = 0;
            while (original.read(buffer, at) > 0) {
                stopping.run();
                buffer.flip();
                int count = buffer.remaining();
                copy.write(buffer, at);
                at += count;
                buffer.clear();
            }
            copy.force();
        }
    }

    private void force(Path directory) throws IOException {
        disk.forceDirectory(directory);
    }

    public static void deleteTree(Disk disk, Path tree) throws IOException {
        if (!disk.exists(tree)) {
            return;
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                disk.delete(path);
            }
        }
    }
}

package dev.allframe.journal.allsource.tables;

import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Creates and opens the tables of a store. Nothing is taken for whole that has not been compared with what is known of
 * it: the checksums of the manifest, the names of the tables, and how far they were flushed.
 *
 * @param tables all that there are
 * @param memory shared with other stores
 */
record RocksOpening(Set<? extends TableName> tables, RocksMemory memory) {

    void createEmpty(Path directory) {
        Path begun = directory.resolveSibling(directory.getFileName() + ".tmp");
        try {
            FlatDirectory.delete(begun);
            Files.createDirectories(begun);
            RocksKeyValues empty = openUnchecked(begun, true);
            try {
                empty.flush();
            } finally {
                empty.close();
            }
            FlatDirectory.force(begun);
            Files.move(begun, directory, StandardCopyOption.ATOMIC_MOVE);
            FlatDirectory.forceOne(directory.toAbsolutePath().getParent());
        } catch (AtomicMoveNotSupportedException unsupported) {
            throw new StoreFailedException("directory=" + directory + ": cannot be renamed", unsupported);
        } catch (IOException failure) {
            throw new StoreFailedException("directory=" + directory + ": cannot be created", failure);
        }
    }

    RocksKeyValues open(Path directory) {
        TornManifest.cut(directory, this::check);
        check(directory);
        return openUnchecked(directory, false);
    }

    private RocksKeyValues openUnchecked(Path directory, boolean create) {
        return opened(directory, new RocksSettings(memory, create), RocksDB::open);
    }

    RocksKeyValues openReadOnly(Path directory) {
        Path whole = TornManifest.without(directory, this::check);
        if (whole.equals(directory)) {
            check(directory);
        }
        return opened(whole, new RocksSettings(memory, false), RocksDB::openReadOnly);
    }

    /** One of RocksDB's ways to open. */
    private interface Way {

        RocksDB open(DBOptions options, String directory, List<ColumnFamilyDescriptor> families,
                List<ColumnFamilyHandle> handles) throws RocksDBException;
    }

    private RocksKeyValues opened(Path directory, RocksSettings settings, Way way) {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = way.open(settings.database(), directory.toString(), descriptors(settings.family()), handles);
            return new RocksKeyValues(directory, settings, db, handles, tables);
        } catch (RocksDBException failure) {
            settings.close();
            throw RocksFailures.opening(directory, failure);
        }
    }

    private void check(Path directory) {
        checkTables(directory);
        checkFlushed(directory);
    }

    private void checkTables(Path directory) {
        Set<String> there = new TreeSet<>();
        try (Options options = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(options, directory.toString())) {
                there.add(new String(name, StandardCharsets.UTF_8));
            }
        } catch (RocksDBException failure) {
            throw RocksFailures.opening(directory, failure);
        }
        there.remove("default");
        for (TableName table : tables) {
            if (!there.remove(table.stored())) {
                throw new CorruptStoreException("directory=" + directory + ": table " + table.stored() + " is missing");
            }
        }
        if (!there.isEmpty()) {
            throw new UnsupportedFormatException(
                    "directory=" + directory + ": has tables that this version does not know: "
                            + there);
        }
    }

    /** Opens for reading alone, which deletes nothing, and compares with what is known to be on disk. */
    private void checkFlushed(Path directory) {
        long known = FlushWitness.read(directory);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (DBOptions options = new DBOptions().setMaxOpenFiles(1);
                ColumnFamilyOptions family = new ColumnFamilyOptions();
                RocksDB db = RocksDB.openReadOnly(options, directory.toString(), descriptors(family),
                        handles)) {
            long there = db.getLatestSequenceNumber();
            handles.forEach(ColumnFamilyHandle::close);
            if (there < known) {
                throw new CorruptStoreException("directory=" + directory + ": the manifest ends at change " + there
                        + ", and change " + known + " had been flushed");
            }
        } catch (RocksDBException failure) {
            throw RocksFailures.opening(directory, failure);
        }
    }

    private List<ColumnFamilyDescriptor> descriptors(ColumnFamilyOptions family) {
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, family));
        for (TableName table : tables) {
            descriptors.add(new ColumnFamilyDescriptor(name(table), family));
        }
        return descriptors;
    }

    private static byte[] name(TableName table) {
        return table.stored().getBytes(StandardCharsets.UTF_8);
    }
}

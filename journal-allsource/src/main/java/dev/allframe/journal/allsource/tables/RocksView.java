package dev.allframe.journal.allsource.tables;

import dev.allframe.store.StoreClosedException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.Snapshot;

/** Reads from a snapshot of RocksDB. */
final class RocksView implements TablesView, RocksUse.Native {

    private final RocksKeyValues entries;
    private final RocksDB db;
    private final RocksUse use;
    private final Path directory;
    private final Snapshot snapshot;
    private final ReadOptions options;
    private volatile boolean released;

    /** Made during a call. */
    RocksView(RocksKeyValues entries, RocksDB db, RocksUse use, Path directory) {
        this.entries = entries;
        this.db = db;
        this.use = use;
        this.directory = directory;
        this.snapshot = db.getSnapshot();
        this.options = new ReadOptions().setSnapshot(snapshot);
        use.opened(this);
    }

    private void refuseIfReleased() {
        if (released) {
            throw new StoreClosedException("view of " + directory);
        }
    }

    @Override
    public byte @Nullable [] get(TableName table, byte[] key) {
        refuseIfReleased();
        return entries.get(table, options, key);
    }

    @Override
    public List<byte @Nullable []> getAll(TableName table, List<byte[]> keys) {
        refuseIfReleased();
        return entries.getAll(table, options, keys);
    }

    @Override
    public Cursor cursor(TableName table, KeyRange range) {
        refuseIfReleased();
        return entries.cursor(table, range, false, snapshot);
    }

    @Override
    public Cursor cursorBackwards(TableName table, KeyRange range) {
        refuseIfReleased();
        return entries.cursor(table, range, true, snapshot);
    }

    @Override
    public void close() {
        use.finish(this);
    }

    @Override
    public void release() {
        released = true;
        options.close();
        db.releaseSnapshot(snapshot);
        snapshot.close();
    }
}

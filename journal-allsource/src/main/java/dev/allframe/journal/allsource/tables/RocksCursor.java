package dev.allframe.journal.allsource.tables;

import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** Walks with RocksDB's iterator, which sees the contents of the moment in which it was made. */
final class RocksCursor implements Cursor, RocksUse.Native {

    private final Path directory;
    private final RocksUse use;

    private final @Nullable Slice lower;
    private final @Nullable Slice upper;
    private final ReadOptions options;
    private final RocksIterator iterator;
    private final boolean backwards;
    private boolean begun;

    /** Behind the range, or closed by its owner. */
    private boolean ended;

    /** Made during a call. */
    RocksCursor(RocksDB db, RocksUse use, Path directory, ColumnFamilyHandle family, KeyRange range, boolean backwards,
            @Nullable Snapshot snapshot) {
        this.use = use;
        this.directory = directory;
        this.backwards = backwards;
        this.ended = range.isEmpty();
        byte[] from = range.from();
        byte[] until = range.until();
        lower = from == null || ended ? null : new Slice(from);
        upper = until == null || ended ? null : new Slice(until);
        options = new ReadOptions();
        if (lower != null) {
            options.setIterateLowerBound(lower);
        }
        if (upper != null) {
            options.setIterateUpperBound(upper);
        }
        if (snapshot != null) {
            options.setSnapshot(snapshot);
        }
        iterator = db.newIterator(family, options);
        use.opened(this);
    }

    @Override
    public boolean next() {
        if (ended) {
            return false;
        }
        long stamp = use.begin();
        try {
            move();
            begun = true;
            if (iterator.isValid()) {
                return true;
            }
            ended = true;
            iterator.status();
            return false;
        } catch (RocksDBException failure) {
            throw RocksFailures.using(directory, failure);
        } finally {
            use.end(stamp);
        }
    }

    private void move() {
        if (backwards) {
            if (begun) {
                iterator.prev();
            } else {
                iterator.seekToLast();
            }
        } else if (begun) {
            iterator.next();
        } else {
            iterator.seekToFirst();
        }
    }

    @Override
    public byte[] key() {
        refuseIfEnded();
        long stamp = use.begin();
        try {
            return iterator.key();
        } finally {
            use.end(stamp);
        }
    }

    @Override
    public byte[] value() {
        refuseIfEnded();
        long stamp = use.begin();
        try {
            return iterator.value();
        } finally {
            use.end(stamp);
        }
    }

    private void refuseIfEnded() {
        if (ended || !begun) {
            throw new NoSuchElementException("the cursor is at no entry");
        }
    }

    @Override
    public void close() {
        ended = true;
        use.finish(this);
    }

    /** Where the store's end does this, what is called later is refused: nobody takes it for the end of the range. */
    @Override
    public void release() {
        iterator.close();
        options.close();
        if (upper != null) {
            upper.close();
        }
        if (lower != null) {
            lower.close();
        }
    }
}

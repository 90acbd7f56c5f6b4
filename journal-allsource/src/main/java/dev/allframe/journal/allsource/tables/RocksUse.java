package dev.allframe.journal.allsource.tables;

import dev.allframe.store.StoreClosedException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.StampedLock;

/**
 * Who uses a store of RocksDB. A call into one that is closed would end the process: so the lock is held for reading
 * during each call, and for writing by {@link #close}. Cursors and views that are still open are released with the
 * store.
 */
final class RocksUse {

    /** What must be released before the store. */
    interface Native {

        /** Called once. */
        void release();
    }

    private final Path directory;
    private final StampedLock lock = new StampedLock();
    private final Set<Native> open = ConcurrentHashMap.newKeySet();
    private boolean closed; // guarded by the lock

    RocksUse(Path directory) {
        this.directory = directory;
    }

    /**
     * Begins a call.
     *
     * @return what {@link #end(long)} takes
     * @throws StoreClosedException if the store is closed
     */
    long begin() {
        long stamp = lock.readLock();
        if (closed) {
            lock.unlockRead(stamp);
            throw new StoreClosedException(directory.toString());
        }
        return stamp;
    }

    /** Ends a call. */
    void end(long stamp) {
        lock.unlockRead(stamp);
    }

    /** Notes something that was opened, during a call. */
    void opened(Native begun) {
        open.add(begun);
    }

    /** Releases something that was opened, unless the store's end has done so. */
    void finish(Native finished) {
        long stamp = lock.readLock();
        try {
            if (open.remove(finished)) {
                finished.release();
            }
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** How many are not released. */
    int open() {
        return open.size();
    }

    /** Waits for calls under way, and releases everything. The second time does nothing. */
    void close(Runnable store) {
        long stamp = lock.writeLock();
        try {
            if (!closed) {
                closed = true;
                open.forEach(Native::release);
                open.clear();
                store.run();
            }
        } finally {
            lock.unlockWrite(stamp);
        }
    }
}

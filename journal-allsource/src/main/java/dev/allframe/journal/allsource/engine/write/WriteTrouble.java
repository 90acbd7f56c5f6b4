package dev.allframe.journal.allsource.engine.write;

import dev.allframe.failure.Failures;
import dev.allframe.store.ChangesRefused;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import java.io.IOException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Why a store takes no changes. A failed disk lasts until the store is opened anew; a full one until there is room. The
 * partition's thread writes, any thread reads.
 */
final class WriteTrouble {

    private final String storeId;
    private final Clock clock;
    private volatile @Nullable IOException failure;
    /** Why the tables have not taken what the log has; used by the partition's thread alone. */
    private @Nullable StoreFullException tablesFull;
    private volatile @Nullable ChangesRefused refused;

    WriteTrouble(String storeId, Clock clock) {
        this.storeId = storeId;
        this.clock = clock;
    }

    /** Why nothing more is ever written; null while all is well. */
    @Nullable IOException failure() {
        return failure;
    }

    /** Whether nothing more is ever written. */
    boolean isFailed() {
        return failure != null;
    }

    /** Why no changes are taken, and since when; null where they are. */
    @Nullable ChangesRefused refused() {
        return refused;
    }

    /** Nothing more is ever written. The first reason counts. */
    void fail(IOException reason) {
        if (failure == null) {
            failure = reason;
            refused = new ChangesRefused(clock.instant(), Failures.message(failed()), true);
        }
    }

    /** A change was refused for want of room. The first of several in a row says since when. */
    void full(StoreFullException full) {
        if (refused == null) {
            refused = new ChangesRefused(clock.instant(), Failures.message(full), false);
        }
    }

    /** The tables of the state have no room for what the log has already. */
    void tablesFull(StoreFullException full) {
        tablesFull = full;
        full(full);
    }

    /** Why the tables have not taken what the log has; null while they find room. */
    @Nullable StoreFullException tablesFull() {
        return tablesFull;
    }

    /** The tables are asked again. */
    void askTables() {
        tablesFull = null;
    }

    /**
     * Before anything is compared: what failed may have changed versions and revisions, or not, and what waits has
     * changed them.
     */
    void refuse() {
        if (isFailed()) {
            throw failed();
        }
        if (tablesFull != null) {
            throw tablesFull;
        }
    }

    /** Changes are taken again. */
    void over() {
        if (failure == null) {
            refused = null;
        }
    }

    /** What whoever asks for a change is told when the disk has failed. */
    StoreFailedException failed() {
        IOException cause = failure == null ? new IOException("unknown") : failure;
        return new StoreFailedException("the disk of store " + storeId + " failed, and it takes no further change until"
                + " it is opened anew: " + Failures.message(cause), cause);
    }
}

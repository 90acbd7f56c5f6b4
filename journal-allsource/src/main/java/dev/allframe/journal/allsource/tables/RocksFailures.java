package dev.allframe.journal.allsource.tables;

import dev.allframe.failure.Failures;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StoreLockedException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What RocksDB's failures mean to callers; each message names the directory. */
final class RocksFailures {

    private RocksFailures() {}

    /** A failure to open: what cannot be read is damaged. */
    static EventStoreException opening(Path directory, RocksDBException failure) {
        if (noSpace(failure)) {
            return full(directory, failure);
        }
        String reason = Failures.message(failure);
        if (reason.contains("lock hold by") || reason.contains("While lock file")) {
            return new StoreLockedException("directory=" + directory + ": " + reason);
        }
        return corrupt(directory, failure);
    }

    /** A failure to read or write what is open. */
    static EventStoreException using(Path directory, RocksDBException failure) {
        if (noSpace(failure)) {
            return full(directory, failure);
        }
        if (code(failure) == Status.Code.Corruption) {
            return corrupt(directory, failure);
        }
        return new StoreFailedException("directory=" + directory + ": " + Failures.message(failure), failure);
    }

    private static CorruptStoreException corrupt(Path directory, RocksDBException failure) {
        return new CorruptStoreException("directory=" + directory + ": " + Failures.message(failure), failure);
    }

    private static StoreFullException full(Path directory, RocksDBException failure) {
        return new StoreFullException("directory=" + directory + ": " + Failures.message(failure));
    }

    private static boolean noSpace(RocksDBException failure) {
        Status status = failure.getStatus();
        return status != null && status.getSubCode() == Status.SubCode.NoSpace;
    }

    private static Status.@Nullable Code code(RocksDBException failure) {
        Status status = failure.getStatus();
        return status == null ? null : status.getCode();
    }
}

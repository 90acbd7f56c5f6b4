package dev.allframe.journal.allsource.tables;

import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reading tables whose keys are ordered as unsigned bytes. Thread-safe. What was read belongs to the caller; what is
 * passed is neither kept nor changed.
 *
 * <p>Every method throws {@link dev.allframe.store.CorruptStoreException} where stored bytes fail their checksum,
 * {@link dev.allframe.store.StoreFailedException} where the disk cannot be read, and
 * {@link dev.allframe.store.StoreClosedException} after the end of what is read from.
 */
public interface Reads {

    /** The value of a key; null where there is none. */
    byte @Nullable [] get(TableName table, byte[] key);

    /** The values of keys, in their order; null where there is none. Cheaper than one by one. */
    List<byte @Nullable []> getAll(TableName table, List<byte[]> keys);

    /**
     * The entries of a range in ascending order of keys, as they are at this moment; later changes are not seen. To be
     * closed.
     */
    Cursor cursor(TableName table, KeyRange range);

    /** As {@link #cursor}, in descending order. */
    Cursor cursorBackwards(TableName table, KeyRange range);
}

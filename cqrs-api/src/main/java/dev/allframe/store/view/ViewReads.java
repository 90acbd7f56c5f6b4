package dev.allframe.store.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reading tables whose keys are ordered as unsigned bytes. Callable from any thread. What was read belongs to the
 * caller, who does not change it; what is passed is neither kept nor changed.
 *
 * <p>Every method throws {@link dev.allframe.store.CorruptStoreException} where stored bytes fail their checksum,
 * {@link dev.allframe.store.StoreFailedException} where the disk cannot be read, and
 * {@link dev.allframe.store.StoreClosedException} after the end of what is read from.
 */
public interface ViewReads {

    /** The value of a key; null where there is none. */
    byte @Nullable [] get(ViewTable table, byte[] key);

    /** The values of keys, in their order; null where there is none. Cheaper than one by one. */
    List<byte @Nullable []> getAll(ViewTable table, List<byte[]> keys);

    /**
     * The entries of a range as they are at this moment; later changes are not seen. To be closed.
     *
     * @param descending from the last entry of the range to the first
     */
    Cursor cursor(ViewTable table, KeyRange range, boolean descending);
}

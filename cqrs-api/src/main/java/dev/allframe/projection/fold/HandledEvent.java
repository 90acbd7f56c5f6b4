package dev.allframe.projection.fold;

import dev.allframe.projection.Change;
import dev.allframe.store.StoredEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record with what its handler makes of it.
 *
 * @param stored the record
 * @param steps the changes, each with the bytes of its key, in order
 * @param failure what decoding or the handler has thrown; null where nothing was
 */
public record HandledEvent<K, R>(StoredEvent stored, List<Step<K, R>> steps, @Nullable Throwable failure) {

    /**
     * One change.
     *
     * @param change what it is; never several
     * @param key the bytes of its key; empty for a change by an index, a range or a time
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Step<K, R>(Change<K, R> change, byte[] key) {}
}

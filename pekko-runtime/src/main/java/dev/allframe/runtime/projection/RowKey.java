package dev.allframe.runtime.projection;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The key of a row with its bytes, by which it is compared: as tables compare it. Immutable. */
final class RowKey<K> {

    private final K key;
    private final byte[] bytes;
    private final int hash;

    RowKey(K key, byte[] bytes) {
        this.key = key;
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    K key() {
        return key;
    }

    /** Whether it stands behind a key in the order of rows. */
    boolean isBehind(byte[] other) {
        return Arrays.compareUnsigned(bytes, other) > 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RowKey<?> another && hash == another.hash && Arrays.equals(bytes, another.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}

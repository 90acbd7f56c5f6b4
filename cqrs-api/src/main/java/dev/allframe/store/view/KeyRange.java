package dev.allframe.store.view;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A range of keys, ordered as unsigned bytes.
 *
 * @param from the first, included; null for the beginning
 * @param until the first behind it; null for the end
 */
@SuppressWarnings("ArrayRecordComponent") // a range is passed on and never compared
public record KeyRange(byte @Nullable [] from, byte @Nullable [] until) {

    private static final KeyRange ALL = new KeyRange(null, null);

    public static KeyRange all() {
        return ALL;
    }

    /** From a key, included, until another, not included. */
    public static KeyRange between(byte[] from, byte[] until) {
        return new KeyRange(from, until);
    }

    /** Keys above a key. */
    public static KeyRange after(byte[] key) {
        return new KeyRange(Arrays.copyOf(key, key.length + 1), null);
    }

    /** Keys that begin with these bytes. */
    public static KeyRange prefix(byte[] prefix) {
        return new KeyRange(prefix, behindPrefix(prefix));
    }

    /** The smallest key above all that begin with these bytes; null where there is none. */
    public static byte @Nullable [] behindPrefix(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xFF) {
                byte[] behind = Arrays.copyOf(prefix, i + 1);
                behind[i]++;
                return behind;
            }
        }
        return null;
    }

    /** Whether no key can be in it. */
    public boolean isEmpty() {
        return from != null && until != null && Arrays.compareUnsigned(from, until) >= 0;
    }

    /** Whether a key is in it. */
    public boolean contains(byte[] key) {
        return (from == null || Arrays.compareUnsigned(key, from) >= 0)
                && (until == null || Arrays.compareUnsigned(key, until) < 0);
    }
}

package dev.allframe.journal.allsource.engine.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Texts that were read lately, so that a text which comes again and again, such as the type of an event, is made once.
 * Keeps a fixed number of short texts; of two that fall on one place the later one stays.
 *
 * <p>Thread-safe without a lock: what is kept is immutable, and a reader who does not see what another has just put
 * there makes the text itself.
 */
final class RepeatedTexts {

    /** Types, manifests and ids of writers are shorter; longer texts hardly repeat. */
    private static final int MAX_BYTES = 128;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final @Nullable Text[] places;

    /** A text and its UTF-8. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Text(byte[] utf8, String text) {

        boolean is(byte[] bytes, int from, int length) {
            return utf8.length == length && Arrays.equals(utf8, 0, length, bytes, from, from + length);
        }
    }

    /**
     * None yet.
     *
     * @param count how many are kept, a power of two
     */
    RepeatedTexts(int count) {
        if (Integer.bitCount(count) != 1) {
            throw new IllegalArgumentException("not a power of two: " + count);
        }
        places = new Text[count];
    }

    /** The text that bytes of UTF-8 are, which must lie within the array. */
    String text(byte[] bytes, int from, int length) {
        if (length == 0) {
            return "";
        }
        if (length > MAX_BYTES) {
            return new String(bytes, from, length, StandardCharsets.UTF_8);
        }
        int place = hash(bytes, from, length) & places.length - 1;
        Text kept = places[place];
        if (kept != null && kept.is(bytes, from, length)) {
            return kept.text;
        }
        Text made = new Text(Arrays.copyOfRange(bytes, from, from + length),
                new String(bytes, from, length, StandardCharsets.UTF_8));
        places[place] = made;
        return made.text;
    }

    /** Of the length and of three pieces of eight bytes, which is all of most texts. */
    private static int hash(byte[] bytes, int from, int length) {
        long hash = length;
        if (length >= Long.BYTES) {
            int last = length - Long.BYTES;
            hash = mixed(hash, (long) LONG.get(bytes, from));
            hash = mixed(hash, (long) LONG.get(bytes, from + last / 2));
            hash = mixed(hash, (long) LONG.get(bytes, from + last));
        } else {
            for (int i = from; i < from + length; i++) {
                hash = mixed(hash, bytes[i]);
            }
        }
        return (int) (hash >>> Integer.SIZE);
    }

    private static long mixed(long hash, long more) {
        long product = (hash ^ more) * 0x9E3779B97F4A7C15L; // the golden ratio, an odd number with many bits
        return product ^ product >>> Integer.SIZE;
    }
}

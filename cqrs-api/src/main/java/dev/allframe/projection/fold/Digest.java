package dev.allframe.projection.fold;

import java.util.HexFormat;

/**
 * A digest of a set of rows: the sum of their hashes, modulo 2^128. So a row is added and taken away without looking at
 * the others, and the order in which rows were written does not matter. Finds mistakes, not forgeries.
 *
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record Digest(long high, long low) {

    /** Of no row. */
    public static final Digest NONE = new Digest(0, 0);

    private static final long C1 = 0x87C37B91114253D5L;
    private static final long C2 = 0x4CF5AD432745937FL;
    private static final int BLOCK = 16;

    Digest plus(Digest other) {
        long sum = low + other.low;
        return new Digest(high + other.high + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0), sum);
    }

    Digest minus(Digest other) {
        return new Digest(high - other.high - (Long.compareUnsigned(low, other.low) < 0 ? 1 : 0), low - other.low);
    }

    /** Of one row: MurmurHash3 of 128 bits over its key, then its value, each with its length. */
    static Digest of(byte[] key, byte[] value) {
        byte[] bytes = new byte[Integer.BYTES + key.length + value.length];
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[i] = (byte) (key.length >>> (i * Byte.SIZE));
        }
        System.arraycopy(key, 0, bytes, Integer.BYTES, key.length);
        System.arraycopy(value, 0, bytes, Integer.BYTES + key.length, value.length);
        return hash(bytes);
    }

    private static Digest hash(byte[] bytes) {
        long one = 0;
        long two = 0;
        int blocks = bytes.length / BLOCK;
        for (int block = 0; block < blocks; block++) {
            one ^= first(word(bytes, block * BLOCK, Long.BYTES));
            one = (Long.rotateLeft(one, 27) + two) * 5 + 0x52DCE729;
            two ^= second(word(bytes, block * BLOCK + Long.BYTES, Long.BYTES));
            two = (Long.rotateLeft(two, 31) + one) * 5 + 0x38495AB5;
        }
        int rest = bytes.length - blocks * BLOCK;
        if (rest > Long.BYTES) {
            two ^= second(word(bytes, blocks * BLOCK + Long.BYTES, rest - Long.BYTES));
        }
        if (rest > 0) {
            one ^= first(word(bytes, blocks * BLOCK, Math.min(rest, Long.BYTES)));
        }
        one ^= bytes.length;
        two ^= bytes.length;
        one += two;
        two += one;
        one = mixed(one);
        two = mixed(two);
        one += two;
        return new Digest(one, two + one);
    }

    private static long first(long word) {
        return Long.rotateLeft(word * C1, 31) * C2;
    }

    private static long second(long word) {
        return Long.rotateLeft(word * C2, 33) * C1;
    }

    private static long mixed(long value) {
        long mixed = (value ^ value >>> 33) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ mixed >>> 33;
    }

    private static long word(byte[] bytes, int at, int length) {
        long word = 0;
        for (int i = length - 1; i >= 0; i--) {
            word = word << Byte.SIZE | (bytes[at + i] & 0xFF);
        }
        return word;
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}

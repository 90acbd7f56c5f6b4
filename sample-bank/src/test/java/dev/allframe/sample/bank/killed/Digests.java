package dev.allframe.sample.bank.killed;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/** The documented digest of a view: the sum, modulo 2^128, of MurmurHash3 (x64, 128 bits, seed 0) of each row. */
final class Digests {

    private static final BigInteger MODULUS = BigInteger.TWO.pow(128);

    private BigInteger sum = BigInteger.ZERO;

    /** Adds a row: the length of its key in four bytes, little end first, its key and its value are hashed. */
    void add(byte[] key, byte[] value) {
        ByteBuffer row = ByteBuffer.allocate(Integer.BYTES + key.length + value.length).order(ByteOrder.LITTLE_ENDIAN);
        sum = sum.add(hash(row.putInt(key.length).put(key).put(value).flip())).mod(MODULUS);
    }

    private static BigInteger hash(ByteBuffer bytes) {
        int length = bytes.remaining();
        ByteBuffer padded = ByteBuffer.allocate((length / 16 + 1) * 16).order(ByteOrder.LITTLE_ENDIAN);
        padded.put(bytes).clear();
        long h1 = 0;
        long h2 = 0;
        for (int block = 0; block < length / 16; block++) {
            h1 = (Long.rotateLeft(h1 ^ k1(padded.getLong()), 27) + h2) * 5 + 0x52dce729L;
            h2 = (Long.rotateLeft(h2 ^ k2(padded.getLong()), 31) + h1) * 5 + 0x38495ab5L;
        }
        h1 ^= k1(padded.getLong()) ^ length; // the rest, filled with zeros, which change nothing
        h2 ^= k2(padded.getLong()) ^ length;
        h1 += h2;
        h2 += h1;
        h1 = mixed(h1);
        h2 = mixed(h2);
        h1 += h2;
        h2 += h1;
        return new BigInteger(1, ByteBuffer.allocate(16).putLong(h1).putLong(h2).array());
    }

    private static long k1(long word) {
        return Long.rotateLeft(word * 0x87c37b91114253d5L, 31) * 0x4cf5ad432745937fL;
    }

    private static long k2(long word) {
        return Long.rotateLeft(word * 0x4cf5ad432745937fL, 33) * 0x87c37b91114253d5L;
    }

    private static long mixed(long word) {
        long mixed = (word ^ word >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%032x", sum);
    }
}

package dev.allframe.projection;

import java.util.Arrays;

/** Bytes of a key while they are written. For one thread. */
final class KeyBytes {

    private byte[] bytes = new byte[32];
    private int length;

    void u8(int value) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * length);
        }
        bytes[length++] = (byte) value;
    }

    void u32(int value) {
        for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            u8(value >>> shift);
        }
    }

    void u64(long value) {
        u32((int) (value >>> Integer.SIZE));
        u32((int) value);
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }
}

package dev.allframe.projection;

/** Bytes of a key while they are read. For one thread. */
final class KeySource {

    private final byte[] bytes;
    private int at;

    KeySource(byte[] bytes) {
        this.bytes = bytes;
    }

    int u8() {
        if (at == bytes.length) {
            throw new IllegalArgumentException("a key of " + bytes.length + " bytes is cut");
        }
        return bytes[at++] & 0xFF;
    }

    int u32() {
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = value << Byte.SIZE | u8();
        }
        return value;
    }

    long u64() {
        return (long) u32() << Integer.SIZE | (u32() & 0xFFFF_FFFFL);
    }

    int position() {
        return at;
    }

    void mustBeAtEnd() {
        if (at != bytes.length) {
            throw new IllegalArgumentException("a key has " + (bytes.length - at) + " bytes behind its end");
        }
    }
}

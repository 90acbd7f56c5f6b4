package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.engine.log.MalformedBytesException;
import dev.allframe.store.StreamId;
import java.util.Arrays;

/**
 * Keys whose order as unsigned bytes is the order of what they stand for.
 * <pre>
 *   text        each UTF-16 code unit as UTF-8 would encode the code point of that number, but 0 as 00 01; then 00 00
 *   unsigned    u64, big-endian
 *   signed      u64, big-endian, the highest bit inverted
 * </pre>
 * Texts are ordered by code units, as {@link String#compareTo}, whatever is in them; no text's key begins another's, so
 * that parts can follow each other.
 */
final class Keys {

    private byte[] bytes;
    private int size;

    private Keys(int capacity) {
        bytes = new byte[capacity];
    }

    static Keys key() {
        return new Keys(64);
    }

    static byte[] of(StreamId id) {
        return key().text(id.value()).bytes();
    }

    /** What the keys of all texts begin with that begin with this one. */
    static byte[] beginning(String text) {
        Keys key = key().text(text);
        return Arrays.copyOf(key.bytes, key.size - 2);
    }

    static byte[] ofUnsigned(long number) {
        return key().unsigned(number).bytes();
    }

    Keys u8(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
        return this;
    }

    Keys text(String text) {
        int length = text.length();
        ensure(3 * length + 2);
        byte[] to = bytes;
        int at = size;
        for (int i = 0; i < length; i++) {
            char unit = text.charAt(i);
            if (unit == 0) {
                to[at++] = 0;
                to[at++] = 1;
            } else if (unit < 0x80) {
                to[at++] = (byte) unit;
            } else if (unit < 0x800) {
                to[at++] = (byte) (0xC0 | (unit >> 6));
                to[at++] = (byte) (0x80 | (unit & 0x3F));
            } else {
                to[at++] = (byte) (0xE0 | (unit >> 12));
                to[at++] = (byte) (0x80 | ((unit >> 6) & 0x3F));
                to[at++] = (byte) (0x80 | (unit & 0x3F));
            }
        }
        to[at++] = 0;
        to[at++] = 0;
        size = at;
        return this;
    }

    /** A part that is encoded already. */
    Keys raw(byte[] part) {
        ensure(part.length);
        System.arraycopy(part, 0, bytes, size, part.length);
        size += part.length;
        return this;
    }

    Keys unsigned(long number) {
        ensure(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (number >>> shift);
        }
        return this;
    }

    Keys signed(long number) {
        return unsigned(number ^ Long.MIN_VALUE);
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }

    /** Reads a key part by part. What is malformed throws {@link MalformedBytesException}. */
    static final class Reader {

        private final byte[] key;
        private int at;

        Reader(byte[] key) {
            this.key = key;
        }

        int u8() {
            return next();
        }

        String text() {
            StringBuilder text = new StringBuilder(key.length - at);
            while (true) {
                int first = next();
                if (first == 0) {
                    int second = next();
                    if (second == 0) {
                        return text.toString();
                    }
                    if (second != 1) {
                        throw malformed();
                    }
                    text.append('\0');
                } else if (first < 0x80) {
                    text.append((char) first);
                } else if (first >> 5 == 0b110) {
                    text.append((char) ((first & 0x1F) << 6 | following()));
                } else if (first >> 4 == 0b1110) {
                    text.append((char) ((first & 0x0F) << 12 | following() << 6 | following()));
                } else {
                    throw malformed();
                }
            }
        }

        StreamId stream() {
            return new StreamId(text());
        }

        long unsigned() {
            long number = 0;
            for (int i = 0; i < 8; i++) {
                number = number << 8 | next();
            }
            return number;
        }

        long signed() {
            return unsigned() ^ Long.MIN_VALUE;
        }

        private int following() {
            int next = next();
            if (next >> 6 != 0b10) {
                throw malformed();
            }
            return next & 0x3F;
        }

        private int next() {
            if (at == key.length) {
                throw malformed();
            }
            return key[at++] & 0xFF;
        }

        private MalformedBytesException malformed() {
            return new MalformedBytesException("a key is malformed at " + at);
        }
    }
}

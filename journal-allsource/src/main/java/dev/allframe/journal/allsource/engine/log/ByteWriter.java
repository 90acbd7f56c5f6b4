package dev.allframe.journal.allsource.engine.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that grow at their end, in the encodings of {@code docs/on-disk.md}. Not thread-safe; used again after
 * {@link #clear()}.
 */
public final class ByteWriter {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    /** A JVM has no larger array. */
    private static final int MAX_BYTES = Integer.MAX_VALUE - 16;

    private byte[] bytes;
    private int size;

    public ByteWriter(int capacity) {
        bytes = new byte[capacity];
    }

    /** Bytes written. */
    public int size() {
        return size;
    }

    /** The bytes, of which the first {@link #size()} are written; valid until the next write. */
    public byte[] array() {
        return bytes;
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Forgets everything. */
    public void clear() {
        size = 0;
    }

    /** Forgets what was written behind a size. */
    public void cut(int to) {
        size = to;
    }

    /** Has room for so many bytes more, so that writing them needs no memory. */
    public void reserve(int more) {
        ensure(more);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            long needed = (long) size + more;
            if (needed > MAX_BYTES) {
                throw new IllegalArgumentException("more than " + MAX_BYTES + " bytes: " + needed);
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, Math.max(needed, bytes.length * 2L)));
        }
    }

    public void u8(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    public void u16(int value) {
        ensure(2);
        SHORT.set(bytes, size, (short) value);
        size += 2;
    }

    public void u32(int value) {
        ensure(4);
        INT.set(bytes, size, value);
        size += 4;
    }

    /** Writes over four bytes that were written before. */
    public void u32At(int offset, int value) {
        INT.set(bytes, offset, value);
    }

    /** Writes over eight bytes that were written before. */
    public void u64At(int offset, long value) {
        LONG.set(bytes, offset, value);
    }

    public void u64(long value) {
        ensure(8);
        LONG.set(bytes, size, value);
        size += 8;
    }

    /** An unsigned number in 1 to 10 bytes. */
    public void varint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** A signed number, small when near 0. */
    public void zigzag(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    public void bytes(byte[] value, int offset, int length) {
        ensure(length);
        System.arraycopy(value, offset, bytes, size, length);
        size += length;
    }

    /** A length and bytes. */
    public void block(byte[] value) {
        varint(value.length);
        bytes(value, 0, value.length);
    }

    /**
     * A length and UTF-8.
     *
     * @throws IllegalArgumentException if it has an unpaired surrogate, which UTF-8 cannot hold
     */
    public void text(String value) {
        int start = size;
        int length = value.length();
        varint(length);
        ensure(length);
        int at = size;
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                size = start;
                block(utf8(value));
                return;
            }
            bytes[at++] = (byte) c;
        }
        size = at;
    }

    /** A byte 0 for null, else 1 and the text. */
    public void optionalText(@Nullable String value) {
        if (value == null) {
            u8(0);
        } else {
            u8(1);
            text(value);
        }
    }

    private static byte[] utf8(String value) {
        try {
            var encoded = StandardCharsets.UTF_8.newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(value));
            byte[] exact = new byte[encoded.remaining()];
            encoded.get(exact);
            return exact;
        } catch (CharacterCodingException malformed) {
            throw new IllegalArgumentException(
                    "a text with an unpaired surrogate cannot be stored: " + escaped(value), malformed);
        }
    }

    private static String escaped(String value) {
        StringBuilder text = new StringBuilder();
        value.chars().limit(100).forEach(c -> {
            if (c < 0x80) {
                text.append((char) c);
            } else {
                text.append("\\u" + HexFormat.of().toHexDigits((char) c));
            }
        });
        return text.toString();
    }
}

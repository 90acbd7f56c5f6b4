package dev.allframe.journal.allsource.engine.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ByteWriter} wrote. Not thread-safe. What is malformed throws {@link MalformedBytesException};
 * callers check a checksum before, so that this means a defect or a newer writer, not a bad disk.
 */
public final class ByteReader {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    /** For all readers: so many types, manifests and writers are read at one time. */
    private static final RepeatedTexts REPEATED = new RepeatedTexts(1024);

    private final byte[] bytes;
    private int at;
    private final int end;

    public ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public ByteReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    /** The offset of the next byte in the array. */
    public int offset() {
        return at;
    }

    /** Bytes that are left. */
    public int remaining() {
        return end - at;
    }

    private int take(int count) {
        if (count < 0 || count > end - at) {
            throw new MalformedBytesException("needs " + count + " bytes at " + at + ", has " + (end - at));
        }
        int from = at;
        at += count;
        return from;
    }

    public int u8() {
        return bytes[take(1)] & 0xFF;
    }

    public int u16() {
        return (short) SHORT.get(bytes, take(2)) & 0xFFFF;
    }

    public int u32() {
        return (int) INT.get(bytes, take(4));
    }

    public long u64() {
        return (long) LONG.get(bytes, take(8));
    }

    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = bytes[take(1)];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedBytesException("a varint has at most 10 bytes, at " + at);
    }

    /** A varint that is a count, a length or another number within int. */
    public int count() {
        long value = varint();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new MalformedBytesException("a count is too large at " + at + ": " + Long.toUnsignedString(value));
        }
        return (int) value;
    }

    public long zigzag() {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    public byte[] block() {
        int length = count();
        int from = take(length);
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    public void skip(int count) {
        take(count);
    }

    public String text() {
        int length = count();
        return new String(bytes, take(length), length, StandardCharsets.UTF_8);
    }

    /** A text that may come again and again, such as a type or who wrote: made once for many. */
    public String repeatedText() {
        int length = count();
        return REPEATED.text(bytes, take(length), length);
    }

    public @Nullable String optionalText() {
        return present() ? text() : null;
    }

    /** Whether an optional value follows. */
    public boolean present() {
        return switch (u8()) {
            case 0 -> false;
            case 1 -> true;
            default -> throw new MalformedBytesException("an optional begins with 0 or 1, at " + (at - 1));
        };
    }
}

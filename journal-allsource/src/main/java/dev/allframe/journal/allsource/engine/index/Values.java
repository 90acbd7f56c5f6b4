package dev.allframe.journal.allsource.engine.index;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.MalformedBytesException;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Every value begins with the number of its format. */
final class Values {

    static final int FORMAT = 1;

    private Values() {}

    static ByteWriter begin(int capacity) {
        ByteWriter out = new ByteWriter(capacity);
        out.u8(FORMAT);
        return out;
    }

    /**
     * Decodes an entry; its checksum is right, so what cannot be decoded was written by a newer version or by a defect.
     *
     * @param table where it was, for the message
     */
    static <T> T read(Table table, byte[] value, Function<ByteReader, T> decode) {
        return decode(table, () -> {
            ByteReader in = new ByteReader(value);
            int format = in.u8();
            if (format != FORMAT) {
                throw new UnsupportedFormatException("table=" + table.stored() + ": an entry has format " + format
                        + ", known is " + FORMAT);
            }
            T decoded = decode.apply(in);
            if (in.remaining() != 0) {
                throw new MalformedBytesException(in.remaining() + " bytes are left");
            }
            return decoded;
        });
    }

    /** Decodes a key. */
    static <T> T readKey(Table table, byte[] key, Function<Keys.Reader, T> decode) {
        return decode(table, () -> decode.apply(new Keys.Reader(key)));
    }

    private static <T> T decode(Table table, Supplier<T> decode) {
        try {
            return decode.get();
        } catch (MalformedBytesException | IllegalArgumentException | ArithmeticException malformed) {
            throw new CorruptStoreException("table=" + table.stored() + ": " + Failures.message(malformed), malformed);
        }
    }
}

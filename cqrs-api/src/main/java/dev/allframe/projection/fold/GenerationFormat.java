package dev.allframe.projection.fold;

import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.UnsupportedFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the tables of a generation, version 1. Numbers are big-endian; a text is its length in bytes, u32, and
 * UTF-8.
 * <pre>
 *   meta     "origin"  version u16 | store id | number of definitions u32 | definitions
 *            "state"   version u16 | position as text | rows u64 | digest 16 B | witness u8, 0 for none
 *                      | its stream | sequence number u64 | position as text | checksum u32
 *            "orders"  version u16 | number of the last order that was followed u64
 *            "begun"   version u16 | number of the last order that was given when the generation was begun u64
 *            "latest" | key  version u16 | seconds since the epoch i64 | nanoseconds u32
 *   rows     key       the row, as its codec wrote it
 *   indexes  number of the index u16 | value | key                     no value
 *   parked   'p' | stream            version u16 | first sequence number u64 | since, ms u64 | reason
 *            's' | stream | 0 | sequence number u64                    the reason why it was skipped
 * </pre>
 */
final class GenerationFormat {

    static final byte[] ORIGIN = "origin".getBytes(StandardCharsets.US_ASCII);
    static final byte[] STATE = "state".getBytes(StandardCharsets.US_ASCII);
    static final byte[] ORDERS = "orders".getBytes(StandardCharsets.US_ASCII);
    static final byte[] BEGUN = "begun".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LATEST = "latest".getBytes(StandardCharsets.US_ASCII);
    static final byte[] NOTHING = {};
    static final byte PARKED = 'p';
    static final byte SKIPPED = 's';

    private static final int VERSION = 1;
    static final int INDEX_BYTES = 2;

    private GenerationFormat() {}

    /** Writes parts. */
    private interface Parts {
        void write(DataOutputStream out) throws IOException;
    }

    /** Reads parts. */
    private interface Reading<T> {
        T read(DataInputStream in) throws IOException;
    }

    private static byte[] bytes(Parts parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            parts.write(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(String what, byte[] bytes, Reading<T> reading) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedShort();
            if (version != VERSION) {
                throw new UnsupportedFormatException(what + " of a view has version " + version + ", known is "
                        + VERSION);
            }
            T value = reading.read(in);
            if (in.read() >= 0) {
                throw new CorruptStoreException(what + " of a view has bytes behind its end");
            }
            return value;
        } catch (IOException | IllegalArgumentException | DateTimeException unfit) {
            throw new CorruptStoreException(what + " of a view cannot be read", unfit);
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a text of " + length + " bytes in " + in.available());
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    static byte[] origin(Origin origin) {
        return bytes(out -> {
            out.writeShort(VERSION);
            text(out, origin.storeId());
            out.writeInt(origin.definition().size());
            for (String part : origin.definition()) {
                text(out, part);
            }
        });
    }

    static Origin origin(byte[] bytes) {
        return read("the origin", bytes, in -> {
            String storeId = text(in);
            int parts = in.readInt();
            List<String> definition = new ArrayList<>();
            for (int i = 0; i < parts; i++) {
                definition.add(text(in));
            }
            return new Origin(storeId, definition);
        });
    }

    static byte[] state(FoldState state) {
        return bytes(out -> {
            out.writeShort(VERSION);
            text(out, state.position().asText());
            out.writeLong(state.rows());
            out.writeLong(state.digest().high());
            out.writeLong(state.digest().low());
            Witness witness = state.witness();
            out.writeByte(witness == null ? 0 : 1);
            if (witness != null) {
                text(out, witness.stream().value());
                out.writeLong(witness.sequenceNr());
                text(out, witness.position().asText());
                out.writeInt(witness.checksum());
            }
        });
    }

    static FoldState state(byte[] bytes) {
        return read("the state", bytes, in -> {
            Position position = Position.parse(text(in));
            long rows = in.readLong();
            Digest digest = new Digest(in.readLong(), in.readLong());
            Witness witness = in.readByte() == 0
                    ? null
                    : new Witness(new StreamId(text(in)), in.readLong(), Position.parse(text(in)), in.readInt());
            return new FoldState(position, rows, digest, witness);
        });
    }

    static byte[] orders(long last) {
        return bytes(out -> {
            out.writeShort(VERSION);
            out.writeLong(last);
        });
    }

    static long orders(byte[] bytes) {
        return read("the number of orders", bytes, DataInputStream::readLong);
    }

    static byte[] latestKey(byte[] key) {
        byte[] named = Arrays.copyOf(LATEST, LATEST.length + key.length);
        System.arraycopy(key, 0, named, LATEST.length, key.length);
        return named;
    }

    static byte[] latest(Instant time) {
        return bytes(out -> {
            out.writeShort(VERSION);
            out.writeLong(time.getEpochSecond());
            out.writeInt(time.getNano());
        });
    }

    static Instant latest(byte[] bytes) {
        return read("a latest time", bytes, in -> Instant.ofEpochSecond(in.readLong(), in.readInt()));
    }

    static byte[] indexEntry(int index, byte[] value, byte[] key) {
        byte[] entry = new byte[INDEX_BYTES + value.length + key.length];
        entry[0] = (byte) (index >>> Byte.SIZE);
        entry[1] = (byte) index;
        System.arraycopy(value, 0, entry, INDEX_BYTES, value.length);
        System.arraycopy(key, 0, entry, INDEX_BYTES + value.length, key.length);
        return entry;
    }

    /** What stands in an entry behind the number of the index. */
    static byte[] behindIndex(byte[] entry) {
        return Arrays.copyOfRange(entry, INDEX_BYTES, entry.length);
    }

    static byte[] parkedKey(StreamId stream) {
        byte[] text = stream.value().getBytes(StandardCharsets.UTF_8);
        byte[] key = new byte[1 + text.length];
        key[0] = PARKED;
        System.arraycopy(text, 0, key, 1, text.length);
        return key;
    }

    static byte[] parked(Parked parked) {
        return bytes(out -> {
            out.writeShort(VERSION);
            out.writeLong(parked.firstSequenceNr());
            out.writeLong(parked.since().toEpochMilli());
            text(out, parked.reason());
        });
    }

    static Parked parked(byte[] key, byte[] value) {
        StreamId stream = new StreamId(new String(key, 1, key.length - 1, StandardCharsets.UTF_8));
        return read("a parked stream", value, in -> new Parked(stream, in.readLong(),
                Instant.ofEpochMilli(in.readLong()), text(in)));
    }

    static byte[] skippedKey(Skip skip) {
        return bytes(out -> {
            out.writeByte(SKIPPED);
            out.write(skip.stream().value().getBytes(StandardCharsets.UTF_8));
            out.writeByte(0);
            out.writeLong(skip.sequenceNr());
        });
    }

    static @Nullable Skip skipped(byte[] key) {
        int end = key.length - Long.BYTES - 1;
        if (key.length == 0 || key[0] != SKIPPED || end < 2) {
            return null;
        }
        long number = 0;
        for (int i = end + 1; i < key.length; i++) {
            number = number << Byte.SIZE | (key[i] & 0xFF);
        }
        return new Skip(new StreamId(new String(key, 1, end - 1, StandardCharsets.UTF_8)), number);
    }
}

package dev.allframe.runtime.saga;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the values that {@link RowWriter} has written. For one thread. */
class RowReader {

    /** Reads a value. */
    interface Part<V> {
        V read() throws IOException;
    }

    private final DataInputStream in;

    RowReader(DataInputStream in) {
        this.in = in;
    }

    final int number() throws IOException {
        int value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            int group = in.readUnsignedByte();
            value |= (group & 0x7f) << shift;
            if ((group & 0x80) == 0) {
                return value;
            }
        }
        throw new IOException("a number is too long");
    }

    final boolean flag() throws IOException {
        return in.readBoolean();
    }

    final String text() throws IOException {
        int length = number();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("a text is cut off");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    final Instant moment() throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    final Duration duration() throws IOException {
        return Duration.ofSeconds(in.readLong(), in.readInt());
    }

    final <V> @Nullable V optional(Part<V> part) throws IOException {
        return flag() ? part.read() : null;
    }

    final <V> List<V> list(Part<V> part) throws IOException {
        List<V> values = new ArrayList<>();
        for (int left = number(); left > 0; left--) {
            values.add(part.read());
        }
        return values;
    }

    final Map<String, String> texts() throws IOException {
        Map<String, String> values = new HashMap<>();
        for (int left = number(); left > 0; left--) {
            values.put(text(), text());
        }
        return values;
    }

    /** Nothing is left. */
    final void end() throws IOException {
        if (in.read() >= 0) {
            throw new IOException("something stands behind its end");
        }
    }
}

package dev.allframe.runtime.saga;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes values as bytes that {@link RowReader} reads; equal values have equal bytes. For one thread. */
class RowWriter {

    /** Writes a value. */
    interface Part<V> {
        void write(V value) throws IOException;
    }

    private final DataOutputStream out;

    RowWriter(DataOutputStream out) {
        this.out = out;
    }

    /** A number in as many groups of seven bits as it has, the lowest first. */
    final void number(int value) throws IOException {
        int left = value;
        while ((left & ~0x7f) != 0) {
            out.write((left & 0x7f) | 0x80);
            left >>>= 7;
        }
        out.write(left);
    }

    final void flag(boolean value) throws IOException {
        out.write(value ? 1 : 0);
    }

    final void text(String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        out.write(bytes);
    }

    final void moment(Instant value) throws IOException {
        out.writeLong(value.getEpochSecond());
        out.writeInt(value.getNano());
    }

    final void duration(Duration value) throws IOException {
        out.writeLong(value.getSeconds());
        out.writeInt(value.getNano());
    }

    final <V> void optional(@Nullable V value, Part<V> part) throws IOException {
        flag(value != null);
        if (value != null) {
            part.write(value);
        }
    }

    final <V> void list(List<V> values, Part<V> part) throws IOException {
        number(values.size());
        for (V value : values) {
            part.write(value);
        }
    }

    final void texts(Map<String, String> values) throws IOException {
        number(values.size());
        for (Map.Entry<String, String> entry : new TreeMap<>(values).entrySet()) {
            text(entry.getKey());
            text(entry.getValue());
        }
    }
}

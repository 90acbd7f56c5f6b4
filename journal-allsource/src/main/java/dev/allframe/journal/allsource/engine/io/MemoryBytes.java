package dev.allframe.journal.allsource.engine.io;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file's bytes in chunks, so that growing copies nothing but references. A chunk that was only ever filled with zeros
 * takes no room.
 *
 * <p>Writers exclude each other; readers take no lock and see every write that ended before they began.
 */
final class MemoryBytes {

    private static final int CHUNK_BYTES = 1 << 16;
    private static final ByteBuffer ZEROS = ByteBuffer.allocate(CHUNK_BYTES).asReadOnlyBuffer();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Contents(byte[] @Nullable [] chunks, long length) {}

    private volatile Contents contents = new Contents(new byte[4][], 0);

    long length() {
        return contents.length;
    }

    synchronized void write(ByteBuffer from, long offset) {
        long end = offset + from.remaining();
        byte[] @Nullable [] chunks = room(contents.chunks, end);
        for (long at = offset; from.hasRemaining();) {
            int index = (int) (at / CHUNK_BYTES);
            int within = (int) (at % CHUNK_BYTES);
            int count = Math.min(from.remaining(), CHUNK_BYTES - within);
            byte[] chunk = chunks[index];
            if (chunk == null && !zeros(from, count)) {
                chunk = new byte[CHUNK_BYTES];
                chunks[index] = chunk;
            }
            if (chunk == null) {
                from.position(from.position() + count);
            } else {
                from.get(chunk, within, count);
            }
            at += count;
        }
        contents = new Contents(chunks, Math.max(contents.length, end));
    }

    private static byte[] @Nullable [] room(byte[] @Nullable [] chunks, long end) {
        int needed = Math.toIntExact((end + CHUNK_BYTES - 1) / CHUNK_BYTES);
        return needed <= chunks.length ? chunks : Arrays.copyOf(chunks, Math.max(needed, chunks.length * 2));
    }

    private static boolean zeros(ByteBuffer from, int count) {
        return from.slice(from.position(), count).mismatch(ZEROS.slice(0, count)) < 0;
    }

    int read(ByteBuffer into, long offset) {
        Contents now = contents;
        int total = (int) Math.max(0, Math.min(into.remaining(), now.length - offset));
        int left = total;
        for (long at = offset; left > 0;) {
            int within = (int) (at % CHUNK_BYTES);
            int count = Math.min(left, CHUNK_BYTES - within);
            byte[] chunk = now.chunks[(int) (at / CHUNK_BYTES)];
            if (chunk == null) {
                into.put(ZEROS.slice(0, count));
            } else {
                into.put(chunk, within, count);
            }
            at += count;
            left -= count;
        }
        return total;
    }

    synchronized void truncate(long length) {
        if (length >= contents.length) {
            return;
        }
        byte[] @Nullable [] kept = Arrays.copyOf(contents.chunks, contents.chunks.length);
        int index = (int) (length / CHUNK_BYTES);
        byte[] last = kept[index];
        if (last != null) {
            byte[] cut = new byte[CHUNK_BYTES];
            System.arraycopy(last, 0, cut, 0, (int) (length % CHUNK_BYTES));
            kept[index] = cut;
        }
        Arrays.fill(kept, index + 1, kept.length, null);
        contents = new Contents(kept, length);
    }
}

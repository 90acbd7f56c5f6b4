package dev.allframe.journal.allsource.engine.io;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a simulated file. A page never changes once it is in here, so copies share them; null is a page of zeros.
 * Not thread-safe.
 */
final class Pages {

    static final int BYTES = 4096;
    private static final byte[] ZEROS = new byte[BYTES];

    private byte[] @Nullable [] pages;
    private long length;

    Pages() {
        this(new byte[4][], 0);
    }

    private Pages(byte[] @Nullable [] pages, long length) {
        this.pages = pages;
        this.length = length;
    }

    Pages copy() {
        return new Pages(pages.clone(), length);
    }

    long length() {
        return length;
    }

    /** Writes bytes, or zeros where the array is too short. */
    void write(long offset, byte[] from, int fromOffset, int count) {
        int done = 0;
        while (done < count) {
            long at = offset + done;
            int within = (int) (at % BYTES);
            int part = Math.min(count - done, BYTES - within);
            writeInPage((int) (at / BYTES), within, from, fromOffset + done, part);
            done += part;
        }
        length = Math.max(length, offset + count);
    }

    private void writeInPage(int index, int within, byte[] from, int fromOffset, int count) {
        if (index >= pages.length) {
            pages = Arrays.copyOf(pages, Math.max(index + 1, pages.length * 2));
        }
        byte[] old = pages[index];
        int given = Math.max(0, Math.min(count, from.length - fromOffset));
        if (given == 0 && (old == null || count == BYTES)) {
            pages[index] = null;
            return;
        }
        byte[] page = old == null ? new byte[BYTES] : old.clone();
        System.arraycopy(from, Math.min(fromOffset, from.length), page, within, given);
        Arrays.fill(page, within + given, within + count, (byte) 0);
        pages[index] = page;
    }

    void truncate(long to) {
        if (to >= length) {
            return;
        }
        int whole = (int) ((to + BYTES - 1) / BYTES);
        if (whole < pages.length) {
            Arrays.fill(pages, whole, pages.length, null);
        }
        int rest = (int) (to % BYTES);
        if (rest > 0) {
            writeInPage((int) (to / BYTES), rest, ZEROS, BYTES, BYTES - rest);
        }
        length = to;
    }

    int read(ByteBuffer into, long offset) {
        int total = (int) Math.max(0, Math.min(into.remaining(), length - offset));
        int done = 0;
        while (done < total) {
            long at = offset + done;
            int within = (int) (at % BYTES);
            int part = Math.min(total - done, BYTES - within);
            int index = (int) (at / BYTES);
            byte[] page = index < pages.length ? pages[index] : null;
            into.put(page == null ? ZEROS : page, within, part);
            done += part;
        }
        return total;
    }
}

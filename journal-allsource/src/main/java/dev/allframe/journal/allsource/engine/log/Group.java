package dev.allframe.journal.allsource.engine.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Entries that become durable together, with their bytes. An entry that cannot be encoded is refused before it is a
 * part of the group. Not thread-safe; used again after {@link #clear()}.
 */
public final class Group {

    private static final int SMALL_BYTES = 1 << 13;
    private static final int LARGE_BYTES = 4 << 20;

    private final int maxEntryBytes;
    private final List<LogEntry> entries = new ArrayList<>();
    private ByteWriter bytes = new ByteWriter(SMALL_BYTES);
    private int[] ends = new int[16];

    /** Takes entries of at most so many bytes. */
    public Group(int maxEntryBytes) {
        this.maxEntryBytes = maxEntryBytes;
    }

    /**
     * Adds an entry behind the others.
     *
     * @throws EntryTooLongException if it has too many bytes; the group is as before
     * @throws IllegalArgumentException if it has a text that UTF-8 cannot hold; the group is as before
     */
    public void add(LogEntry entry) {
        int start = bytes.size();
        int before = entries.size();
        try {
            EntryCodec.write(bytes, entry);
            int length = bytes.size() - start;
            if (length > maxEntryBytes) {
                throw new EntryTooLongException(length, maxEntryBytes);
            }
            if (before == ends.length) {
                ends = Arrays.copyOf(ends, 2 * before);
            }
            ends[before] = bytes.size();
            entries.add(entry);
        } finally {
            if (entries.size() == before) { // whatever was thrown, also for want of memory
                bytes.cut(start);
            }
        }
    }

    /** How many entries it has. */
    public int size() {
        return entries.size();
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** An entry, from 0 on. */
    public LogEntry entry(int number) {
        return entries.get(number);
    }

    /** The bytes of all entries, one behind the other. */
    public int bytes() {
        return bytes.size();
    }

    /** The bytes of an entry. */
    public int bytes(int number) {
        return ends[number] - start(number);
    }

    /** Writes the bytes of an entry behind others. */
    public void write(int number, ByteWriter out) {
        out.bytes(bytes.array(), start(number), bytes(number));
    }

    private int start(int number) {
        return number == 0 ? 0 : ends[number - 1];
    }

    /** Forgets all entries. */
    public void clear() {
        entries.clear();
        if (bytes.array().length > LARGE_BYTES) {
            bytes = new ByteWriter(SMALL_BYTES);
        }
        bytes.clear();
    }
}

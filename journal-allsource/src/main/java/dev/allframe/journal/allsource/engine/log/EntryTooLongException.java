package dev.allframe.journal.allsource.engine.log;

/** An entry is longer than the log takes. Nothing of it was written, and the log goes on. */
public final class EntryTooLongException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final long bytes;
    private final long limitBytes;

    public EntryTooLongException(long bytes, long limitBytes) {
        super("a record of " + bytes + " bytes is longer than the " + limitBytes + " allowed");
        this.bytes = bytes;
        this.limitBytes = limitBytes;
    }

    /** The length of the entry's record in bytes. */
    public long bytes() {
        return bytes;
    }

    /** The longest record that the log takes, in bytes. */
    public long limitBytes() {
        return limitBytes;
    }
}

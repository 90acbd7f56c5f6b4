package dev.allframe.store;

/**
 * The records of one append are together more than the backend takes at once, though each of them may be small enough.
 * Make several appends of them. Never succeeds when it is repeated.
 */
public final class AppendTooLargeException extends EventStoreException {

    private final long bytes;
    private final long limitBytes;

    public AppendTooLargeException(StreamId stream, int records, long bytes, long limitBytes) {
        super("stream=" + stream + " records=" + records + " appendBytes=" + bytes + " limitBytes=" + limitBytes);
        this.bytes = bytes;
        this.limitBytes = limitBytes;
    }

    /** The size of the append in bytes, at least. */
    public long bytes() {
        return bytes;
    }

    /** The most that the backend takes at once, in bytes. */
    public long limitBytes() {
        return limitBytes;
    }
}

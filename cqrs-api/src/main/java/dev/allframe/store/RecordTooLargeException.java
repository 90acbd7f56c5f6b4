package dev.allframe.store;

/** A record exceeds the limit of the backend. Make it smaller, or raise the limit. */
public final class RecordTooLargeException extends EventStoreException {

    private final long bytes;
    private final long limitBytes;

    public RecordTooLargeException(StreamId stream, long bytes, long limitBytes) {
        super("stream=" + stream + " recordBytes=" + bytes + " limitBytes=" + limitBytes);
        this.bytes = bytes;
        this.limitBytes = limitBytes;
    }

    /** The size of the record in bytes, as {@link Append#largestRecordBytes} counts it. */
    public long bytes() {
        return bytes;
    }

    /** The most that the backend takes, in bytes. */
    public long limitBytes() {
        return limitBytes;
    }
}

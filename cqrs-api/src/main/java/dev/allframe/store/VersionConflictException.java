package dev.allframe.store;

/** The stream is not as the writer expected: another writer was there. Reload, decide again. */
public final class VersionConflictException extends EventStoreException {

    private final transient StreamId stream;
    private final transient ExpectedVersion expected;
    private final long actual;

    public VersionConflictException(StreamId stream, ExpectedVersion expected, long actual) {
        super("stream=" + stream + " expected=" + expected + " actual=" + actual);
        this.stream = stream;
        this.expected = expected;
        this.actual = actual;
    }

    /** The stream or durable state. */
    public StreamId stream() {
        return stream;
    }

    /** What the writer expected. */
    public ExpectedVersion expected() {
        return expected;
    }

    /** The version that it has. */
    public long actual() {
        return actual;
    }
}

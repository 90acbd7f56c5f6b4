package dev.allframe.journal.allsource.engine.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file. Reads may run beside each other and beside a write, from any thread; one thread writes. An interrupt of
 * a thread that uses a file ends no operation, and stays set.
 */
public interface DiskFile extends Closeable {

    /**
     * Writes all remaining bytes at an offset, growing the file where it ends before. Not durable before
     * {@link #force()}.
     */
    void write(ByteBuffer bytes, long offset) throws IOException;

    /**
     * Reads until the buffer is full or the file ends.
     *
     * @return how many bytes were read, 0 or more
     */
    int read(ByteBuffer into, long offset) throws IOException;

    /**
     * Makes contents and length durable. After a failure the state of the file is unknown, and no later success says
     * anything about it.
     */
    void force() throws IOException;

    /** Cuts the file to a length. */
    void truncate(long length) throws IOException;

    /** Its length in bytes. */
    long length() throws IOException;
}

package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** A file written from its beginning to its end, through a buffer, and its digest. Not thread-safe. */
final class SequentialFile implements Closeable {

    /** Large enough that a write's fixed cost does not count. */
    private static final int BUFFER_BYTES = 256 << 10;

    private final DiskFile file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final CRC32C crc = new CRC32C();
    private final List<Integer> sums = new ArrayList<>();
    private long flushed;
    private int inChunk;

    SequentialFile(DiskFile file) {
        this.file = file;
    }

    /** Bytes written. */
    long position() {
        return flushed + buffer.position();
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        digest(bytes, offset, length);
        int done = 0;
        while (done < length) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int part = Math.min(length - done, buffer.remaining());
            buffer.put(bytes, offset + done, part);
            done += part;
        }
    }

    private void digest(byte[] bytes, int offset, int length) {
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, Digest.CHUNK_BYTES - inChunk);
            crc.update(bytes, offset + done, part);
            done += part;
            inChunk += part;
            if (inChunk == Digest.CHUNK_BYTES) {
                endChunk();
            }
        }
    }

    private void endChunk() {
        sums.add((int) crc.getValue());
        crc.reset();
        inChunk = 0;
    }

    private void flush() throws IOException {
        int length = buffer.position();
        file.write(buffer.flip(), flushed);
        flushed += length;
        buffer.clear();
    }

    /** Writes and forces what is left. Nothing can be written afterwards. */
    Digest finish() throws IOException {
        if (inChunk > 0) {
            endChunk();
        }
        flush();
        file.force();
        return new Digest(flushed, sums);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

package dev.allframe.journal.allsource.engine.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Does what another file does; a subclass says what is different. */
public abstract class ForwardingFile implements DiskFile {

    protected final DiskFile file;

    protected ForwardingFile(DiskFile file) {
        this.file = file;
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
        file.write(bytes, offset);
    }

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
        return file.read(into, offset);
    }

    @Override
    public void force() throws IOException {
        file.force();
    }

    @Override
    public void truncate(long length) throws IOException {
        file.truncate(length);
    }

    @Override
    public long length() throws IOException {
        return file.length();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

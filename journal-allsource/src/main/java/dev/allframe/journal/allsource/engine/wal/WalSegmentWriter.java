package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The segment that is being written.
 *
 * <h2>Invariants</h2> S1 a file with a segment's name has a forced header and its full length: both are there before it
 * gets the name.
 * <h2>Threads</h2> The log's thread alone.
 */
final class WalSegmentWriter implements Closeable {

    private final DiskFile file;
    private final Path path;
    private final WalFormat.Header header;
    private final WalFormat.Checksum checksum;
    private int written = WalFormat.HEADER_BYTES;

    private WalSegmentWriter(DiskFile file, Path path, WalFormat.Header header) {
        this.file = file;
        this.path = path;
        this.header = header;
        this.checksum = new WalFormat.Checksum(header.storeId(), header.firstLsn());
    }

    /**
     * Writes the header into a prepared file and gives it its name. Until {@link Disk#forceDirectory} returns, a power
     * loss may undo that.
     */
    static WalSegmentWriter begin(Disk disk, Path directory, SegmentSupply.Prepared prepared, WalFormat.Header header)
            throws IOException {
        Path path = directory.resolve(WalFormat.name(header.firstLsn()));
        prepared.file().write(ByteBuffer.wrap(header.toBytes()), 0);
        prepared.file().force();
        disk.rename(prepared.path(), path);
        return new WalSegmentWriter(prepared.file(), path, header);
    }

    Path path() {
        return path;
    }

    long firstLsn() {
        return header.firstLsn();
    }

    WalFormat.Checksum checksum() {
        return checksum;
    }

    /** Bytes written, the header's among them. */
    int written() {
        return written;
    }

    /**
     * Whether records find room behind those that wait to be written, and a mark behind them; with 0 bytes, whether the
     * mark does.
     */
    boolean hasRoom(int waitingBytes, int bytes) {
        return (long) written + waitingBytes + bytes + WalFormat.MARK_BYTES <= header.fileBytes();
    }

    /** The length of a file that has room for one record and a mark. */
    static int bytesFor(int recordBytes) {
        return WalFormat.HEADER_BYTES + recordBytes + WalFormat.MARK_BYTES;
    }

    /** Writes records, with one write where they fit into the buffer. */
    void write(ByteWriter records, ByteBuffer through) throws IOException {
        for (int at = 0; at < records.size();) {
            int count = Math.min(records.size() - at, through.capacity());
            through.clear().put(records.array(), at, count).flip();
            file.write(through, written);
            written += count;
            at += count;
        }
    }

    void force() throws IOException {
        file.force();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

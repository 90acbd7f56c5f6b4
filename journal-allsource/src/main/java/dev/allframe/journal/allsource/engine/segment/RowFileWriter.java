package dev.allframe.journal.allsource.engine.segment;

import com.github.luben.zstd.ZstdCompressCtx;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes one row file. The caller gives the rows in {@link RowOrder}; {@link RowSummary} checks that. Not thread-safe.
 */
final class RowFileWriter implements Closeable {

    /**
     * Bytes of rows in a block, about. Measured with 100-byte events: 8 KiB makes the file a twentieth larger, 32 KiB
     * makes a read of a hundred events half again as long and saves a thirtieth.
     */
    static final int BLOCK_BYTES = 16 << 10;

    /** Level 3 saves a hundredth: a block is too short for it. */
    static final int ZSTD_LEVEL = 1;

    private final SequentialFile file;
    private final long segmentId;
    private final int blockBytes;
    private final ZstdCompressCtx zstd;
    private final ByteWriter block;
    private final ByteWriter head = new ByteWriter(256);
    private final ByteWriter body = new ByteWriter(1024);
    private final List<RowFileFormat.Block> blocks = new ArrayList<>();
    private byte[] frame;
    private @Nullable StreamId lastInBlock;
    private int blockFirstRow;
    private int rows;

    RowFileWriter(DiskFile file, UUID storeId, long segmentId) throws IOException {
        this(file, storeId, segmentId, BLOCK_BYTES, ZSTD_LEVEL);
    }

    RowFileWriter(DiskFile file, UUID storeId, long segmentId, int blockBytes, int zstdLevel) throws IOException {
        this.file = new SequentialFile(file);
        this.segmentId = segmentId;
        this.blockBytes = blockBytes;
        block = new ByteWriter(blockBytes + 1024);
        frame = new byte[ZstdFrames.bound(blockBytes + 1024)];
        byte[] header = RowFileFormat.header(storeId, segmentId);
        this.file.write(header, 0, header.length);
        zstd = ZstdFrames.compressor(zstdLevel);
    }

    void add(StoredEvent row) throws IOException {
        body.clear();
        RowCodec.write(body, row);
        if (block.size() > 0 && block.size() + body.size() > blockBytes) {
            endBlock();
        }
        head.clear();
        if (row.stream().equals(lastInBlock)) {
            head.u8(0);
        } else {
            head.u8(1);
            head.text(row.stream().value());
            lastInBlock = row.stream();
        }
        block.varint(head.size() + body.size());
        block.bytes(head.array(), 0, head.size());
        block.bytes(body.array(), 0, body.size());
        rows++;
    }

    private void endBlock() throws IOException {
        int rawLength = block.size();
        if (frame.length < ZstdFrames.bound(rawLength)) {
            frame = new byte[ZstdFrames.bound(rawLength)];
        }
        int stored = zstd.compressByteArray(frame, 0, frame.length, block.array(), 0, rawLength);
        blocks.add(new RowFileFormat.Block(file.position(), stored, rawLength, blockFirstRow));
        byte[] header = RowFileFormat.blockHeader(segmentId, blockFirstRow, rawLength, frame, stored);
        file.write(header, 0, header.length);
        file.write(frame, 0, stored);
        block.clear();
        lastInBlock = null;
        blockFirstRow = rows;
    }

    /** Ends the file and forces it. */
    Digest finish(RowBounds bounds) throws IOException {
        if (block.size() > 0) {
            endBlock();
        }
        byte[] end = RowFileFormat.end(
                new RowFileFormat.Footer(blocks.toArray(new RowFileFormat.Block[0]), bounds), file.position());
        file.write(end, 0, end.length);
        return file.finish();
    }

    @Override
    public void close() throws IOException {
        zstd.close();
        file.close();
    }
}

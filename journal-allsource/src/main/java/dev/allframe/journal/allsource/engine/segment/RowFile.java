package dev.allframe.journal.allsource.engine.segment;

import com.github.luben.zstd.ZstdException;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.MalformedBytesException;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventFilter;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.spi.PageBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An open row file. Keeps its footer in memory, 40 bytes for each block, and no rows; {@link RowBlocks} keeps those of
 * blocks from which a page was read.
 * <h2>Threads</h2> Any; the file must not be closed while somebody reads.
 */
public final class RowFile implements SealedRows {

    /** Blocks that are read at once, at most: some hundred events at a time. */
    private static final int BLOCKS_AT_ONCE = 4;

    /** Blocks of large rows are read one by one, so that a step takes no more memory than this, or one row. */
    private static final int BYTES_AT_ONCE = 1 << 20;

    private final DiskFile file;
    private final Path name;
    private final String storeId;
    private final long segmentId;
    private final RowFileFormat.Footer footer;
    private final @Nullable RowBlocks kept;

    private RowFile(DiskFile file, Path name, UUID storeId, long segmentId, RowFileFormat.Footer footer,
            @Nullable RowBlocks kept) {
        this.file = file;
        this.name = name;
        this.storeId = storeId.toString();
        this.segmentId = segmentId;
        this.footer = footer;
        this.kept = kept;
    }

    /**
     * Opens a file and checks header and footer.
     *
     * @throws CorruptStoreException if they are not whole, or are of another segment or store
     * @throws dev.allframe.store.UnsupportedFormatException if a newer version wrote it
     */
    public static RowFile open(Disk disk, Path name, UUID storeId, long segmentId) throws IOException {
        return open(disk, name, storeId, segmentId, null);
    }

    /**
     * As {@link #open(Disk, Path, UUID, long)}.
     *
     * @param kept takes the blocks from which pages are read; null where none are to be kept
     */
    static RowFile open(Disk disk, Path name, UUID storeId, long segmentId, @Nullable RowBlocks kept)
            throws IOException {
        DiskFile file = disk.openReadOnly(name);
        try {
            return new RowFile(file, name, storeId, segmentId, footer(file, name, storeId, segmentId), kept);
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    /**
     * Opens a file whose footer is damaged, with the blocks from the first one on up to the first that is not whole.
     * Each says by its checksum that it stands at its place. Of the rows' bounds only their number is known.
     *
     * @throws CorruptStoreException if not even header and first block are whole, or the file is of another segment or
     *         store
     */
    static RowFile openByBlocks(Disk disk, Path name, UUID storeId, long segmentId) throws IOException {
        DiskFile file = disk.openReadOnly(name);
        try {
            RowFileFormat.checkHeader(bytes(file, name, 0, RowFileFormat.HEADER_BYTES), storeId, segmentId, name);
            return new RowFile(file, name, storeId, segmentId, footerOfBlocks(file, name, segmentId), null);
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    private static RowFileFormat.Footer footerOfBlocks(DiskFile file, Path name, long segmentId) throws IOException {
        List<RowFileFormat.Block> blocks = new ArrayList<>();
        int rows = 0;
        long offset = RowFileFormat.HEADER_BYTES;
        for (int found = 1; found > 0; rows += found) {
            found = 0;
            RowFileFormat.Block block = blockAt(file, name, offset, rows);
            if (block != null) {
                found = rowsOf(block, file, name, segmentId);
                offset = block.end();
            }
            if (block != null && found > 0) {
                blocks.add(block);
            }
        }
        if (blocks.isEmpty()) {
            throw CorruptStoreException.at(name, RowFileFormat.HEADER_BYTES, "there is no whole block");
        }
        return new RowFileFormat.Footer(blocks.toArray(RowFileFormat.Block[]::new), new RowBounds(rows, 0, 0, 0, 0));
    }

    /** What may be a block; null where there is no room for it. */
    private static RowFileFormat.@Nullable Block blockAt(DiskFile file, Path name, long offset, int firstRow)
            throws IOException {
        long room = file.length() - offset - RowFileFormat.BLOCK_HEADER_BYTES;
        if (room < 1) {
            return null;
        }
        ByteReader in = new ByteReader(bytes(file, name, offset, RowFileFormat.BLOCK_HEADER_BYTES));
        int rawLength = in.u32();
        int storedLength = in.u32();
        boolean possible = rawLength > 0 && storedLength > 0 && storedLength <= room;
        return possible ? new RowFileFormat.Block(offset, storedLength, rawLength, firstRow) : null;
    }

    /** How many rows a block holds; 0 where it is not whole. */
    private static int rowsOf(RowFileFormat.Block block, DiskFile file, Path name, long segmentId) throws IOException {
        byte[] stored = bytes(file, name, block.offset(), Math.toIntExact(block.end() - block.offset()));
        int rows = 0;
        try {
            RowFileFormat.checkBlock(segmentId, block, stored, 0, name);
            byte[] raw = new byte[block.rawLength()];
            ZstdFrames.decompress(raw, 0, raw.length, stored, RowFileFormat.BLOCK_HEADER_BYTES, block.storedLength());
            ByteReader in = new ByteReader(raw);
            while (in.remaining() > 0) {
                in.skip(in.count());
                rows++;
            }
            return rows;
        } catch (CorruptStoreException | ZstdException | MalformedBytesException notWhole) {
            return 0;
        }
    }

    private static RowFileFormat.Footer footer(DiskFile file, Path name, UUID storeId, long segmentId)
            throws IOException {
        long length = file.length();
        if (length < RowFileFormat.HEADER_BYTES + RowFileFormat.TRAILER_BYTES) {
            throw CorruptStoreException.at(name, length, "is too short for a row file");
        }
        RowFileFormat.checkHeader(bytes(file, name, 0, RowFileFormat.HEADER_BYTES), storeId, segmentId, name);
        byte[] trailer = bytes(file, name, length - RowFileFormat.TRAILER_BYTES, RowFileFormat.TRAILER_BYTES);
        int endLength = RowFileFormat.footerLength(trailer, length, name) + RowFileFormat.TRAILER_BYTES;
        return RowFileFormat.footer(bytes(file, name, length - endLength, endLength), length - endLength, name);
    }

    private static byte[] bytes(DiskFile file, Path name, long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        int count = file.read(ByteBuffer.wrap(bytes), offset);
        if (count != length) {
            throw CorruptStoreException.at(name, offset + count, "ends here, " + (length - count) + " bytes too early");
        }
        return bytes;
    }

    @Override
    public long segmentId() {
        return segmentId;
    }

    @Override
    public int rowCount() {
        return footer.bounds().rows();
    }

    RowBounds bounds() {
        return footer.bounds();
    }

    String storeId() {
        return storeId;
    }

    @Override
    public List<StoredEvent> read(int firstRow, int count) throws IOException {
        Objects.checkFromIndexSize(firstRow, count, rowCount());
        List<StoredEvent> rows = new ArrayList<>(count);
        if (count > 0) {
            int end = footer.blockOf(firstRow + count - 1) + 1;
            for (int block = footer.blockOf(firstRow); block < end;) {
                for (EncodedRows loaded : load(block, endOfStep(block, end))) {
                    int until = Math.min(firstRow + count, footer.firstRow(block + 1));
                    for (int row = Math.max(firstRow, footer.firstRow(block)); row < until; row++) {
                        rows.add(decode(block, loaded, row));
                    }
                    block++;
                }
            }
        }
        return rows;
    }

    @Override
    public List<StoredEvent> readPage(int firstRow, int count) throws IOException {
        Objects.checkFromIndexSize(firstRow, count, rowCount());
        PageBuilder<StoredEvent> page = PageBuilder.ofEvents(count);
        int end = footer.blockOf(firstRow + count - 1) + 1;
        for (int block = footer.blockOf(firstRow); block < end && !page.isFull();) {
            EncodedRows there = kept == null ? null : kept.find(segmentId, block);
            List<EncodedRows> step = there == null ? load(block, endOfStep(block, end)) : List.of(there);
            for (EncodedRows rows : step) {
                if (there == null && kept != null) {
                    boolean wanted = firstRow <= footer.firstRow(block)
                            && footer.firstRow(block + 1) <= firstRow + count;
                    kept.keep(segmentId, block, rows, wanted);
                }
                int until = Math.min(firstRow + count, footer.firstRow(block + 1));
                for (int row = Math.max(firstRow, footer.firstRow(block)); row < until && !page.isFull(); row++) {
                    page.add(decode(block, rows, row));
                }
                block++;
            }
        }
        return page.elements();
    }

    /** The end of the blocks that are read at once from one on. */
    private int endOfStep(int first, int end) {
        int last = Math.min(end, first + BLOCKS_AT_ONCE);
        long bytes = footer.blocks()[first].rawLength();
        int block = first + 1;
        while (block < last && (bytes += footer.blocks()[block].rawLength()) <= BYTES_AT_ONCE) {
            block++;
        }
        return block;
    }

    /** Neighbouring blocks, read at once. */
    private List<EncodedRows> load(int firstBlock, int endBlock) throws IOException {
        byte[] stored = stored(firstBlock, endBlock);
        List<EncodedRows> loaded = new ArrayList<>(endBlock - firstBlock);
        int offset = 0;
        for (int i = firstBlock; i < endBlock; i++) {
            RowFileFormat.Block block = footer.blocks()[i];
            byte[] raw = new byte[block.rawLength()];
            unpack(block, stored, offset, raw, 0);
            offset += RowFileFormat.BLOCK_HEADER_BYTES + block.storedLength();
            try {
                loaded.add(EncodedRows.ofBlocks(raw, footer.firstRow(i + 1) - footer.firstRow(i)));
            } catch (MalformedBytesException | IllegalArgumentException malformed) {
                throw noRows(i, malformed);
            }
        }
        return loaded;
    }

    private StoredEvent decode(int block, EncodedRows rows, int row) {
        try {
            return rows.row(row - footer.firstRow(block), storeId);
        } catch (MalformedBytesException | IllegalArgumentException malformed) {
            throw noRows(block, malformed);
        }
    }

    private CorruptStoreException noRows(int block, RuntimeException malformed) {
        return new CorruptStoreException(
                "file=" + name + " offset=" + footer.blocks()[block].offset() + ": a block holds no rows", malformed);
    }

    /** The bytes of neighbouring blocks, in one read. */
    private byte[] stored(int firstBlock, int endBlock) throws IOException {
        long from = footer.blocks()[firstBlock].offset();
        return bytes(file, name, from, Math.toIntExact(footer.blocks()[endBlock - 1].end() - from));
    }

    private void unpack(RowFileFormat.Block block, byte[] stored, int offset, byte[] raw, int rawOffset) {
        RowFileFormat.checkBlock(segmentId, block, stored, offset, name);
        try {
            ZstdFrames.decompress(raw, rawOffset, block.rawLength(), stored,
                    offset + RowFileFormat.BLOCK_HEADER_BYTES, block.storedLength());
        } catch (ZstdException broken) {
            throw new CorruptStoreException("file=" + name + " offset=" + block.offset() + ": not a zstd frame",
                    broken);
        }
    }

    /**
     * Neighbouring blocks.
     *
     * @param from the first one's number
     * @param until the number behind the last one's
     */
    record Blocks(int from, int until) {}

    /** All of the file's. */
    Blocks blocks() {
        return new Blocks(0, footer.blocks().length);
    }

    /** Those in which the rows of some slices stand; looks at a few blocks to find them. */
    Blocks blocksOf(EventFilter.BySlices slices) throws IOException {
        int until = blocksThatBeginBefore(slices.last() + 1);
        int from = blocksThatBeginBefore(slices.first());
        return new Blocks(Math.min(until, Math.max(0, from - 1)), until);
    }

    private int blocksThatBeginBefore(int slice) throws IOException {
        int low = 0;
        int high = footer.blocks().length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (read(footer.firstRow(middle), 1).getFirst().stream().slice() < slice) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** How many rows blocks hold. */
    int rowsOf(Blocks blocks) {
        return footer.firstRow(blocks.until) - footer.firstRow(blocks.from);
    }

    /** Blocks decompressed, one behind the other. */
    byte[] rawBytes(Blocks blocks) throws IOException {
        long total = 0;
        for (int i = blocks.from; i < blocks.until; i++) {
            total += footer.blocks()[i].rawLength();
        }
        byte[] raw = new byte[Math.toIntExact(total)];
        int rawOffset = 0;
        int atOnce = 16 * BLOCKS_AT_ONCE;
        for (int first = blocks.from; first < blocks.until; first += atOnce) {
            int end = Math.min(first + atOnce, blocks.until);
            byte[] stored = stored(first, end);
            int offset = 0;
            for (int i = first; i < end; i++) {
                RowFileFormat.Block block = footer.blocks()[i];
                unpack(block, stored, offset, raw, rawOffset);
                offset += RowFileFormat.BLOCK_HEADER_BYTES + block.storedLength();
                rawOffset += block.rawLength();
            }
        }
        return raw;
    }

    @Override
    public Iterator<StoredEvent> rows() {
        return new Steps(rowCount()) {
            @Override
            int rowsOfStep(int row) {
                int end = endOfStep(footer.blockOf(row), footer.blocks().length);
                return footer.firstRow(end) - row;
            }

            @Override
            List<StoredEvent> step(int row, int count) throws IOException {
                return read(row, count);
            }
        };
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    @Override
    public String toString() {
        return "RowFile[" + name + "]";
    }
}

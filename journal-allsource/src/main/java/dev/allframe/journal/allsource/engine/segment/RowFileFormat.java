package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Where what stands in a row file.
 * <h2>Format, version 1, little-endian</h2>
 * <pre>
 *   header, 40 B   magic "AFRW" | version u16 | flags u16, zero | store id 16 B | segment id u64 |
 *                  crc32c u32 of these | zero 4 B
 *   block          raw length u32 | stored length u32 | crc32c u32 | zstd frame
 *   footer         block count u32 | per block: offset u64, stored length u32, raw length u32, first row u32
 *                  | rows u32 | first position u64 | last position u64 | min ms u64 | max ms u64
 *   trailer, 20 B  footer offset u64 | footer length u32 | crc32c u32 of the footer and these two | magic "AFRE"
 * </pre>
 * A block's checksum covers segment id and first row of the block, its two lengths and the frame, so that a block read
 * from the wrong place is not taken for this one. The first block begins behind the header, each other behind the one
 * before, the footer behind the last.
 */
final class RowFileFormat {

    static final int VERSION = 1;
    static final int HEADER_BYTES = 40;
    static final int BLOCK_HEADER_BYTES = 12;
    static final int TRAILER_BYTES = 20;
    private static final int HEADER_MAGIC = magic("AFRW");
    private static final int TRAILER_MAGIC = magic("AFRE");
    private static final int CHECKED_HEADER_BYTES = 32;

    private RowFileFormat() {}

    private static int magic(String text) {
        return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
    }

    /**
     * Where a block is.
     *
     * @param offset of its header in the file
     * @param storedLength of the frame in bytes
     * @param rawLength of its rows in bytes
     * @param firstRow the number of its first row
     */
    record Block(long offset, int storedLength, int rawLength, int firstRow) {

        /** The offset behind it. */
        long end() {
            return offset + BLOCK_HEADER_BYTES + storedLength;
        }
    }

    /**
     * What is kept of a row file in memory.
     *
     * @param blocks in order
     * @param bounds of all rows
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Footer(Block[] blocks, RowBounds bounds) {

        int firstRow(int block) {
            return block == blocks.length ? bounds.rows() : blocks[block].firstRow();
        }

        /** The number of the block that holds a row. */
        int blockOf(int row) {
            int low = 0;
            int high = blocks.length - 1;
            while (low < high) {
                int middle = (low + high + 1) >>> 1;
                if (blocks[middle].firstRow() <= row) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            return low;
        }
    }

    static byte[] header(UUID storeId, long segmentId) {
        ByteWriter out = new ByteWriter(HEADER_BYTES);
        out.u32(HEADER_MAGIC);
        out.u16(VERSION);
        out.u16(0);
        out.u64(Long.reverseBytes(storeId.getMostSignificantBits()));
        out.u64(Long.reverseBytes(storeId.getLeastSignificantBits()));
        out.u64(segmentId);
        out.u32(crc(out.array(), 0, out.size()));
        out.u32(0);
        return out.toByteArray();
    }

    /** Checks the first bytes of a file. */
    static void checkHeader(byte[] bytes, UUID storeId, long segmentId, Path file) {
        byte[] expected = header(storeId, segmentId);
        if (Arrays.equals(bytes, expected)) {
            return;
        }
        ByteReader in = new ByteReader(bytes);
        if (bytes.length < HEADER_BYTES || in.u32() != HEADER_MAGIC) {
            throw CorruptStoreException.at(file, 0, "does not begin as a row file");
        }
        int version = in.u16();
        int checksum = new ByteReader(bytes, CHECKED_HEADER_BYTES, 4).u32();
        if (checksum != crc(bytes, 0, CHECKED_HEADER_BYTES)) {
            throw CorruptStoreException.at(file, 0, "the header does not have its checksum");
        }
        if (version > VERSION) {
            throw new UnsupportedFormatException("file=" + file + ": row file of version " + version
                    + ", this program reads up to " + VERSION);
        }
        throw CorruptStoreException.at(file, 0,
                "is not the row file of segment " + segmentId + " of store " + storeId);
    }

    static byte[] blockHeader(long segmentId, int firstRow, int rawLength, byte[] frame, int storedLength) {
        ByteWriter out = new ByteWriter(BLOCK_HEADER_BYTES);
        out.u32(rawLength);
        out.u32(storedLength);
        out.u32(blockChecksum(segmentId, firstRow, rawLength, storedLength, frame, 0));
        return out.toByteArray();
    }

    /** Checks the bytes of a block, header and frame. */
    static void checkBlock(long segmentId, Block block, byte[] bytes, int offset, Path file) {
        ByteReader in = new ByteReader(bytes, offset, BLOCK_HEADER_BYTES);
        if (in.u32() != block.rawLength() || in.u32() != block.storedLength()
                || in.u32() != blockChecksum(segmentId, block.firstRow(), block.rawLength(), block.storedLength(),
                        bytes, offset + BLOCK_HEADER_BYTES)) {
            throw CorruptStoreException.at(file, block.offset(), "the block does not have its checksum");
        }
    }

    private static int blockChecksum(long segmentId, int firstRow, int rawLength, int storedLength, byte[] bytes,
            int offset) {
        ByteWriter seed = new ByteWriter(20);
        seed.u64(segmentId);
        seed.u32(firstRow);
        seed.u32(rawLength);
        seed.u32(storedLength);
        CRC32C crc = new CRC32C();
        crc.update(seed.array(), 0, seed.size());
        crc.update(bytes, offset, storedLength);
        return (int) crc.getValue();
    }

    /** Footer and trailer, for a footer that begins at an offset. */
    static byte[] end(Footer footer, long offset) {
        ByteWriter out = new ByteWriter(64 + footer.blocks().length * 20);
        out.u32(footer.blocks().length);
        for (Block block : footer.blocks()) {
            out.u64(block.offset());
            out.u32(block.storedLength());
            out.u32(block.rawLength());
            out.u32(block.firstRow());
        }
        RowBounds bounds = footer.bounds();
        out.u32(bounds.rows());
        out.u64(bounds.firstPosition());
        out.u64(bounds.lastPosition());
        out.u64(bounds.minMillis());
        out.u64(bounds.maxMillis());
        int length = out.size();
        out.u64(offset);
        out.u32(length);
        out.u32(crc(out.array(), 0, out.size()));
        out.u32(TRAILER_MAGIC);
        return out.toByteArray();
    }

    /**
     * The length of the footer.
     *
     * @param trailer the last bytes of the file
     * @param fileLength of the whole file
     */
    static int footerLength(byte[] trailer, long fileLength, Path file) {
        ByteReader in = new ByteReader(trailer);
        long offset = in.u64();
        int length = in.u32();
        in.skip(4);
        boolean whole = in.u32() == TRAILER_MAGIC && length >= 0 && offset >= HEADER_BYTES
                && offset + length + TRAILER_BYTES == fileLength;
        if (!whole) {
            throw CorruptStoreException.at(file, fileLength - TRAILER_BYTES, "does not end as a row file");
        }
        return length;
    }

    /** Reads what {@link #end} wrote. */
    static Footer footer(byte[] end, long offset, Path file) {
        int checked = end.length - 8;
        if (new ByteReader(end, checked, 4).u32() != crc(end, 0, checked)) {
            throw CorruptStoreException.at(file, offset, "the footer does not have its checksum");
        }
        ByteReader in = new ByteReader(end);
        Block[] blocks = new Block[in.u32()];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new Block(in.u64(), in.u32(), in.u32(), in.u32());
        }
        return new Footer(blocks, new RowBounds(in.u32(), in.u64(), in.u64(), in.u64(), in.u64()));
    }

    private static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}

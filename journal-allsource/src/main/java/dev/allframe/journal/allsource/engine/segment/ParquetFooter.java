package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.VersionParser;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * Where what stands in a Parquet file of ours, kept in memory while it is open: some hundred bytes for each page of a
 * column.
 *
 * <p>Read with the Thrift classes of Parquet's format alone, because {@code ParquetFileReader} loads classes of Hadoop.
 *
 * @param groups in order
 * @param rows of all groups
 * @param metadata the keys of {@link EventSchema} and others
 * @param writer the program that wrote the file
 */
@SuppressWarnings("NullAway") // A field that is missing in the bytes is damage, and parsed() tells it as such.
record ParquetFooter(List<Group> groups, int rows, Map<String, String> metadata, VersionParser.ParsedVersion writer) {

    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int TRAILER_BYTES = 8;

    /**
     * A row group.
     *
     * @param firstRow the number of its first row in the file
     * @param rows how many
     * @param chunks its columns, by their dotted paths
     */
    record Group(int firstRow, int rows, Map<String, Chunk> chunks) {

        int endRow() {
            return firstRow + rows;
        }

        Chunk chunk(String column) {
            Chunk chunk = chunks.get(column);
            if (chunk == null) {
                throw new IllegalArgumentException("no column " + column);
            }
            return chunk;
        }
    }

    /**
     * A column of a row group.
     *
     * @param dictionaryOffset of its dictionary in the file, -1 without one
     * @param offsets of its pages in the file
     * @param lengths of its pages with their headers
     * @param firstRows the number in the group of each page's first row
     * @param valueless whether it has no value at all: nothing but nulls or empty lists
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Chunk(long dictionaryOffset, long[] offsets, int[] lengths, int[] firstRows, boolean valueless) {

        /** The page that holds a row of the group. */
        int pageOf(int rowInGroup) {
            int found = Arrays.binarySearch(firstRows, rowInGroup);
            return found >= 0 ? found : -found - 2;
        }

        long end(int page) {
            return offsets[page] + lengths[page];
        }
    }

    /**
     * Reads the end of a file, which has no checksum of its own.
     *
     * @param digest of the whole file, by which the end is checked before it is believed
     */
    static ParquetFooter read(DiskFile file, Path name, Digest digest) throws IOException {
        long length = file.length();
        if (length < 2L * TRAILER_BYTES) {
            throw CorruptStoreException.at(name, length, "is too short for a Parquet file");
        }
        digest.verifyFrom(length - TRAILER_BYTES, file, name);
        byte[] trailer = bytes(file, name, length - TRAILER_BYTES, TRAILER_BYTES);
        int footerLength = new ByteReader(trailer).u32();
        long footerOffset = length - TRAILER_BYTES - footerLength;
        if (!Arrays.equals(trailer, 4, 8, MAGIC, 0, 4) || footerLength <= 0 || footerOffset < MAGIC.length) {
            throw CorruptStoreException.at(name, length - TRAILER_BYTES, "does not end as a Parquet file");
        }
        digest.verifyFrom(footerOffset, file, name);
        byte[] bytes = bytes(file, name, footerOffset, footerLength);
        FileMetaData meta = parsed(name, footerOffset, () -> Util.readFileMetaData(new ByteArrayInputStream(bytes)));
        Map<String, String> metadata = parsed(name, footerOffset, () -> metadata(meta, name));
        long indexOffset = parsed(name, footerOffset, () -> indexOffset(meta, footerOffset));
        digest.verifyFrom(indexOffset, file, name);
        byte[] index = bytes(file, name, indexOffset, footerOffset - indexOffset);
        return parsed(name, footerOffset, () -> footer(meta, metadata, index, indexOffset));
    }

    private interface Parsing<T> {

        T parse() throws IOException, VersionParser.VersionParseException;
    }

    /** Parses bytes that were read. Whatever fails there is their fault, and not the disk's. */
    private static <T> T parsed(Path name, long offset, Parsing<T> parsing) {
        try {
            return parsing.parse();
        } catch (EventStoreException told) {
            throw told;
        } catch (IOException | RuntimeException | VersionParser.VersionParseException malformed) {
            throw new CorruptStoreException("file=" + name + " offset=" + offset + ": not a Parquet footer",
                    malformed);
        }
    }

    private static Map<String, String> metadata(FileMetaData meta, Path name) {
        Map<String, String> metadata = new HashMap<>();
        for (KeyValue entry : meta.getKey_value_metadata()) {
            metadata.put(entry.getKey(), entry.getValue());
        }
        checkVersion(metadata, name);
        return Map.copyOf(metadata);
    }

    /** Where the page index begins: all of it stands between the columns and the footer. */
    private static long indexOffset(FileMetaData meta, long footerOffset) {
        long indexOffset = footerOffset;
        for (RowGroup group : meta.getRow_groups()) {
            for (ColumnChunk column : group.getColumns()) {
                indexOffset = Math.min(indexOffset, column.getOffset_index_offset());
            }
        }
        return indexOffset;
    }

    private static ParquetFooter footer(FileMetaData meta, Map<String, String> metadata, byte[] index,
            long indexOffset) throws IOException, VersionParser.VersionParseException {
        Group[] groups = new Group[meta.getRow_groupsSize()];
        int firstRow = 0;
        for (int i = 0; i < groups.length; i++) {
            RowGroup group = meta.getRow_groups().get(i);
            Map<String, Chunk> chunks = new HashMap<>();
            for (ColumnChunk column : group.getColumns()) {
                chunks.put(String.join(".", column.getMeta_data().getPath_in_schema()),
                        chunk(column, index, indexOffset));
            }
            groups[i] = new Group(firstRow, Math.toIntExact(group.getNum_rows()), Map.copyOf(chunks));
            if (groups[i].rows() < 1) {
                throw new IllegalArgumentException("a row group of " + groups[i].rows() + " rows");
            }
            firstRow = Math.addExact(firstRow, groups[i].rows());
        }
        return new ParquetFooter(List.of(groups), firstRow, metadata, VersionParser.parse(meta.getCreated_by()));
    }

    private static void checkVersion(Map<String, String> metadata, Path name) {
        String version = metadata.get(EventSchema.FORMAT_KEY);
        if (version == null) {
            throw new UnsupportedFormatException("file=" + name + ": a Parquet file that is none of ours");
        }
        if (Integer.parseInt(version) > EventSchema.VERSION) {
            throw new UnsupportedFormatException("file=" + name + ": Parquet file of version " + version
                    + ", this program reads up to " + EventSchema.VERSION);
        }
    }

    private static Chunk chunk(ColumnChunk column, byte[] index, long indexOffset) throws IOException {
        int at = Math.toIntExact(column.getOffset_index_offset() - indexOffset);
        OffsetIndex pages = Util.readOffsetIndex(
                new ByteArrayInputStream(index, at, column.getOffset_index_length()));
        int count = pages.getPage_locationsSize();
        long[] offsets = new long[count];
        int[] lengths = new int[count];
        int[] firstRows = new int[count];
        for (int i = 0; i < count; i++) {
            PageLocation page = pages.getPage_locations().get(i);
            offsets[i] = page.getOffset();
            lengths[i] = page.getCompressed_page_size();
            firstRows[i] = Math.toIntExact(page.getFirst_row_index());
        }
        ColumnMetaData meta = column.getMeta_data();
        boolean valueless = meta.isSetStatistics() && meta.getStatistics().isSetNull_count()
                && meta.getStatistics().getNull_count() == meta.getNum_values();
        long dictionary = meta.isSetDictionary_page_offset() ? meta.getDictionary_page_offset() : -1;
        return new Chunk(dictionary > 0 ? dictionary : -1, offsets, lengths, firstRows, valueless);
    }

    /** Reads a part of the file that its footer or its page index names. */
    static byte[] bytes(DiskFile file, Path name, long offset, long length) throws IOException {
        if (offset < 0 || length < 0 || offset > file.length() - length) {
            throw CorruptStoreException.at(name, offset, length + " bytes from here on are not in the file");
        }
        byte[] bytes = new byte[Math.toIntExact(length)];
        if (file.read(ByteBuffer.wrap(bytes), offset) != length) {
            throw CorruptStoreException.at(name, offset, "the file ends too early");
        }
        return bytes;
    }
}

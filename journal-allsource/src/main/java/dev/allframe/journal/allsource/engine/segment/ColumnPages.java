package dev.allframe.journal.allsource.engine.segment;

import com.github.luben.zstd.ZstdException;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.zip.CRC32;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * Neighbouring pages of a column of a row group, and its dictionary. The bytes are read at once, checked and
 * decompressed page by page as they are asked for. For one thread. Reads what {@link ParquetSegmentWriter} writes:
 * pages of version 2 with checksums, compressed with Zstandard.
 */
@SuppressWarnings("NullAway") // A field that is missing in the bytes is damage, and ParquetSegment tells it as such.
final class ColumnPages implements PageReader {

    private final Path name;
    private final @Nullable DictionaryPage dictionary;
    private final Queue<Page> pages = new ArrayDeque<>();
    private final byte[] bytes;
    private final long bytesOffset;
    private long values;

    /** A page whose body begins at an offset of the array. */
    private record Page(PageHeader header, int body) {}

    /**
     * Reads pages.
     *
     * @param fromPage the first page
     * @param toPage the last page, included
     */
    ColumnPages(CheckedFile file, ParquetFooter.Chunk chunk, int fromPage, int toPage) throws IOException {
        this.name = file.name();
        boolean hasDictionary = chunk.dictionaryOffset() >= 0;
        bytesOffset = hasDictionary && fromPage == 0 ? chunk.dictionaryOffset() : chunk.offsets()[fromPage];
        bytes = file.read(bytesOffset, chunk.end(toPage) - bytesOffset);
        if (!hasDictionary) {
            dictionary = null;
        } else if (fromPage == 0) {
            dictionary = dictionary(bytes, chunk.dictionaryOffset());
        } else {
            long length = chunk.offsets()[0] - chunk.dictionaryOffset();
            dictionary = dictionary(file.read(chunk.dictionaryOffset(), length), chunk.dictionaryOffset());
        }
        for (int page = fromPage; page <= toPage; page++) {
            addPage(Math.toIntExact(chunk.offsets()[page] - bytesOffset));
        }
    }

    private void addPage(int at) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes, at, bytes.length - at);
        PageHeader header = header(in, bytesOffset + at);
        if (header.getType() != PageType.DATA_PAGE_V2) {
            throw new UnsupportedFormatException("file=" + name + ": pages of type " + header.getType());
        }
        values += header.getData_page_header_v2().getNum_values();
        pages.add(new Page(header, bytes.length - in.available()));
    }

    private DictionaryPage dictionary(byte[] from, long offset) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(from);
        PageHeader header = header(in, offset);
        int body = from.length - in.available();
        checkCrc(header, from, body, offset);
        byte[] raw = decompressed(header.getUncompressed_page_size(), from, body, header.getCompressed_page_size(),
                offset);
        return new DictionaryPage(BytesInput.from(raw), header.getDictionary_page_header().getNum_values(),
                Encoding.valueOf(header.getDictionary_page_header().getEncoding().name()));
    }

    private PageHeader header(ByteArrayInputStream in, long offset) throws IOException {
        try {
            PageHeader header = Util.readPageHeader(in);
            if (header.getCompressed_page_size() < 0 || header.getCompressed_page_size() > in.available()) {
                throw CorruptStoreException.at(name, offset, "a page is longer than its column");
            }
            return header;
        } catch (IOException malformed) {
            throw new CorruptStoreException("file=" + name + " offset=" + offset + ": not a page header", malformed);
        }
    }

    private void checkCrc(PageHeader header, byte[] from, int body, long offset) {
        CRC32 crc = new CRC32();
        crc.update(from, body, header.getCompressed_page_size());
        if (!header.isSetCrc() || header.getCrc() != (int) crc.getValue()) {
            throw CorruptStoreException.at(name, offset, "the page does not have its checksum");
        }
    }

    private byte[] decompressed(int rawLength, byte[] from, int offset, int length, long fileOffset) {
        try {
            return ZstdFrames.decompressed(rawLength, from, offset, length);
        } catch (ZstdException broken) {
            throw new CorruptStoreException("file=" + name + " offset=" + fileOffset + ": not a zstd frame", broken);
        }
    }

    @Override
    public @Nullable DictionaryPage readDictionaryPage() {
        return dictionary;
    }

    @Override
    public long getTotalValueCount() {
        return values;
    }

    @Override
    public @Nullable DataPage readPage() {
        Page page = pages.poll();
        if (page == null) {
            return null;
        }
        PageHeader header = page.header();
        DataPageHeaderV2 v2 = header.getData_page_header_v2();
        long offset = bytesOffset + page.body();
        checkCrc(header, bytes, page.body(), offset);
        int repetition = v2.getRepetition_levels_byte_length();
        int definition = v2.getDefinition_levels_byte_length();
        int dataAt = page.body() + repetition + definition;
        int stored = header.getCompressed_page_size() - repetition - definition;
        BytesInput data;
        if (v2.isIs_compressed() && stored > 0) {
            int rawLength = header.getUncompressed_page_size() - repetition - definition;
            data = BytesInput.from(decompressed(rawLength, bytes, dataAt, stored, offset));
        } else {
            data = BytesInput.from(bytes, dataAt, stored);
        }
        return DataPageV2.uncompressed(v2.getNum_rows(), v2.getNum_nulls(), v2.getNum_values(),
                BytesInput.from(bytes, page.body(), repetition),
                BytesInput.from(bytes, page.body() + repetition, definition),
                Encoding.valueOf(v2.getEncoding().name()), data, null);
    }
}

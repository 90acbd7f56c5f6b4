package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.store.StoredEvent;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.ParquetFileWriter;

/**
 * Writes one Parquet file. The caller gives the rows in {@link RowOrder}; {@link RowSummary} checks that. Not
 * thread-safe.
 *
 * <p>Some signatures of Parquet name classes of Hadoop, which are on the class path when this is compiled and never
 * when it runs: the codec and the output file are our own. The tests run without Hadoop.
 */
final class ParquetSegmentWriter implements Closeable {

    /** Above it a scan holds too much, below it the dictionaries are written too often. */
    private static final long ROW_GROUP_BYTES = 8 << 20;

    /** Asking how much is buffered asks every column; so it is asked after this many rows. */
    private static final int ROWS_PER_CHECK = 256;

    /** Smaller pages make the page index long, larger ones make a read of a few rows decode too many. */
    static final int ROWS_PER_PAGE = 4_000;

    /**
     * With 100-byte payloads of English, level 1 makes the file a tenth larger and is a sixth faster, level 6 saves a
     * twentieth and takes half again the time.
     */
    static final int ZSTD_LEVEL = 3;

    private static final ParquetProperties PROPERTIES = properties();

    private final SequentialFile file;
    private final UUID storeId;
    private final long segmentId;
    private final ZstdCompressor zstd;
    private final ParquetFileWriter parquet;
    private RowGroupWriter group;

    ParquetSegmentWriter(DiskFile file, UUID storeId, long segmentId) throws IOException {
        this(file, storeId, segmentId, ZSTD_LEVEL);
    }

    ParquetSegmentWriter(DiskFile file, UUID storeId, long segmentId, int zstdLevel) throws IOException {
        this.file = new SequentialFile(file);
        this.storeId = storeId;
        this.segmentId = segmentId;
        parquet = new ParquetFileWriter(new SequentialOutputFile(this.file), EventSchema.SCHEMA,
                ParquetFileWriter.Mode.CREATE, ROW_GROUP_BYTES, 0, null, PROPERTIES);
        parquet.start();
        zstd = new ZstdCompressor(zstdLevel);
        group = new RowGroupWriter(zstd, PROPERTIES);
    }

    private static ParquetProperties properties() {
        ParquetProperties.Builder builder = ParquetProperties.builder()
                .withWriterVersion(WriterVersion.PARQUET_2_0)
                .withPageRowCountLimit(ROWS_PER_PAGE)
                .withPageWriteChecksumEnabled(true)
                .withValuesWriterFactory(new PayloadEncoding());
        for (String column : EventSchema.WITHOUT_DICTIONARY) {
            builder.withDictionaryEncoding(column, false);
        }
        return builder.build();
    }

    void add(StoredEvent row) throws IOException {
        group.add(row);
        if (group.rows() % ROWS_PER_CHECK == 0 && group.bufferedBytes() >= ROW_GROUP_BYTES) {
            endGroup();
        }
    }

    private void endGroup() throws IOException {
        group.writeTo(parquet);
        group.close();
        group = new RowGroupWriter(zstd, PROPERTIES);
    }

    /** Ends the file and forces it. */
    Digest finish(RowBounds bounds) throws IOException {
        if (group.rows() > 0) {
            endGroup();
        }
        parquet.end(new TreeMap<>(Map.of(EventSchema.FORMAT_KEY, Integer.toString(EventSchema.VERSION),
                EventSchema.STORE_KEY, storeId.toString(), EventSchema.SEGMENT_KEY, Long.toString(segmentId),
                EventSchema.FIRST_POSITION_KEY, Long.toString(bounds.firstPosition()),
                EventSchema.LAST_POSITION_KEY, Long.toString(bounds.lastPosition()))));
        return file.finish();
    }

    @Override
    public void close() throws IOException {
        group.close();
        zstd.close();
        file.close();
    }
}

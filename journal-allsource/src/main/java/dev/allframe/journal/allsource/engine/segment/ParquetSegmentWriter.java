package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.store.StoredEvent;
import java.io.Closeable;
import java.io.IOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Writes one Parquet file. The caller gives the rows in {@link RowOrder}; {@link RowSummary} checks that. Not thread-safe.
 *
 * <p>Parquet's classes name two of Hadoop, which is on the class path when this is compiled and never when it runs: the plain configuration, the codec
 * factory and the output file of our own keep them from being loaded. A test would fail otherwise, for it runs without Hadoop.
 */
final class ParquetSegmentWriter implements Closeable {

    /** Above it a scan holds too much, below it the dictionaries are written too often. */
    private static final long ROW_GROUP_BYTES = 8 << 20;

    /** Smaller pages make the page index long, larger ones make a read of a few rows decode too many. */
    static final int ROWS_PER_PAGE = 4_000;

    /** Level 3 is 7 % smaller at two thirds of the speed. */
    static final int ZSTD_LEVEL = 1;

    private final SequentialFile file;
    private final EventWriteSupport events;
    private final ZstdCodecFactory codecs;
    private final ParquetWriter<StoredEvent> parquet;

    ParquetSegmentWriter(DiskFile file, UUID storeId, long segmentId) throws IOException {
        this(file, storeId, segmentId, ZSTD_LEVEL, WriterVersion.PARQUET_2_0);
    }

    ParquetSegmentWriter(DiskFile file, UUID storeId, long segmentId, int zstdLevel, WriterVersion version)
            throws IOException {
        this.file = new SequentialFile(file);
        events = new EventWriteSupport(storeId, segmentId);
        codecs = new ZstdCodecFactory(zstdLevel);
        try {
            Builder builder = new Builder(this.file, events);
            for (String column : EventSchema.WITHOUT_DICTIONARY) {
                builder.withDictionaryEncoding(column, false);
            }
            parquet = builder.withConf(new PlainParquetConfiguration())
                    .withCodecFactory(codecs)
                    .withCompressionCodec(CompressionCodecName.ZSTD)
                    .withWriterVersion(version)
                    .withRowGroupSize(ROW_GROUP_BYTES)
                    .withPageRowCountLimit(ROWS_PER_PAGE)
                    .withPageWriteChecksumEnabled(true)
                    .build();
        } catch (Throwable failure) {
            codecs.release();
            throw failure;
        }
    }

    void add(StoredEvent row) throws IOException {
        parquet.write(row);
    }

    /** Ends the file and forces it. */
    Digest finish(RowBounds bounds) throws IOException {
        events.bounds(bounds);
        parquet.close();
        return file.finish();
    }

    @Override
    public void close() throws IOException {
        codecs.release();
        file.close();
    }

    private static final class Builder extends ParquetWriter.Builder<StoredEvent, Builder> {

        private final EventWriteSupport events;

        Builder(SequentialFile file, EventWriteSupport events) {
            super(new SequentialOutputFile(file));
            this.events = events;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        protected WriteSupport<StoredEvent> getWriteSupport(ParquetConfiguration configuration) {
            return events;
        }

        @Override
        @Deprecated
        protected WriteSupport<StoredEvent> getWriteSupport(Configuration configuration) {
            throw new UnsupportedOperationException("Hadoop is not used");
        }
    }
}

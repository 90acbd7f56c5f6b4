package dev.allframe.journal.allsource.engine.segment;

import java.util.Set;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.column.values.factory.DefaultV2ValuesWriterFactory;
import org.apache.parquet.column.values.factory.ValuesWriterFactory;

/**
 * Chooses how the values of a column are encoded: payloads as lengths and then all bytes, everything else as Parquet's
 * version 2 does. That would leave out what a payload has in common with the beginning of the one before, which
 * Zstandard finds by itself, and more of it when it sees the whole text.
 */
final class PayloadEncoding implements ValuesWriterFactory {

    private static final Set<String> PAYLOADS = Set.of(EventSchema.PAYLOAD_TEXT, EventSchema.PAYLOAD);

    private final DefaultV2ValuesWriterFactory others = new DefaultV2ValuesWriterFactory();
    private int initialBytes;
    private ParquetProperties properties = ParquetProperties.builder().build();

    @Override
    public void initialize(ParquetProperties all) {
        others.initialize(all);
        initialBytes = all.getInitialSlabSize();
        properties = all;
    }

    @Override
    public ValuesWriter newValuesWriter(ColumnDescriptor column) {
        return PAYLOADS.contains(column.getPath()[0])
                ? new DeltaLengthByteArrayValuesWriter(initialBytes, properties.getPageSizeThreshold(),
                        properties.getAllocator())
                : others.newValuesWriter(column);
    }
}

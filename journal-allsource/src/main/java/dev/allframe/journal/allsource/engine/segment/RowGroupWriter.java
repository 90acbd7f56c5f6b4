package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.EnvelopeCodec;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.StoredEvent;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Takes rows apart into the columns of {@link EventSchema} and keeps the compressed pages until the row group is
 * written. Not thread-safe.
 *
 * <p>Gives values to the columns themselves. Parquet's way for records, its {@code RecordConsumer}, writes each value
 * to the application's log where the level of that is DEBUG.
 */
final class RowGroupWriter implements Closeable {

    /** So many texts that come again and again are kept encoded; then it begins anew. */
    private static final int MAX_KNOWN_TEXTS = 1024;

    /** Definition level of a value that is there, in an optional column or in a list. */
    private static final int THERE = 1;

    private final ColumnChunkPageWriteStore pages;
    private final ColumnWriteStore columns;
    private final Map<String, Binary> known = new HashMap<>();
    private final ByteWriter scratch = new ByteWriter(256);
    private int rows;

    private final ColumnWriter persistenceId;
    private final ColumnWriter entityType;
    private final ColumnWriter slice;
    private final ColumnWriter sequenceNr;
    private final ColumnWriter position;
    private final ColumnWriter timestamp;
    private final ColumnWriter eventType;
    private final ColumnWriter eventVersion;
    private final ColumnWriter serializerId;
    private final ColumnWriter serializerManifest;
    private final ColumnWriter adapterManifest;
    private final ColumnWriter writer;
    private final ColumnWriter tag;
    private final ColumnWriter payloadText;
    private final ColumnWriter payload;
    private final ColumnWriter commandId;
    private final ColumnWriter correlationId;
    private final ColumnWriter causationId;
    private final ColumnWriter headerKey;
    private final ColumnWriter headerValue;
    private final ColumnWriter command;
    private final ColumnWriter adapterMetadata;

    RowGroupWriter(BytesInputCompressor compressor, ParquetProperties properties) {
        pages = new ColumnChunkPageWriteStore(compressor, EventSchema.SCHEMA, properties.getAllocator(),
                properties.getColumnIndexTruncateLength(), properties.getPageWriteChecksumEnabled());
        columns = properties.newColumnWriteStore(EventSchema.SCHEMA, pages);
        persistenceId = column(EventSchema.PERSISTENCE_ID);
        entityType = column(EventSchema.ENTITY_TYPE);
        slice = column(EventSchema.SLICE);
        sequenceNr = column(EventSchema.SEQUENCE_NR);
        position = column(EventSchema.POSITION);
        timestamp = column(EventSchema.TIMESTAMP);
        eventType = column(EventSchema.EVENT_TYPE);
        eventVersion = column(EventSchema.EVENT_VERSION);
        serializerId = column(EventSchema.SERIALIZER_ID);
        serializerManifest = column(EventSchema.SERIALIZER_MANIFEST);
        adapterManifest = column(EventSchema.ADAPTER_MANIFEST);
        writer = column(EventSchema.WRITER);
        tag = column(EventSchema.TAG);
        payloadText = column(EventSchema.PAYLOAD_TEXT);
        payload = column(EventSchema.PAYLOAD);
        commandId = column(EventSchema.COMMAND_ID);
        correlationId = column(EventSchema.CORRELATION_ID);
        causationId = column(EventSchema.CAUSATION_ID);
        headerKey = column(EventSchema.HEADER_KEY);
        headerValue = column(EventSchema.HEADER_VALUE);
        command = column(EventSchema.COMMAND);
        adapterMetadata = column(EventSchema.ADAPTER_METADATA);
    }

    private ColumnWriter column(String path) {
        return columns.getColumnWriter(EventSchema.SCHEMA.getColumnDescription(path.split("\\.", -1)));
    }

    int rows() {
        return rows;
    }

    /** Bytes of pages and of values that are not in pages yet. */
    long bufferedBytes() {
        return columns.getBufferedSize();
    }

    void add(StoredEvent row) {
        Envelope envelope = row.envelope();
        EventMetadata about = envelope.metadata();
        Payload contents = envelope.payload();
        boolean text = contents.isJson() && Utf8.isText(contents.bytes());
        Binary bytes = Binary.fromConstantByteArray(contents.bytes());
        required(persistenceId, row.stream().value());
        required(entityType, row.stream().entityType());
        slice.write(row.stream().slice(), 0, 0);
        sequenceNr.write(row.sequenceNr(), 0, 0);
        position.write(row.position().index(), 0, 0);
        timestamp.write(about.timestamp().toEpochMilli(), 0, 0);
        required(eventType, envelope.eventType());
        eventVersion.write(envelope.eventVersion(), 0, 0);
        serializerId.write(contents.serializerId(), 0, 0);
        required(serializerManifest, contents.manifest());
        required(adapterManifest, envelope.adapterManifest());
        required(writer, row.writer());
        tags(envelope.tags());
        optional(payloadText, text ? bytes : null);
        optional(payload, text ? null : bytes);
        optional(commandId, encoded(about.commandId()));
        optional(correlationId, encoded(about.correlationId()));
        optional(causationId, encoded(about.causationId()));
        headers(about.headers());
        optional(command, command(envelope.command()));
        optional(adapterMetadata, adapterMetadata(envelope.adapterMetadata()));
        columns.endRecord();
        rows++;
    }

    private void required(ColumnWriter column, String text) {
        column.write(known(text), 0, 0);
    }

    private static void optional(ColumnWriter column, @Nullable Binary value) {
        if (value == null) {
            column.writeNull(0, 0);
        } else {
            column.write(value, 0, THERE);
        }
    }

    private void tags(Set<String> tags) {
        if (tags.isEmpty()) {
            tag.writeNull(0, 0);
            return;
        }
        String[] sorted = tags.toArray(new String[0]);
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            tag.write(known(sorted[i]), repetition(i), THERE);
        }
    }

    private void headers(Map<String, String> headers) {
        if (headers.isEmpty()) {
            headerKey.writeNull(0, 0);
            headerValue.writeNull(0, 0);
            return;
        }
        String[] keys = headers.keySet().toArray(new String[0]);
        Arrays.sort(keys);
        for (int i = 0; i < keys.length; i++) {
            headerKey.write(known(keys[i]), repetition(i), THERE);
            headerValue.write(binary(headers.getOrDefault(keys[i], "")), repetition(i), THERE);
        }
    }

    /** 0 begins a row's list, 1 goes on with it. */
    private static int repetition(int index) {
        return index == 0 ? 0 : 1;
    }

    private Binary known(String text) {
        Binary bytes = known.get(text);
        if (bytes == null) {
            if (known.size() == MAX_KNOWN_TEXTS) {
                known.clear();
            }
            bytes = binary(text);
            known.put(text, bytes);
        }
        return bytes;
    }

    private static Binary binary(String text) {
        return Binary.fromConstantByteArray(Utf8.bytes(text));
    }

    private static @Nullable Binary encoded(@Nullable String text) {
        return text == null ? null : binary(text);
    }

    private @Nullable Binary command(@Nullable CommandRecord record) {
        if (record == null) {
            return null;
        }
        scratch.clear();
        EnvelopeCodec.command(scratch, record);
        return Binary.fromConstantByteArray(scratch.toByteArray());
    }

    private @Nullable Binary adapterMetadata(@Nullable Payload metadata) {
        if (metadata == null) {
            return null;
        }
        scratch.clear();
        EnvelopeCodec.payload(scratch, metadata);
        return Binary.fromConstantByteArray(scratch.toByteArray());
    }

    /** Writes the row group behind the others. Nothing can be added afterwards. */
    void writeTo(ParquetFileWriter file) throws IOException {
        file.startBlock(rows);
        columns.flush();
        pages.flushToFileWriter(file);
        file.endBlock();
    }

    @Override
    public void close() {
        columns.close();
        pages.close();
    }
}

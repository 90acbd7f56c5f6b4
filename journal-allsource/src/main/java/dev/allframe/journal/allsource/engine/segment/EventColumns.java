package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.log.ByteReader;
import dev.allframe.journal.allsource.engine.log.EnvelopeCodec;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.parquet.VersionParser.ParsedVersion;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Neighbouring rows of one row group, put together from their columns a batch at a time. For one thread. What can be
 * computed from other columns, {@code slice} and {@code entity_type}, is not read, and neither is a column without
 * values.
 */
final class EventColumns {

    /** Rows of a batch: so many that loops count, so few that the arrays stay in the processor's cache. */
    static final int BATCH_ROWS = 1_024;

    private final CheckedFile file;
    private final ParquetFooter.Group group;
    private final ParsedVersion writer;
    private final String storeId;
    private final int firstRow;
    private final int endRow;
    private final List<ColumnValues<?>> columns = new ArrayList<>();

    private final ColumnValues<StreamId> streams;
    private final ColumnValues<Void> sequenceNrs;
    private final ColumnValues<Void> positions;
    private final ColumnValues<Void> timestamps;
    private final ColumnValues<String> eventTypes;
    private final ColumnValues<Void> eventVersions;
    private final ColumnValues<Void> serializerIds;
    private final ColumnValues<String> serializerManifests;
    private final ColumnValues<String> adapterManifests;
    private final ColumnValues<String> writers;
    private final @Nullable ColumnValues<String> tags;
    private final @Nullable ColumnValues<byte[]> payloadTexts;
    private final @Nullable ColumnValues<byte[]> payloads;
    private final @Nullable ColumnValues<String> commandIds;
    private final @Nullable ColumnValues<String> correlationIds;
    private final @Nullable ColumnValues<String> causationIds;
    private final @Nullable ColumnValues<String> headerKeys;
    private final @Nullable ColumnValues<String> headerValues;
    private final @Nullable ColumnValues<CommandRecord> commands;
    private final @Nullable ColumnValues<Payload> adapterMetadata;

    private final StreamId[] stream = new StreamId[BATCH_ROWS];
    private final long[] sequenceNr = new long[BATCH_ROWS];
    private final long[] position = new long[BATCH_ROWS];
    private final long[] timestamp = new long[BATCH_ROWS];
    private final String[] eventType = new String[BATCH_ROWS];
    private final int[] eventVersion = new int[BATCH_ROWS];
    private final int[] serializerId = new int[BATCH_ROWS];
    private final String[] serializerManifest = new String[BATCH_ROWS];
    private final String[] adapterManifest = new String[BATCH_ROWS];
    private final String[] writerName = new String[BATCH_ROWS];
    private final byte[] @Nullable [] payloadText = new byte[BATCH_ROWS] @Nullable [];
    private final byte[] @Nullable [] payload = new byte[BATCH_ROWS] @Nullable [];
    private final @Nullable String[] commandId = new @Nullable String[BATCH_ROWS];
    private final @Nullable String[] correlationId = new @Nullable String[BATCH_ROWS];
    private final @Nullable String[] causationId = new @Nullable String[BATCH_ROWS];
    private final @Nullable CommandRecord[] command = new @Nullable CommandRecord[BATCH_ROWS];
    private final @Nullable Payload[] adapterMeta = new @Nullable Payload[BATCH_ROWS];

    private final List<String> listed = new ArrayList<>();
    private final List<String> listedValues = new ArrayList<>();
    private Set<String> lastTags = Set.of();

    /**
     * Reads the pages.
     *
     * @param firstRow the number in the group of the first row
     * @param count how many rows, one or more
     */
    EventColumns(CheckedFile file, ParquetFooter.Group group, ParsedVersion writer, String storeId,
            int firstRow,
            int count) throws IOException {
        this.file = file;
        this.group = group;
        this.writer = writer;
        this.storeId = storeId;
        this.firstRow = firstRow;
        this.endRow = firstRow + count;
        streams = open(EventSchema.PERSISTENCE_ID, new LastStream());
        sequenceNrs = numbers(EventSchema.SEQUENCE_NR);
        positions = numbers(EventSchema.POSITION);
        timestamps = numbers(EventSchema.TIMESTAMP);
        eventTypes = open(EventSchema.EVENT_TYPE, Binary::toStringUsingUTF8);
        eventVersions = numbers(EventSchema.EVENT_VERSION);
        serializerIds = numbers(EventSchema.SERIALIZER_ID);
        serializerManifests = open(EventSchema.SERIALIZER_MANIFEST, Binary::toStringUsingUTF8);
        adapterManifests = open(EventSchema.ADAPTER_MANIFEST, Binary::toStringUsingUTF8);
        writers = open(EventSchema.WRITER, Binary::toStringUsingUTF8);
        tags = openIfAny(EventSchema.TAG, Binary::toStringUsingUTF8);
        payloadTexts = openIfAny(EventSchema.PAYLOAD_TEXT, Binary::getBytes);
        payloads = openIfAny(EventSchema.PAYLOAD, Binary::getBytes);
        commandIds = openIfAny(EventSchema.COMMAND_ID, Binary::toStringUsingUTF8);
        correlationIds = openIfAny(EventSchema.CORRELATION_ID, Binary::toStringUsingUTF8);
        causationIds = openIfAny(EventSchema.CAUSATION_ID, Binary::toStringUsingUTF8);
        headerKeys = openIfAny(EventSchema.HEADER_KEY, Binary::toStringUsingUTF8);
        headerValues = openIfAny(EventSchema.HEADER_VALUE, Binary::toStringUsingUTF8);
        commands = openIfAny(EventSchema.COMMAND, bytes -> EnvelopeCodec.command(new ByteReader(bytes.getBytes())));
        adapterMetadata = openIfAny(EventSchema.ADAPTER_METADATA,
                bytes -> EnvelopeCodec.payload(new ByteReader(bytes.getBytes())));
    }

    private <T> ColumnValues<T> open(String column, Function<Binary, T> decode) throws IOException {
        return open(column, group.chunk(column), decode);
    }

    private ColumnValues<Void> numbers(String column) throws IOException {
        return open(column, group.chunk(column), null);
    }

    private <T> @Nullable ColumnValues<T> openIfAny(String column, Function<Binary, T> decode) throws IOException {
        ParquetFooter.Chunk chunk = group.chunk(column);
        return chunk.valueless() ? null : open(column, chunk, decode);
    }

    private <T> ColumnValues<T> open(String column, ParquetFooter.Chunk chunk, @Nullable Function<Binary, T> decode)
            throws IOException {
        int fromPage = chunk.pageOf(firstRow);
        ColumnPages pages = new ColumnPages(file, chunk, fromPage, chunk.pageOf(endRow - 1));
        ColumnValues<T> values = ColumnValues.open(column, pages, firstRow - chunk.firstRows()[fromPage], writer,
                decode);
        columns.add(values);
        return values;
    }

    /** Passes over the next rows; the caller counts. */
    void skip(int count) {
        for (ColumnValues<?> column : columns) {
            column.skipRows(count);
        }
    }

    /** Adds the next rows, at most {@link #BATCH_ROWS}; the caller counts. */
    void next(int count, List<StoredEvent> into) {
        streams.values(stream, count);
        sequenceNrs.longs(sequenceNr, count);
        positions.longs(position, count);
        timestamps.longs(timestamp, count);
        eventTypes.values(eventType, count);
        eventVersions.ints(eventVersion, count);
        serializerIds.ints(serializerId, count);
        serializerManifests.values(serializerManifest, count);
        adapterManifests.values(adapterManifest, count);
        writers.values(writerName, count);
        values(payloadTexts, payloadText, count);
        values(payloads, payload, count);
        values(commandIds, commandId, count);
        values(correlationIds, correlationId, count);
        values(causationIds, causationId, count);
        values(commands, command, count);
        values(adapterMetadata, adapterMeta, count);
        for (int i = 0; i < count; i++) {
            into.add(row(i));
        }
    }

    private static <T> void values(@Nullable ColumnValues<T> column, @Nullable T[] into, int count) {
        // Without a column the array is as it was made: full of nulls.
        if (column != null) {
            column.values(into, count);
        }
    }

    private StoredEvent row(int i) {
        byte[] bytes = payloadText[i] != null ? payloadText[i] : payload[i];
        if (bytes == null) {
            throw new IllegalArgumentException("row without payload: stream=" + stream[i]);
        }
        EventMetadata metadata = new EventMetadata(Instant.ofEpochMilli(timestamp[i]), commandId[i], correlationId[i],
                causationId[i], headers());
        Envelope envelope = new Envelope(eventType[i], eventVersion[i],
                new Payload(serializerId[i], serializerManifest[i], bytes), tags(), metadata, command[i],
                adapterManifest[i], adapterMeta[i]);
        return new StoredEvent(stream[i], sequenceNr[i], new Position(storeId, 0, 0, position[i]), writerName[i],
                envelope);
    }

    private Set<String> tags() {
        if (tags == null) {
            return Set.of();
        }
        listed.clear();
        tags.list(listed);
        if (listed.size() != lastTags.size() || !lastTags.containsAll(listed)) {
            lastTags = Set.copyOf(listed);
        }
        return lastTags;
    }

    private Map<String, String> headers() {
        if (headerKeys == null || headerValues == null) {
            return Map.of();
        }
        listed.clear();
        listedValues.clear();
        headerKeys.list(listed);
        headerValues.list(listedValues);
        if (listed.isEmpty()) {
            return Map.of();
        }
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < listed.size(); i++) {
            headers.put(listed.get(i), listedValues.get(i));
        }
        return Map.copyOf(headers);
    }

    /** Rows of a stream stand together and share its id, also where there is no dictionary. */
    private static final class LastStream implements Function<Binary, StreamId> {

        private StreamId last = new StreamId("|");

        @Override
        public StreamId apply(Binary bytes) {
            String text = bytes.toStringUsingUTF8();
            if (!last.value().equals(text)) {
                last = new StreamId(text);
            }
            return last;
        }
    }
}

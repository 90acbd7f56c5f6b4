package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.EnvelopeCodec;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.StoredEvent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/** Takes a row apart into the columns of {@link EventSchema}. Not thread-safe. */
final class EventWriteSupport extends WriteSupport<StoredEvent> {

    /** So many texts that come again and again are kept encoded; then it begins anew. */
    private static final int MAX_KNOWN_TEXTS = 1024;

    private final Map<String, String> metadata = new HashMap<>();
    private final Map<String, Binary> known = new HashMap<>();
    private final ByteWriter scratch = new ByteWriter(256);
    private @Nullable RecordConsumer out;
    private int field;

    EventWriteSupport(UUID storeId, long segmentId) {
        metadata.put(EventSchema.FORMAT_KEY, Integer.toString(EventSchema.VERSION));
        metadata.put(EventSchema.STORE_KEY, storeId.toString());
        metadata.put(EventSchema.SEGMENT_KEY, Long.toString(segmentId));
    }

    /** What is known only at the end; before the file is closed. */
    void bounds(RowBounds bounds) {
        metadata.put(EventSchema.FIRST_POSITION_KEY, Long.toString(bounds.firstPosition()));
        metadata.put(EventSchema.LAST_POSITION_KEY, Long.toString(bounds.lastPosition()));
    }

    @Override
    @Deprecated
    public WriteContext init(Configuration configuration) {
        throw new UnsupportedOperationException("Hadoop is not used");
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
        return new WriteContext(EventSchema.SCHEMA, Map.of());
    }

    @Override
    public FinalizedWriteContext finalizeWrite() {
        return new FinalizedWriteContext(metadata);
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
        out = recordConsumer;
    }

    @Override
    public void write(StoredEvent row) {
        if (out == null) {
            throw new IllegalStateException("not prepared");
        }
        write(row, out);
    }

    private void write(StoredEvent row, RecordConsumer to) {
        Envelope envelope = row.envelope();
        EventMetadata about = envelope.metadata();
        Payload payload = envelope.payload();
        boolean text = payload.isJson() && Utf8.isText(payload.bytes());
        field = 0;
        to.startMessage();
        text(to, EventSchema.PERSISTENCE_ID, known(row.stream().value()));
        text(to, EventSchema.ENTITY_TYPE, known(row.stream().entityType()));
        number(to, EventSchema.SLICE, row.stream().slice());
        number(to, EventSchema.SEQUENCE_NR, row.sequenceNr());
        number(to, EventSchema.POSITION, row.position().index());
        number(to, EventSchema.TIMESTAMP, about.timestamp().toEpochMilli());
        text(to, EventSchema.EVENT_TYPE, known(envelope.eventType()));
        number(to, EventSchema.EVENT_VERSION, envelope.eventVersion());
        number(to, EventSchema.SERIALIZER_ID, payload.serializerId());
        text(to, EventSchema.SERIALIZER_MANIFEST, known(payload.manifest()));
        text(to, EventSchema.ADAPTER_MANIFEST, known(envelope.adapterManifest()));
        text(to, EventSchema.WRITER, known(row.writer()));
        tags(to, envelope.tags());
        text(to, EventSchema.PAYLOAD_TEXT, text ? Binary.fromConstantByteArray(payload.bytes()) : null);
        text(to, EventSchema.PAYLOAD, text ? null : Binary.fromConstantByteArray(payload.bytes()));
        text(to, EventSchema.COMMAND_ID, encoded(about.commandId()));
        text(to, EventSchema.CORRELATION_ID, encoded(about.correlationId()));
        text(to, EventSchema.CAUSATION_ID, encoded(about.causationId()));
        headers(to, about.headers());
        text(to, EventSchema.COMMAND, command(envelope));
        text(to, EventSchema.ADAPTER_METADATA, adapterMetadata(envelope.adapterMetadata()));
        to.endMessage();
    }

    private void text(RecordConsumer to, String name, @Nullable Binary value) {
        if (value != null) {
            to.startField(name, field);
            to.addBinary(value);
            to.endField(name, field);
        }
        field++;
    }

    private void number(RecordConsumer to, String name, int value) {
        to.startField(name, field);
        to.addInteger(value);
        to.endField(name, field);
        field++;
    }

    private void number(RecordConsumer to, String name, long value) {
        to.startField(name, field);
        to.addLong(value);
        to.endField(name, field);
        field++;
    }

    private void tags(RecordConsumer to, Set<String> tags) {
        to.startField(EventSchema.TAGS, field);
        to.startGroup();
        if (!tags.isEmpty()) {
            String[] sorted = tags.toArray(new String[0]);
            Arrays.sort(sorted);
            to.startField("list", 0);
            for (String tag : sorted) {
                to.startGroup();
                value(to, "element", 0, known(tag));
                to.endGroup();
            }
            to.endField("list", 0);
        }
        to.endGroup();
        to.endField(EventSchema.TAGS, field);
        field++;
    }

    private void headers(RecordConsumer to, Map<String, String> headers) {
        to.startField(EventSchema.HEADERS, field);
        to.startGroup();
        if (!headers.isEmpty()) {
            String[] keys = headers.keySet().toArray(new String[0]);
            Arrays.sort(keys);
            to.startField("key_value", 0);
            for (String key : keys) {
                to.startGroup();
                value(to, "key", 0, known(key));
                value(to, "value", 1, Binary.fromConstantByteArray(Utf8.bytes(headers.getOrDefault(key, ""))));
                to.endGroup();
            }
            to.endField("key_value", 0);
        }
        to.endGroup();
        to.endField(EventSchema.HEADERS, field);
        field++;
    }

    private static void value(RecordConsumer to, String name, int index, Binary value) {
        to.startField(name, index);
        to.addBinary(value);
        to.endField(name, index);
    }

    private Binary known(String text) {
        Binary bytes = known.get(text);
        if (bytes == null) {
            if (known.size() == MAX_KNOWN_TEXTS) {
                known.clear();
            }
            bytes = Binary.fromConstantByteArray(Utf8.bytes(text));
            known.put(text, bytes);
        }
        return bytes;
    }

    private static @Nullable Binary encoded(@Nullable String text) {
        return text == null ? null : Binary.fromConstantByteArray(Utf8.bytes(text));
    }

    private @Nullable Binary command(Envelope envelope) {
        if (envelope.command() == null) {
            return null;
        }
        scratch.clear();
        EnvelopeCodec.command(scratch, envelope.command());
        return Binary.fromConstantByteArray(scratch.toByteArray());
    }

    private @Nullable Binary adapterMetadata(@Nullable Payload payload) {
        if (payload == null) {
            return null;
        }
        scratch.clear();
        EnvelopeCodec.payload(scratch, payload);
        return Binary.fromConstantByteArray(scratch.toByteArray());
    }
}

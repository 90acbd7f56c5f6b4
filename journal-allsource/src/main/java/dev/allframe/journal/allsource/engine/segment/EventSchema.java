package dev.allframe.journal.allsource.engine.segment;

import static org.apache.parquet.schema.LogicalTypeAnnotation.listType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.mapType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;

/**
 * The columns of a Parquet file of events, version 1, and the keys of its metadata. {@code docs/on-disk.md} says what
 * they mean. Names and order last.
 *
 * <p>There is no bloom filter: the store finds streams in its index, and other tools prune by {@code slice}, in whose
 * order the rows stand.
 */
final class EventSchema {

    static final int VERSION = 1;

    static final String FORMAT_KEY = "allframe.format";
    static final String STORE_KEY = "allframe.store";
    static final String SEGMENT_KEY = "allframe.segment";
    static final String FIRST_POSITION_KEY = "allframe.first-position";
    static final String LAST_POSITION_KEY = "allframe.last-position";

    static final String PERSISTENCE_ID = "persistence_id";
    static final String ENTITY_TYPE = "entity_type";
    static final String SLICE = "slice";
    static final String SEQUENCE_NR = "sequence_nr";
    static final String POSITION = "position";
    static final String TIMESTAMP = "timestamp";
    static final String EVENT_TYPE = "event_type";
    static final String EVENT_VERSION = "event_version";
    static final String SERIALIZER_ID = "serializer_id";
    static final String SERIALIZER_MANIFEST = "serializer_manifest";
    static final String ADAPTER_MANIFEST = "adapter_manifest";
    static final String WRITER = "writer";
    static final String TAGS = "tags";
    static final String PAYLOAD_TEXT = "payload_text";
    static final String PAYLOAD = "payload";
    static final String COMMAND_ID = "command_id";
    static final String CORRELATION_ID = "correlation_id";
    static final String CAUSATION_ID = "causation_id";
    static final String HEADERS = "headers";
    static final String COMMAND = "command";
    static final String ADAPTER_METADATA = "adapter_metadata";

    /** The leaf of {@link #TAGS}. */
    static final String TAG = "tags.list.element";

    /** The leaves of {@link #HEADERS}. */
    static final String HEADER_KEY = "headers.key_value.key";

    static final String HEADER_VALUE = "headers.key_value.value";

    static final MessageType SCHEMA = Types.buildMessage()
            .required(BINARY)
            .as(stringType())
            .named(PERSISTENCE_ID)
            .required(BINARY)
            .as(stringType())
            .named(ENTITY_TYPE)
            .required(INT32)
            .named(SLICE)
            .required(INT64)
            .named(SEQUENCE_NR)
            .required(INT64)
            .named(POSITION)
            .required(INT64)
            .as(timestampType(true, TimeUnit.MILLIS))
            .named(TIMESTAMP)
            .required(BINARY)
            .as(stringType())
            .named(EVENT_TYPE)
            .required(INT32)
            .named(EVENT_VERSION)
            .required(INT32)
            .named(SERIALIZER_ID)
            .required(BINARY)
            .as(stringType())
            .named(SERIALIZER_MANIFEST)
            .required(BINARY)
            .as(stringType())
            .named(ADAPTER_MANIFEST)
            .required(BINARY)
            .as(stringType())
            .named(WRITER)
            .requiredGroup()
            .as(listType())
            .repeatedGroup()
            .required(BINARY)
            .as(stringType())
            .named("element")
            .named("list")
            .named(TAGS)
            .optional(BINARY)
            .as(stringType())
            .named(PAYLOAD_TEXT)
            .optional(BINARY)
            .named(PAYLOAD)
            .optional(BINARY)
            .as(stringType())
            .named(COMMAND_ID)
            .optional(BINARY)
            .as(stringType())
            .named(CORRELATION_ID)
            .optional(BINARY)
            .as(stringType())
            .named(CAUSATION_ID)
            .requiredGroup()
            .as(mapType())
            .repeatedGroup()
            .required(BINARY)
            .as(stringType())
            .named("key")
            .required(BINARY)
            .as(stringType())
            .named("value")
            .named("key_value")
            .named(HEADERS)
            .optional(BINARY)
            .named(COMMAND)
            .optional(BINARY)
            .named(ADAPTER_METADATA)
            .named("event");

    /** Columns whose values hardly repeat: a dictionary would cost time and save nothing. */
    static final List<String> WITHOUT_DICTIONARY = List.of(SEQUENCE_NR, POSITION, TIMESTAMP, PAYLOAD_TEXT, PAYLOAD,
            COMMAND, ADAPTER_METADATA);

    private EventSchema() {}
}

package dev.allframe.api.testkit.conformance;

import dev.allframe.aggregate.Refusal;
import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.CommandRecord.Outcome;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import dev.allframe.store.spi.PageBuilder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tables of streams and of their records. A stream's row stays when its records are deleted. */
final class H2Events {

    static final String STREAMS = """
            create table if not exists streams (stream varchar primary key, version bigint, last_position bigint unique)""";

    static final String EVENTS = """
            create table if not exists events (position bigint primary key, stream varchar, sequence_nr bigint, writer varchar,
                event_type varchar, event_version int, serializer int, manifest varchar, payload varbinary,
                tags varchar array, time_millis bigint, command_id varchar, correlation_id varchar,
                causation_id varchar, headers varchar array,
                record_id varchar, fingerprint varchar, outcome varchar, refusal_code varchar, refusal_message varchar,
                refusal_details varchar array, first_nr bigint, last_nr bigint,
                adapter_manifest varchar, meta_serializer int, meta_manifest varchar, meta_payload varbinary,
                unique (stream, sequence_nr))""";

    static final String TYPES = """
            create table if not exists types (entity_type varchar, event_type varchar, event_version int,
                primary key (entity_type, event_type, event_version))""";

    private static final int COLUMNS = 27;

    private final String storeId;

    H2Events(String storeId) {
        this.storeId = storeId;
    }

    Appended append(Connection connection, Append append) throws SQLException {
        StreamId stream = append.stream();
        long version = version(connection, stream);
        if (!append.expected().accepts(version)) {
            throw new VersionConflictException(stream, append.expected(), version);
        }
        long position = lastPosition(connection).index();
        long sequenceNr = version;
        String values = "?" + ", ?".repeat(COLUMNS - 1);
        try (PreparedStatement insert = connection.prepareStatement("insert into events values (" + values + ")")) {
            for (Envelope envelope : append.records()) {
                H2Rows.fill(insert, row(++position, ++sequenceNr, append, envelope));
                insert.addBatch();
            }
            insert.executeBatch();
        }
        for (Envelope envelope : append.records()) {
            if (envelope.isEvent()) {
                H2Rows.update(connection, "merge into types values (?, ?, ?)", stream.entityType(),
                        envelope.eventType(), envelope.eventVersion());
            }
        }
        H2Rows.update(connection, "merge into streams values (?, ?, ?)", stream.value(), sequenceNr, position);
        return new Appended(stream, version + 1, sequenceNr, position(position));
    }

    Set<StoredType> types(Connection connection) throws SQLException {
        return Set.copyOf(H2Rows.select(connection,
                row -> new StoredType(row.getString(1), row.getString(2), row.getInt(3)), "select * from types"));
    }

    int deleteTo(Connection connection, StreamId stream, long toSequenceNr) throws SQLException {
        return H2Rows.update(connection, "delete from events where stream = ? and sequence_nr <= ?", stream.value(),
                toSequenceNr);
    }

    List<StoredEvent> range(Connection connection, StreamId stream, long from, long to, int limit)
            throws SQLException {
        return H2Rows.select(connection, this::event,
                "select * from events where stream = ? and sequence_nr between ? and ? order by sequence_nr limit ?",
                stream.value(), from, to, limit);
    }

    List<StoredEvent> backwards(Connection connection, StreamId stream, long from, int limit) throws SQLException {
        return H2Rows.select(connection, this::event,
                "select * from events where stream = ? and sequence_nr <= ? order by sequence_nr desc limit ?",
                stream.value(), from, limit);
    }

    /** Looks at one page of records, whatever the filter wants of them. */
    EventPage all(Connection connection, EventFilter filter, long after, int limit) throws SQLException {
        List<StoredEvent> found = H2Rows.select(connection, this::event,
                "select * from events where position > ? order by position limit ?", after, limit + 1L);
        List<StoredEvent> looked = H2Rows.page(PageBuilder.ofEvents(limit), found);
        Position next = looked.isEmpty() ? position(after) : looked.getLast().position();
        return new EventPage(looked.stream().filter(filter::matches).toList(), next, looked.size() == found.size());
    }

    long version(Connection connection, StreamId stream) throws SQLException {
        return H2Rows.number(connection, "select version from streams where stream = ?", stream.value());
    }

    Position lastPosition(Connection connection) throws SQLException {
        return position(H2Rows.number(connection, "select max(last_position) from streams"));
    }

    List<StreamId> streams(Connection connection, @Nullable StreamId after, int limit) throws SQLException {
        return H2Rows.ids(connection, "select stream from streams where stream > ? order by stream limit ?", after,
                limit);
    }

    private static @Nullable Object[] row(long position, long sequenceNr, Append append, Envelope envelope) {
        Payload payload = envelope.payload();
        EventMetadata metadata = envelope.metadata();
        List<@Nullable Object> row = new ArrayList<>(COLUMNS);
        add(row, position, append.stream().value(), sequenceNr, append.writer(), envelope.eventType(),
                envelope.eventVersion(), payload.serializerId(), payload.manifest(), payload.bytes(),
                envelope.tags().toArray(String[]::new), metadata.timestamp().toEpochMilli(), metadata.commandId(),
                metadata.correlationId(), metadata.causationId(), H2Rows.pairs(metadata.headers()));
        CommandRecord command = envelope.command();
        if (command == null) {
            add(row, null, null, null, null, null, null, null, null);
        } else {
            add(row, command.commandId(), command.fingerprint());
            switch (command.outcome()) {
                case CommandRecord.Accepted() -> add(row, "accepted", null, null, null);
                case CommandRecord.Unchanged() -> add(row, "unchanged", null, null, null);
                case CommandRecord.Voided() -> add(row, "voided", null, null, null);
                case CommandRecord.Refused(Refusal refusal) -> add(row, "refused", refusal.code(), refusal.message(),
                        H2Rows.pairs(refusal.details()));
            }
            add(row, command.firstSequenceNr(), command.lastSequenceNr());
        }
        Payload adapted = envelope.adapterMetadata();
        add(row, envelope.adapterManifest(), adapted == null ? null : adapted.serializerId(),
                adapted == null ? null : adapted.manifest(), adapted == null ? null : adapted.bytes());
        return row.toArray();
    }

    private static void add(List<@Nullable Object> row, @Nullable Object... values) {
        for (Object value : values) {
            row.add(value);
        }
    }

    private StoredEvent event(ResultSet row) throws SQLException {
        EventMetadata metadata = new EventMetadata(Instant.ofEpochMilli(row.getLong("time_millis")),
                row.getString("command_id"), row.getString("correlation_id"), row.getString("causation_id"),
                H2Rows.map(H2Rows.texts(row, "headers")));
        Envelope envelope = new Envelope(row.getString("event_type"), row.getInt("event_version"),
                Objects.requireNonNull(H2Rows.payload(row, "")), Set.of(H2Rows.texts(row, "tags")), metadata,
                command(row), row.getString("adapter_manifest"), H2Rows.payload(row, "meta_"));
        return new StoredEvent(new StreamId(row.getString("stream")), row.getLong("sequence_nr"),
                position(row.getLong("position")), row.getString("writer"), envelope);
    }

    private static @Nullable CommandRecord command(ResultSet row) throws SQLException {
        String outcome = row.getString("outcome");
        return outcome == null
                ? null
                : new CommandRecord(row.getString("record_id"), row.getString("fingerprint"), outcome(outcome, row),
                        row.getLong("first_nr"), row.getLong("last_nr"));
    }

    private static Outcome outcome(String name, ResultSet row) throws SQLException {
        return switch (name) {
            case "accepted" -> new CommandRecord.Accepted();
            case "unchanged" -> new CommandRecord.Unchanged();
            case "voided" -> new CommandRecord.Voided();
            default -> new CommandRecord.Refused(new Refusal(row.getString("refusal_code"),
                    row.getString("refusal_message"), H2Rows.map(H2Rows.texts(row, "refusal_details"))));
        };
    }

    private Position position(long index) {
        return index == 0 ? Position.START : new Position(storeId, 0, 0, index);
    }
}

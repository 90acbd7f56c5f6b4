package dev.allframe.api.testkit.h2;

import dev.allframe.aggregate.Refusal;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A record as a row of the table {@code events}. */
final class H2Row {

    private static final int COLUMNS = 31;
    static final String INSERT = "INSERT INTO events VALUES (?" + ", ?".repeat(COLUMNS - 1) + ")";

    private H2Row() {}

    static void bind(PreparedStatement insert, StoredEvent event) throws SQLException {
        Envelope envelope = event.envelope();
        Payload payload = envelope.payload();
        EventMetadata metadata = envelope.metadata();
        String stream = event.stream().value();
        List<@Nullable Object> values = new ArrayList<>(COLUMNS);
        values.addAll(List.of(event.position().index(), stream, event.sequenceNr(), event.writer()));
        values.add(stream.indexOf('|') < 0 ? null : event.stream().entityType());
        values.addAll(List.of(event.stream().slice(), envelope.eventType(), envelope.eventVersion(),
                payload.serializerId(), payload.manifest(), payload.bytes(),
                envelope.tags().toArray(String[]::new), metadata.timestamp().toEpochMilli()));
        values.add(metadata.commandId());
        values.add(metadata.correlationId());
        values.add(metadata.causationId());
        addMap(values, metadata.headers());
        addCommand(values, envelope.command());
        values.add(envelope.adapterManifest());
        addPayload(values, envelope.adapterMetadata());
        for (int i = 0; i < COLUMNS; i++) {
            bind(insert, i + 1, values.get(i));
        }
    }

    /** Binds a value after checking that the texts in it can be stored. */
    static void bind(PreparedStatement statement, int parameter, @Nullable Object value) throws SQLException {
        if (value instanceof String text) {
            H2Schema.text(text);
        } else if (value instanceof String[] texts) {
            for (String text : texts) {
                H2Schema.text(text);
            }
        }
        statement.setObject(parameter, value);
    }

    private static void addMap(List<@Nullable Object> values, Map<String, String> map) {
        List<String> names = List.copyOf(map.keySet());
        values.add(names.toArray(String[]::new));
        values.add(names.stream().map(map::get).toArray(String[]::new));
    }

    private static void addCommand(List<@Nullable Object> values, @Nullable CommandRecord command) {
        if (command == null) {
            for (int i = 0; i < 9; i++) {
                values.add(null);
            }
            return;
        }
        values.add(command.commandId());
        values.add(command.fingerprint());
        Refusal none = new Refusal("none", "", Map.of());
        Refusal refusal = switch (command.outcome()) {
            case CommandRecord.Accepted() -> none;
            case CommandRecord.Unchanged() -> none;
            case CommandRecord.Refused(Refusal reason) -> reason;
        };
        values.add(switch (command.outcome()) {
            case CommandRecord.Accepted() -> "accepted";
            case CommandRecord.Unchanged() -> "unchanged";
            case CommandRecord.Refused(Refusal reason) -> "refused";
        });
        values.add(command.firstSequenceNr());
        values.add(command.lastSequenceNr());
        values.add(refusal.code());
        values.add(refusal.message());
        addMap(values, refusal.details());
    }

    static void addPayload(List<@Nullable Object> values, @Nullable Payload payload) {
        values.add(payload == null ? null : payload.serializerId());
        values.add(payload == null ? null : payload.manifest());
        values.add(payload == null ? null : payload.bytes());
    }

    static StoredEvent event(ResultSet row, LongFunction<Position> position) throws SQLException {
        EventMetadata metadata = new EventMetadata(Instant.ofEpochMilli(row.getLong("time_ms")),
                row.getString("command_id"), row.getString("correlation_id"), row.getString("causation_id"),
                map(row, "header_names", "header_values"));
        Envelope envelope = new Envelope(text(row, "event_type"), row.getInt("event_version"),
                Objects.requireNonNull(payload(row, "serializer", "manifest", "payload")),
                Set.of(texts(row, "tags")), metadata, command(row), text(row, "adapter_manifest"),
                payload(row, "adapter_serializer", "adapter_meta_manifest", "adapter_meta"));
        return new StoredEvent(new StreamId(text(row, "stream")), row.getLong("sequence_nr"),
                position.apply(row.getLong("position")), text(row, "writer"), envelope);
    }

    private static @Nullable CommandRecord command(ResultSet row) throws SQLException {
        String id = row.getString("done_id");
        if (id == null) {
            return null;
        }
        CommandRecord.Outcome outcome = switch (text(row, "done_outcome")) {
            case "accepted" -> new CommandRecord.Accepted();
            case "unchanged" -> new CommandRecord.Unchanged();
            default -> new CommandRecord.Refused(new Refusal(text(row, "refusal_code"), text(row, "refusal_message"),
                    map(row, "refusal_names", "refusal_values")));
        };
        return new CommandRecord(id, text(row, "done_fingerprint"), outcome, row.getLong("done_first"),
                row.getLong("done_last"));
    }

    static @Nullable Payload payload(ResultSet row, String serializer, String manifest, String bytes)
            throws SQLException {
        byte[] contents = row.getBytes(bytes);
        return contents == null ? null : new Payload(row.getInt(serializer), text(row, manifest), contents);
    }

    static String text(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getString(column), column);
    }

    private static String[] texts(ResultSet row, String column) throws SQLException {
        Object[] array = (Object[]) row.getArray(column).getArray();
        return List.of(array).toArray(String[]::new);
    }

    private static Map<String, String> map(ResultSet row, String names, String values) throws SQLException {
        String[] keys = texts(row, names);
        String[] texts = texts(row, values);
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < keys.length; i++) {
            map.put(keys[i], texts[i]);
        }
        return map;
    }
}

package dev.allframe.api.testkit.h2;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/** The tables, and two counters: the last position of a record, and of a change of state. */
final class H2Schema {

    private static final String TABLES = """
            CREATE TABLE IF NOT EXISTS store(id VARCHAR PRIMARY KEY, last_record BIGINT, last_change BIGINT);
            CREATE TABLE IF NOT EXISTS streams(id VARCHAR PRIMARY KEY, version BIGINT);
            CREATE TABLE IF NOT EXISTS events(
              position BIGINT PRIMARY KEY, stream VARCHAR, sequence_nr BIGINT, writer VARCHAR,
              entity_type VARCHAR, slice INT,
              event_type VARCHAR, event_version INT, serializer INT, manifest VARCHAR, payload VARBINARY,
              tags VARCHAR ARRAY,
              time_ms BIGINT, command_id VARCHAR, correlation_id VARCHAR, causation_id VARCHAR,
              header_names VARCHAR ARRAY, header_values VARCHAR ARRAY,
              done_id VARCHAR, done_fingerprint VARCHAR, done_outcome VARCHAR, done_first BIGINT, done_last BIGINT,
              refusal_code VARCHAR, refusal_message VARCHAR,
              refusal_names VARCHAR ARRAY, refusal_values VARCHAR ARRAY,
              adapter_manifest VARCHAR, adapter_serializer INT, adapter_meta_manifest VARCHAR, adapter_meta VARBINARY,
              UNIQUE(stream, sequence_nr));
            CREATE TABLE IF NOT EXISTS snapshots(
              stream VARCHAR, sequence_nr BIGINT, time_ms BIGINT, serializer INT, manifest VARCHAR, payload VARBINARY,
              meta_serializer INT, meta_manifest VARCHAR, meta VARBINARY,
              PRIMARY KEY(stream, sequence_nr));
            CREATE TABLE IF NOT EXISTS states(
              id VARCHAR PRIMARY KEY, revision BIGINT, position BIGINT UNIQUE, time_ms BIGINT,
              serializer INT, manifest VARCHAR, payload VARBINARY, tag VARCHAR);
            """;

    private H2Schema() {}

    /** Creates what is not there, and returns the id of the data. */
    static String create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(TABLES);
            try (ResultSet found = statement.executeQuery("SELECT id FROM store")) {
                if (found.next()) {
                    return found.getString(1);
                }
            }
        }
        String id = "h2-" + UUID.randomUUID();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO store VALUES (?, 0, 0)")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
        return id;
    }

    /** One number, such as a counter. */
    static long number(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                query.setObject(i + 1, arguments[i]);
            }
            try (ResultSet found = query.executeQuery()) {
                return found.next() ? found.getLong(1) : 0;
            }
        }
    }

    /** The text, if UTF-8 can keep it. */
    static String text(String text) {
        if (!UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("a text with an unpaired surrogate cannot be stored");
        }
        return text;
    }
}

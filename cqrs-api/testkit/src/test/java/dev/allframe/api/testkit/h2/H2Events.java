package dev.allframe.api.testkit.h2;

import static dev.allframe.api.testkit.h2.H2Schema.number;

import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** The statements on the tables {@code events} and {@code streams}. */
final class H2Events {

    private static final String LAST = "SELECT last_record FROM store";

    private final LongFunction<Position> positions;

    H2Events(LongFunction<Position> positions) {
        this.positions = positions;
    }

    Appended append(Connection connection, Append append) throws SQLException {
        StreamId stream = append.stream();
        long version = version(connection, stream);
        if (!append.expected().accepts(version)) {
            throw new VersionConflictException(stream, append.expected(), version);
        }
        long sequenceNr = version;
        long position = number(connection, LAST);
        try (PreparedStatement insert = connection.prepareStatement(H2Row.INSERT)) {
            for (Envelope envelope : append.records()) {
                H2Row.bind(insert, new StoredEvent(stream, ++sequenceNr, positions.apply(++position), append.writer(),
                        envelope));
                insert.addBatch();
            }
            insert.executeBatch();
        }
        execute(connection, "UPDATE store SET last_record = ?", position);
        execute(connection, "MERGE INTO streams KEY(id) VALUES (?, ?)", stream.value(), sequenceNr);
        return new Appended(stream, version + 1, sequenceNr, positions.apply(position));
    }

    void deleteTo(Connection connection, StreamId stream, long toSequenceNr) throws SQLException {
        execute(connection, "DELETE FROM events WHERE stream = ? AND sequence_nr <= ?", stream.value(), toSequenceNr);
    }

    long version(Connection connection, StreamId stream) throws SQLException {
        return number(connection, "SELECT version FROM streams WHERE id = ?", stream.value());
    }

    Position last(Connection connection) throws SQLException {
        long last = number(connection, LAST);
        return last == 0 ? Position.START : positions.apply(last);
    }

    List<StoredEvent> read(Connection connection, StreamId stream, long from, long to, String order, int limit)
            throws SQLException {
        return query(connection, "SELECT * FROM events WHERE stream = ? AND sequence_nr BETWEEN ? AND ? "
                + "ORDER BY sequence_nr " + order + " LIMIT ?", List.of(stream.value(), from, to, limit));
    }

    EventPage page(Connection connection, EventFilter filter, Position after, int limit) throws SQLException {
        H2Filter wanted = H2Filter.of(filter);
        List<Object> arguments = new ArrayList<>(List.of(after.index()));
        arguments.addAll(wanted.arguments());
        arguments.add(limit);
        List<StoredEvent> found = query(connection, "SELECT * FROM events WHERE position > ? AND ("
                + wanted.condition() + ") ORDER BY position LIMIT ?", arguments);
        long last = number(connection, LAST);
        if (found.size() == limit) {
            Position next = found.getLast().position();
            return new EventPage(found, next, next.index() == last);
        }
        return new EventPage(found, last == 0 ? Position.START : positions.apply(last), true);
    }

    private List<StoredEvent> query(Connection connection, String sql, List<Object> arguments) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.size(); i++) {
                query.setObject(i + 1, arguments.get(i));
            }
            List<StoredEvent> events = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    events.add(H2Row.event(rows, positions));
                }
            }
            return events;
        }
    }

    private static void execute(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                H2Row.bind(statement, i + 1, arguments[i]);
            }
            statement.executeUpdate();
        }
    }
}

package dev.allframe.api.testkit.h2;

import static dev.allframe.api.testkit.h2.H2Schema.number;

import dev.allframe.store.DurableState;
import dev.allframe.store.DurableStatePage;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The statements on the table {@code states}. */
final class H2States {

    private static final String LAST = "SELECT last_change FROM store";

    private final LongFunction<Position> positions;

    H2States(LongFunction<Position> positions) {
        this.positions = positions;
    }

    Optional<DurableState> get(Connection connection, StreamId id) throws SQLException {
        return query(connection, "SELECT * FROM states WHERE id = ?", id.value()).stream().findFirst();
    }

    /** Changes a state; no payload deletes it, and no tag keeps the one that it has. */
    DurableState change(Connection connection, StreamId id, long revision, @Nullable Payload payload,
            @Nullable String tag) throws SQLException {
        Optional<DurableState> last = get(connection, id);
        long actual = last.map(DurableState::revision).orElse(0L);
        if (revision != actual + 1) {
            throw new VersionConflictException(id, ExpectedVersion.exactly(Math.max(0, revision - 1)), actual);
        }
        long position = number(connection, LAST) + 1;
        DurableState changed = new DurableState(id, revision, positions.apply(position),
                Instant.now().truncatedTo(ChronoUnit.MILLIS), payload,
                tag == null ? last.map(DurableState::tag).orElse("") : tag);
        List<@Nullable Object> values = new ArrayList<>(
                List.of(id.value(), revision, position, changed.timestamp().toEpochMilli()));
        H2Row.addPayload(values, payload);
        values.add(changed.tag());
        try (PreparedStatement merge = connection
                .prepareStatement("MERGE INTO states KEY(id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
                Statement count = connection.createStatement()) {
            for (int i = 0; i < values.size(); i++) {
                H2Row.bind(merge, i + 1, values.get(i));
            }
            merge.executeUpdate();
            count.executeUpdate("UPDATE store SET last_change = last_change + 1");
        }
        return changed;
    }

    DurableStatePage page(Connection connection, Predicate<DurableState> wanted, Position after, int limit)
            throws SQLException {
        List<DurableState> found = query(connection,
                "SELECT * FROM states WHERE position > ? ORDER BY position LIMIT ?", after.index(), limit);
        Position next = found.isEmpty() ? after : found.getLast().position();
        return new DurableStatePage(found.stream().filter(wanted).toList(), next,
                number(connection, "SELECT MAX(position) FROM states") <= next.index());
    }

    private List<DurableState> query(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                query.setObject(i + 1, arguments[i]);
            }
            List<DurableState> states = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    states.add(new DurableState(new StreamId(H2Row.text(row, "id")), row.getLong("revision"),
                            positions.apply(row.getLong("position")), Instant.ofEpochMilli(row.getLong("time_ms")),
                            H2Row.payload(row, "serializer", "manifest", "payload"), H2Row.text(row, "tag")));
                }
            }
            return states;
        }
    }
}

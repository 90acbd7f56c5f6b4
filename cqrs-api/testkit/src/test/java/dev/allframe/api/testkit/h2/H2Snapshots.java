package dev.allframe.api.testkit.h2;

import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StreamId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements on the table {@code snapshots}. */
final class H2Snapshots {

    private static final String MEANT = " FROM snapshots WHERE stream = ? AND sequence_nr BETWEEN ? AND ? "
            + "AND time_ms BETWEEN ? AND ?";

    private H2Snapshots() {}

    static void save(Connection connection, Snapshot snapshot) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>(List.of(snapshot.stream().value(), snapshot.sequenceNr(),
                snapshot.timestamp().toEpochMilli()));
        H2Row.addPayload(values, snapshot.payload());
        H2Row.addPayload(values, snapshot.metadata());
        try (PreparedStatement merge = connection
                .prepareStatement("MERGE INTO snapshots KEY(stream, sequence_nr) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int i = 0; i < values.size(); i++) {
                H2Row.bind(merge, i + 1, values.get(i));
            }
            merge.executeUpdate();
        }
    }

    static Optional<Snapshot> latest(Connection connection, StreamId stream, SnapshotCriteria criteria)
            throws SQLException {
        try (PreparedStatement query = connection
                .prepareStatement("SELECT *" + MEANT + " ORDER BY sequence_nr DESC LIMIT 1")) {
            bind(query, stream, criteria);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new Snapshot(stream, row.getLong("sequence_nr"),
                                Instant.ofEpochMilli(row.getLong("time_ms")),
                                Objects.requireNonNull(H2Row.payload(row, "serializer", "manifest", "payload")),
                                H2Row.payload(row, "meta_serializer", "meta_manifest", "meta")))
                        : Optional.empty();
            }
        }
    }

    static void delete(Connection connection, StreamId stream, SnapshotCriteria criteria) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE" + MEANT)) {
            bind(delete, stream, criteria);
            delete.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, StreamId stream, SnapshotCriteria criteria)
            throws SQLException {
        statement.setString(1, stream.value());
        statement.setLong(2, criteria.minSequenceNr());
        statement.setLong(3, criteria.maxSequenceNr());
        statement.setLong(4, H2Filter.ceilingMillis(criteria.minTimestamp()));
        statement.setLong(5, H2Filter.floorMillis(criteria.maxTimestamp()));
    }
}

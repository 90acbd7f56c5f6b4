package dev.allframe.api.testkit.conformance;

import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StreamId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** The table of snapshots. */
final class H2Snapshots {

    static final String TABLE = """
            create table if not exists snapshots (stream varchar, sequence_nr bigint, time_millis bigint,
                serializer int, manifest varchar, payload varbinary,
                meta_serializer int, meta_manifest varchar, meta_payload varbinary,
                primary key (stream, sequence_nr))""";

    boolean save(Connection connection, Snapshot snapshot) throws SQLException {
        Payload payload = snapshot.payload();
        Payload metadata = snapshot.metadata();
        return H2Rows.update(connection, "merge into snapshots values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                snapshot.stream().value(), snapshot.sequenceNr(), snapshot.timestamp().toEpochMilli(),
                payload.serializerId(), payload.manifest(), payload.bytes(),
                metadata == null ? null : metadata.serializerId(), metadata == null ? null : metadata.manifest(),
                metadata == null ? null : metadata.bytes()) == 1;
    }

    /** Those that are meant, the highest sequence number first. */
    List<Snapshot> meant(Connection connection, StreamId stream, SnapshotCriteria criteria) throws SQLException {
        return H2Rows.select(connection, row -> snapshot(stream, row),
                "select * from snapshots where stream = ? order by sequence_nr desc", stream.value())
                .stream()
                .filter(criteria::matches)
                .toList();
    }

    int delete(Connection connection, StreamId stream, SnapshotCriteria criteria) throws SQLException {
        int deleted = 0;
        for (Snapshot snapshot : meant(connection, stream, criteria)) {
            deleted += H2Rows.update(connection, "delete from snapshots where stream = ? and sequence_nr = ?",
                    stream.value(), snapshot.sequenceNr());
        }
        return deleted;
    }

    private static Snapshot snapshot(StreamId stream, ResultSet row) throws SQLException {
        return new Snapshot(stream, row.getLong("sequence_nr"), Instant.ofEpochMilli(row.getLong("time_millis")),
                Objects.requireNonNull(H2Rows.payload(row, "")), H2Rows.payload(row, "meta_"));
    }
}

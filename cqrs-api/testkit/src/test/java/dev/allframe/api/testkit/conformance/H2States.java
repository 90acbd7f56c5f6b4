package dev.allframe.api.testkit.conformance;

import dev.allframe.store.DurableState;
import dev.allframe.store.DurableStatePage;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import dev.allframe.store.spi.PageBuilder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of durable states: a row for each id, with the position of its last change. */
final class H2States {

    static final String TABLE = """
            create table if not exists states (id varchar primary key, revision bigint, position bigint unique, time_millis bigint,
                serializer int, manifest varchar, payload varbinary, tag varchar)""";

    private final String storeId;

    H2States(String storeId) {
        this.storeId = storeId;
    }

    Optional<DurableState> get(Connection connection, StreamId id) throws SQLException {
        return H2Rows.select(connection, this::state, "select * from states where id = ?", id.value())
                .stream()
                .findFirst();
    }

    /** Sets or, without a payload, deletes the value. */
    DurableState change(Connection connection, StreamId id, long revision, @Nullable Payload payload,
            @Nullable String tag) throws SQLException {
        Optional<DurableState> last = get(connection, id);
        long actual = last.map(DurableState::revision).orElse(0L);
        if (revision != actual + 1) {
            throw new VersionConflictException(id, ExpectedVersion.exactly(Math.max(0, revision - 1)), actual);
        }
        String kept = tag == null ? last.map(DurableState::tag).orElse("") : tag;
        long position = H2Rows.number(connection, "select coalesce(max(position), 0) + 1 from states");
        H2Rows.update(connection, "merge into states values (?, ?, ?, ?, ?, ?, ?, ?)", id.value(), revision, position,
                System.currentTimeMillis(), payload == null ? null : payload.serializerId(),
                payload == null ? null : payload.manifest(), payload == null ? null : payload.bytes(), kept);
        return get(connection, id).orElseThrow();
    }

    DurableStatePage changes(Connection connection, long after, int limit) throws SQLException {
        List<DurableState> found = H2Rows.select(connection, this::state,
                "select * from states where position > ? order by position limit ?", after, limit + 1L);
        List<DurableState> looked = H2Rows.page(PageBuilder.ofStates(limit), found);
        Position next = looked.isEmpty() ? position(after) : looked.getLast().position();
        return new DurableStatePage(looked, next, looked.size() == found.size());
    }

    List<StreamId> ids(Connection connection, @Nullable StreamId after, int limit) throws SQLException {
        return H2Rows.ids(connection,
                "select id from states where id > ? and payload is not null order by id limit ?", after, limit);
    }

    private DurableState state(ResultSet row) throws SQLException {
        return new DurableState(new StreamId(row.getString("id")), row.getLong("revision"),
                position(row.getLong("position")), Instant.ofEpochMilli(row.getLong("time_millis")),
                H2Rows.payload(row, ""), row.getString("tag"));
    }

    private Position position(long index) {
        return index == 0 ? Position.START : new Position(storeId, 0, 0, index);
    }
}

package dev.allframe.benchmarks;

import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import dev.allframe.benchmarks.TillViews.TillRow;
import dev.allframe.benchmarks.barelist.JdbcConnection;
import dev.allframe.store.EventStore;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.projection.HandlerRecoveryStrategy;
import org.apache.pekko.projection.ProjectionBehavior;
import org.apache.pekko.projection.ProjectionId;
import org.apache.pekko.projection.StatusObserver;
import org.apache.pekko.projection.javadsl.SourceProvider;
import org.apache.pekko.projection.jdbc.javadsl.JdbcHandler;
import org.apache.pekko.projection.jdbc.javadsl.JdbcProjection;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The rows of {@link TillViews#INDEXED} by pekko-projection-jdbc in an H2 file: groups of events, each one transaction
 * with its offset over a pooled connection, in which each row is written once, by batched statements. The events are
 * read and decoded by our store ahead of the projection, on a thread of their own.
 */
final class PeerTills {

    private static final String CONFIG = """
            pekko.loglevel = WARNING
            pekko.stdout-loglevel = WARNING
            pekko.projection.jdbc.dialect = h2-dialect
            pekko.projection.jdbc.blocking-jdbc-dispatcher.thread-pool-executor.fixed-pool-size = 4
            """;

    private static final Duration PATIENCE = Duration.ofMinutes(20);

    private PeerTills() {}

    /**
     * Builds the rows in a new file.
     *
     * @param group how many events are one transaction
     * @param rows how many rows there must be at the end
     * @return the time from the start of the projection until its last group is committed
     */
    static Duration build(Path folder, EventStore<Tills.PaidIn> events, Position last, int group, long rows)
            throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "peer",
                ConfigFactory.parseString(CONFIG).withFallback(ConfigFactory.load()));
        try (HikariDataSource pool = JdbcConnection.pool("jdbc:h2:file:" + folder.resolve("tills"), 4)) {
            Supplier<JdbcConnection> sessions = () -> new JdbcConnection(pool);
            execute(pool, "CREATE TABLE tills (id VARCHAR(100) PRIMARY KEY, balance BIGINT NOT NULL,"
                    + " reference VARCHAR(200) NOT NULL)");
            execute(pool, "CREATE INDEX tills_balance ON tills (balance)");
            JdbcProjection.createTablesIfNotExists(sessions, system).toCompletableFuture().get(1, TimeUnit.MINUTES);
            CompletableFuture<Void> done = new CompletableFuture<>();
            var projection = JdbcProjection
                    .groupedWithin(ProjectionId.of("tills", "all"), new Events(events, last.storeId()), sessions,
                            TillHandler::new, system)
                    .withGroup(group, Duration.ofMillis(500))
                    .withStatusObserver(new Progress(last, done));
            long begin = System.nanoTime();
            system.systemActorOf(ProjectionBehavior.create(projection), "tills", Props.empty());
            done.get(PATIENCE.toMinutes(), TimeUnit.MINUTES);
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);
            if (rows(pool) != rows) {
                throw new IllegalStateException(rows(pool) + " rows instead of " + rows);
            }
            return taken;
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    private static void execute(HikariDataSource pool, String statement) throws SQLException {
        try (Connection connection = pool.getConnection(); var sql = connection.createStatement()) {
            sql.execute(statement);
            connection.commit();
        }
    }

    private static long rows(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                var sql = connection.createStatement();
                var found = sql.executeQuery("SELECT count(*) FROM tills")) {
            found.next();
            return found.getLong(1);
        }
    }

    /** The events of the store up to its end, with the index of their position as offset. */
    private static final class Events extends SourceProvider<Long, RecordedEvent<Tills.PaidIn>> {

        private final EventStore<Tills.PaidIn> events;
        private final String storeId;

        Events(EventStore<Tills.PaidIn> events, String storeId) {
            this.events = events;
            this.storeId = storeId;
        }

        @Override
        public CompletionStage<Source<RecordedEvent<Tills.PaidIn>, NotUsed>> source(
                Supplier<CompletionStage<Optional<Long>>> offset) {
            return offset.get().thenApply(known -> {
                Position after = known.map(index -> new Position(storeId, 0, 0, index)).orElse(Position.START);
                return Source.fromJavaStream(() -> events.streamAllEvents(after))
                        .concat(Source.maybe())
                        .withAttributes(ActorAttributes.dispatcher(ActorAttributes.IODispatcher().dispatcher()))
                        .async();
            });
        }

        @Override
        public Long extractOffset(RecordedEvent<Tills.PaidIn> event) {
            return event.position().index();
        }

        @Override
        public long extractCreationTime(RecordedEvent<Tills.PaidIn> event) {
            return event.metadata().timestamp().toEpochMilli();
        }
    }

    private static final class TillHandler
            extends
                JdbcHandler<List<RecordedEvent<Tills.PaidIn>>, JdbcConnection> {

        @Override
        public void process(JdbcConnection session, List<RecordedEvent<Tills.PaidIn>> group) throws Exception {
            Map<String, TillRow> added = new LinkedHashMap<>();
            for (RecordedEvent<Tills.PaidIn> event : group) {
                added.compute(event.stream().entityId(),
                        (id, row) -> (row == null ? TillRow.NONE : row).after(event.event()));
            }
            List<Map.Entry<String, TillRow>> rows = List.copyOf(added.entrySet());
            session.withConnection(connection -> {
                write(connection, rows);
                return rows.size();
            });
        }

        private static void write(Connection connection, List<Map.Entry<String, TillRow>> rows) throws SQLException {
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE tills SET balance = balance + ?, reference = ? WHERE id = ?");
                    PreparedStatement insert = connection.prepareStatement(
                            "INSERT INTO tills (balance, reference, id) VALUES (?, ?, ?)")) {
                for (Map.Entry<String, TillRow> row : rows) {
                    add(update, row);
                }
                int[] changed = update.executeBatch();
                for (int i = 0; i < changed.length; i++) {
                    if (changed[i] == 0) {
                        add(insert, rows.get(i));
                    }
                }
                insert.executeBatch();
            }
        }

        private static void add(PreparedStatement batch, Map.Entry<String, TillRow> row) throws SQLException {
            batch.setLong(1, row.getValue().balance());
            batch.setString(2, row.getValue().reference());
            batch.setString(3, row.getKey());
            batch.addBatch();
        }
    }

    /** Tells when the offset of the last event is stored. */
    private static final class Progress extends StatusObserver<RecordedEvent<Tills.PaidIn>> {

        private final Position last;
        private final CompletableFuture<Void> done;

        Progress(Position last, CompletableFuture<Void> done) {
            this.last = last;
            this.done = done;
        }

        @Override
        public void offsetProgress(ProjectionId id, RecordedEvent<Tills.PaidIn> event) {
            if (event.position().compareTo(last) >= 0) {
                done.complete(null);
            }
        }

        @Override
        public void failed(ProjectionId id, Throwable cause) {
            done.completeExceptionally(cause);
        }

        @Override
        public void started(ProjectionId id) {}

        @Override
        public void stopped(ProjectionId id) {}

        @Override
        public void beforeProcess(ProjectionId id, RecordedEvent<Tills.PaidIn> event) {}

        @Override
        public void afterProcess(ProjectionId id, RecordedEvent<Tills.PaidIn> event) {}

        @Override
        public void error(ProjectionId id, RecordedEvent<Tills.PaidIn> event, Throwable cause,
                HandlerRecoveryStrategy strategy) {}
    }
}

package dev.allframe.benchmarks.barelist;

import dev.allframe.benchmarks.bareaccount.AccountEntity.Recorded;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Closed;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Confirmed;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Deposited;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Opened;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OrderCancelled;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OrderPlaced;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OverdraftChanged;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Released;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Reserved;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Withdrawn;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.persistence.query.typed.EventEnvelope;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.projection.jdbc.javadsl.JdbcHandler;

/** Applies a group of events to a table, in the transaction that stores their offset. */
final class AccountListHandler extends JdbcHandler<List<EventEnvelope<Recorded>>, JdbcConnection> {

    private final String table;

    AccountListHandler(String table) {
        this.table = table;
    }

    @Override
    public void process(JdbcConnection session, List<EventEnvelope<Recorded>> group) throws Exception {
        session.withConnection(connection -> apply(connection, group));
    }

    /** Accounts are opened before the group's movements: an opening is an account's first event and no other. */
    private int apply(Connection connection, List<EventEnvelope<Recorded>> group) throws SQLException {
        try (PreparedStatement open = connection.prepareStatement(
                "INSERT INTO " + table + " (owner, balance, currency, version, id) VALUES (?, 0, ?, ?, ?)");
                PreparedStatement move = connection.prepareStatement(
                        "UPDATE " + table + " SET balance = balance + ?, version = ? WHERE id = ?")) {
            for (EventEnvelope<Recorded> envelope : group) {
                switch (envelope.event().event()) {
                    case Opened(var owner, var overdraft, var on) ->
                        add(open, envelope, owner, overdraft.currency().getCurrencyCode());
                    case Deposited(var amount, var entry, var channel) -> add(move, envelope, amount.amount());
                    case Withdrawn(var amount, var entry) -> add(move, envelope, amount.amount().negate());
                    case OverdraftChanged changed -> add(move, envelope, BigDecimal.ZERO);
                    case OrderPlaced placed -> add(move, envelope, BigDecimal.ZERO);
                    case OrderCancelled cancelled -> add(move, envelope, BigDecimal.ZERO);
                    case Reserved reserved -> add(move, envelope, BigDecimal.ZERO);
                    case Released released -> add(move, envelope, BigDecimal.ZERO);
                    case Confirmed(var id, var amount, var entry) -> add(move, envelope, amount.amount().negate());
                    case Closed closed -> add(move, envelope, BigDecimal.ZERO);
                }
            }
            open.executeBatch();
            if (IntStream.of(move.executeBatch()).anyMatch(rows -> rows == 0)) {
                throw new IllegalStateException("an account moves that was not opened");
            }
            return group.size();
        }
    }

    private static void add(PreparedStatement batch, EventEnvelope<Recorded> envelope, Object... values)
            throws SQLException {
        for (int i = 0; i < values.length; i++) {
            batch.setObject(i + 1, values[i]);
        }
        batch.setLong(values.length + 1, envelope.sequenceNr());
        batch.setString(values.length + 2, PersistenceId.extractEntityId(envelope.persistenceId()));
        batch.addBatch();
    }
}

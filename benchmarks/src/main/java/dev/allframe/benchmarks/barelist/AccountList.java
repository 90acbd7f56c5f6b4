package dev.allframe.benchmarks.barelist;

import dev.allframe.benchmarks.bareaccount.AccountEntity.Recorded;
import dev.allframe.benchmarks.barelist.AccountListKeeper.Message;
import dev.allframe.benchmarks.barelist.AccountListKeeper.Rebuild;
import dev.allframe.benchmarks.barelist.Generations.Generation;
import dev.allframe.sample.bank.account.Money;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.SingletonActor;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.typed.EventEnvelope;
import org.apache.pekko.persistence.query.typed.javadsl.CurrentEventsBySliceQuery;
import org.apache.pekko.projection.eventsourced.javadsl.EventSourcedProvider;
import org.apache.pekko.projection.javadsl.SourceProvider;
import org.apache.pekko.stream.javadsl.Sink;

/** The accounts by id, owner and balance, in a database that every member of the cluster reaches. Thread-safe. */
final class AccountList {

    private static final String ENTITY_TYPE = "account";
    private static final int LAST_SLICE = 1023;
    private static final Duration POLL = Duration.ofMillis(20);

    /** An account of the list, as its event of a version has left it. */
    record Row(String id, String owner, Money balance, long version) {}

    /** Whether the list has applied an account's version. */
    sealed interface Answer {}

    record Seen(Row row) implements Answer {}

    record NotYet(long lag) implements Answer {}

    /** Thrown while no list is served: it is built for the first time, or anew for changed code. */
    static final class NotReadyException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        NotReadyException() {
            super("the account list is being built");
        }
    }

    /** @param building to where a list is built beside the one that is served; empty where none is */
    record Progress(int generation, long position, long lag, Optional<Long> building) {}

    private final ActorSystem<?> system;
    private final DataSource pool;
    private final String queries;
    private final Sql sql;
    private final Generations generations;
    private final Executor blocking;
    private final ActorRef<Message> keeper;

    /** Keeps the list in a database from the events of a read journal. */
    AccountList(ActorSystem<?> system, DataSource pool, String queries, Duration checkEvery) {
        this.system = system;
        this.pool = pool;
        this.queries = queries;
        this.sql = new Sql(pool);
        this.generations = new Generations(sql);
        this.blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
        this.keeper = ClusterSingleton.get(system)
                .init(SingletonActor.of(AccountListKeeper.create(this, checkEvery), "account-list")
                        .withProps(DispatcherSelector.blocking()));
    }

    Generations generations() {
        return generations;
    }

    JdbcConnection session() {
        return new JdbcConnection(pool);
    }

    SourceProvider<Offset, EventEnvelope<Recorded>> events() {
        return EventSourcedProvider.eventsBySlices(system, queries, ENTITY_TYPE, 0, LAST_SLICE);
    }

    CompletionStage<Long> lag(Generation generation) {
        return PersistenceQuery.get(system)
                .getReadJournalFor(CurrentEventsBySliceQuery.class, queries)
                .currentEventsBySlices(ENTITY_TYPE, 0, LAST_SLICE, Offset.sequence(generations.position(generation)))
                .runWith(Sink.fold(0L, (count, event) -> count + 1), system);
    }

    CompletionStage<Done> rebuild(Duration timeout) {
        return AskPattern.ask(keeper, Rebuild::new, timeout, system.scheduler());
    }

    CompletionStage<Progress> progress() {
        Generation served = served();
        return lag(served).thenApplyAsync(lag -> new Progress(served.number(), generations.position(served), lag,
                generations.current()
                        .stream()
                        .filter(generation -> generation.state() == Generations.State.BUILDING)
                        .map(generations::position)
                        .findFirst()),
                blocking);
    }

    Optional<Row> get(String id) {
        return rows("WHERE id = ?", id).stream().findFirst();
    }

    /** The account when the list has applied its version, which every accepted command returns. */
    CompletionStage<Answer> get(String id, long version, Duration timeout) {
        return CompletableFuture.supplyAsync(() -> get(id).filter(row -> row.version() >= version), blocking)
                .thenCompose(found -> {
                    if (found.isPresent()) {
                        return CompletableFuture.completedFuture(new Seen(found.get()));
                    }
                    return timeout.isPositive()
                            ? Patterns.after(POLL, system, () -> get(id, version, timeout.minus(POLL)))
                            : lag(served()).thenApply(NotYet::new);
                });
    }

    /** The accounts of an owner in the order of their ids, behind one of them. */
    List<Row> ofOwner(String owner, String afterId, int limit) {
        return rows("WHERE owner = ? AND id > ? ORDER BY id LIMIT ?", owner, afterId, limit);
    }

    /** The accounts with a balance from one to another, in the order of balances and ids, behind one of them. */
    List<Row> ofBalance(BigDecimal from, BigDecimal to, Optional<Row> after, int limit) {
        return rows("WHERE balance >= ? AND balance <= ? AND (balance, id) > (?, ?) ORDER BY balance, id LIMIT ?",
                from, to, after.map(row -> row.balance().amount()).orElse(from), after.map(Row::id).orElse(""), limit);
    }

    private List<Row> rows(String condition, Object... arguments) {
        return sql.query("SELECT id, owner, balance, currency, version FROM " + served().table() + " " + condition,
                AccountList::row, arguments);
    }

    private static Row row(ResultSet row) throws SQLException {
        Currency currency = Currency.getInstance(row.getString(4));
        return new Row(row.getString(1), row.getString(2), new Money(row.getBigDecimal(3), currency), row.getLong(5));
    }

    private Generation served() {
        return generations.served().orElseThrow(NotReadyException::new);
    }
}

package dev.allframe.benchmarks.barelist;

import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import dev.allframe.benchmarks.bareaccount.AccountClient;
import dev.allframe.benchmarks.bareaccount.AccountCommand;
import dev.allframe.benchmarks.bareaccount.AccountCommand.ChangeOverdraft;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Deposit;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Open;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Withdraw;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Accepted;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Options;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Recorded;
import dev.allframe.benchmarks.bareaccount.AccountEvent;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Opened;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Withdrawn;
import dev.allframe.benchmarks.barelist.AccountList.NotReadyException;
import dev.allframe.benchmarks.barelist.AccountList.NotYet;
import dev.allframe.benchmarks.barelist.AccountList.Progress;
import dev.allframe.benchmarks.barelist.AccountList.Row;
import dev.allframe.benchmarks.barelist.AccountList.Seen;
import dev.allframe.benchmarks.barelist.Generations.Generation;
import dev.allframe.sample.bank.account.Entry;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.typed.EventEnvelope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import scala.Option;

/** The account list as it runs: from commands to rows, and its tables. */
final class AccountListTest {

    private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
    private static final Entry CASH = Entry.cash(DAY);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final ActorTestKit actors = ActorTestKit.create(ConfigFactory.parseString("""
            pekko.actor.provider = cluster
            pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
            pekko.coordinated-shutdown.run-by-actor-system-terminate = off
            pekko.persistence.journal.plugin = inmemory.journal
            pekko.persistence.snapshot-store.plugin = inmemory.snapshot
            """)
            .withFallback(ConfigFactory.parseResources("bare-account.conf"))
            .withFallback(ConfigFactory.parseResources("bare-list.conf"))
            .withFallback(ConfigFactory.load()));
    private static final HikariDataSource pool = JdbcConnection.pool("jdbc:h2:mem:accounts;DB_CLOSE_DELAY=-1", 4);
    private static final AccountClient accounts = new AccountClient(actors.system(), PATIENCE);
    private static final AccountList list = new AccountList(actors.system(), pool, "inmemory.query",
            Duration.ofMillis(20));

    @BeforeAll
    static void join() {
        Cluster cluster = Cluster.get(actors.system());
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        await().atMost(PATIENCE).ignoreExceptions().until(() -> list.generations().served().isPresent());
    }

    @AfterAll
    static void stop() {
        actors.shutdownTestKit();
        pool.close();
    }

    @Test
    void a_row_is_seen_when_the_list_has_applied_the_version_of_a_command() throws Exception {
        send("seen", new Open("Ann", czk(10), DAY));
        send("seen", new Deposit(czk("12.50"), CASH));
        long version = send("seen", new Withdraw(czk(20), CASH));

        assertThat(get(list.get("seen", version, PATIENCE)))
                .isEqualTo(new Seen(new Row("seen", "Ann", czk("-7.50"), 3)));
        assertThat(get(list.get("seen", version + 1, Duration.ofMillis(40)))).isInstanceOf(NotYet.class);
        assertThat(list.get("nobody")).isEmpty();
    }

    @Test
    void an_event_that_moves_nothing_counts_as_seen() throws Exception {
        send("limit", new Open("Ann", czk(10), DAY));
        long version = send("limit", new ChangeOverdraft(czk(20)));

        assertThat(get(list.get("limit", version, PATIENCE)))
                .isEqualTo(new Seen(new Row("limit", "Ann", czk(0), 2)));
    }

    @Test
    void accounts_are_found_by_owner_and_by_balance_in_pages() throws Exception {
        for (int i = 1; i <= 3; i++) {
            send("page-" + i, new Open("Paula", czk(0), DAY));
            long version = send("page-" + i, new Deposit(czk(1_000_000 - i % 2), CASH));
            get(list.get("page-" + i, version, PATIENCE));
        }

        assertThat(list.ofOwner("Paula", "", 2)).extracting(Row::id).containsExactly("page-1", "page-2");
        assertThat(list.ofOwner("Paula", "page-2", 2)).extracting(Row::id).containsExactly("page-3");
        List<Row> first = list.ofBalance(new BigDecimal("999999"), new BigDecimal("1000000"), Optional.empty(), 2);
        assertThat(first).extracting(Row::id).containsExactly("page-1", "page-3");
        assertThat(list.ofBalance(new BigDecimal("999999"), new BigDecimal("1000000"),
                Optional.of(first.getLast()), 2)).extracting(Row::id).containsExactly("page-2");
    }

    @Test
    void a_rebuild_is_served_when_it_has_the_same_rows_and_the_old_table_is_dropped() throws Exception {
        send("rebuilt", new Open("Ruth", czk(0), DAY));
        get(list.get("rebuilt", 1, PATIENCE));
        Generation before = list.generations().served().orElseThrow();

        get(list.rebuild(PATIENCE));

        await().atMost(PATIENCE)
                .until(() -> list.generations().all().stream().map(Generation::number).toList(),
                        List.of(before.number() + 1)::equals);
        assertThat(list.get("rebuilt")).contains(new Row("rebuilt", "Ruth", czk(0), 1));
        assertThatThrownBy(() -> new Sql(pool).query("SELECT * FROM " + before.table(), row -> 1))
                .hasMessageContaining(before.table());
    }

    @Test
    void progress_shows_position_and_lag() throws Exception {
        send("progress", new Open("Ann", czk(0), DAY));
        get(list.get("progress", 1, PATIENCE));

        Progress progress = get(list.progress());

        assertThat(progress.lag()).isZero();
        assertThat(progress.position()).isPositive();
    }

    @Test
    void a_group_is_applied_as_a_whole_or_not_at_all() throws Exception {
        try (HikariDataSource other = JdbcConnection.pool("jdbc:h2:mem:groups;DB_CLOSE_DELAY=-1", 2)) {
            Generations generations = new Generations(new Sql(other));
            generations.createTable();
            Generation begun = generations.begin();
            JdbcConnection session = new JdbcConnection(other);
            AccountListHandler handler = new AccountListHandler(begun.table());

            assertThatThrownBy(() -> handler.process(session, List.of(envelope("1", 1, new Opened("Ann", czk(0), DAY)),
                    envelope("2", 1, new Withdrawn(czk(1), CASH))))).hasMessageContaining("not opened");
            session.rollback();
            session.close();

            assertThat(new Sql(other).query("SELECT id FROM " + begun.table(), row -> row.getString(1))).isEmpty();
        }
    }

    @Test
    void nothing_is_read_while_no_list_is_served() {
        try (HikariDataSource other = JdbcConnection.pool("jdbc:h2:mem:building;DB_CLOSE_DELAY=-1", 2)) {
            AccountList building = new AccountList(actors.system(), other, "inmemory.query", PATIENCE);
            building.generations().createTable();
            building.generations().begin();

            assertThatThrownBy(() -> building.get("1")).isInstanceOf(NotReadyException.class);
        }
    }

    private static EventEnvelope<Recorded> envelope(String id, long version, AccountEvent event) {
        return new EventEnvelope<>(Offset.sequence(version), "account|" + id, version,
                Option.apply(new Recorded(event, Instant.EPOCH, null, null, null, Map.of(), "", version)), 0,
                Option.empty(), "account", 0);
    }

    private static long send(String id, AccountCommand command) throws Exception {
        return ((Accepted) get(accounts.send(id, command, Options.NONE))).version();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}

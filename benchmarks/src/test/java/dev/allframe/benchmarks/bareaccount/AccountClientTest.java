package dev.allframe.benchmarks.bareaccount;

import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Deposit;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Open;
import dev.allframe.benchmarks.bareaccount.AccountCommand.PlaceOrder;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Accepted;
import dev.allframe.benchmarks.bareaccount.AccountEntity.IdempotencyConflict;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Invalid;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Options;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Reply;
import dev.allframe.benchmarks.bareaccount.AccountEntity.TimedOut;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Violation;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.StandingOrder;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The way from a caller to a sharded account and back. */
final class AccountClientTest {

    private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
    private static final Entry CASH = Entry.cash(DAY);

    private static final ActorTestKit actors = ActorTestKit.create(ConfigFactory.parseString("""
            pekko.actor.provider = cluster
            pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
            pekko.actor.serialize-messages = on
            pekko.coordinated-shutdown.run-by-actor-system-terminate = off
            """)
            .withFallback(PersistenceTestKitPlugin.getInstance().config())
            .withFallback(PersistenceTestKitSnapshotPlugin.config())
            .withFallback(ConfigFactory.parseResources("bare-account.conf"))
            .withFallback(ConfigFactory.load()));
    private static final AccountClient client = new AccountClient(actors.system(), Duration.ofSeconds(20));

    @BeforeAll
    static void join() {
        Cluster cluster = Cluster.get(actors.system());
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
    }

    @AfterAll
    static void stop() {
        actors.shutdownTestKit();
    }

    @Test
    void an_invalid_command_is_answered_with_its_violations() throws Exception {
        StandingOrder order = new StandingOrder(czk(-1), new Counterparty("YZ", "1"), "");

        assertThat(send("1", new Deposit(czk(0), CASH), Options.NONE))
                .isEqualTo(new Invalid(
                        List.of(new Violation("amount", "must be greater than 0", "Positive", "0.00 CZK"))));
        assertThat(violation(new Open(" ", czk(0), DAY)).path()).isEqualTo("owner");
        assertThat(violation(new Open("Ann", czk(-1), DAY)).path()).isEqualTo("overdraft");
        assertThat(violation(new PlaceOrder("rent", order)).path()).isEqualTo("order.amount");
    }

    @Test
    void an_id_that_cannot_be_stored_is_invalid() throws Exception {
        assertThat(send("a|b", new Open("Ann", czk(0), DAY), Options.NONE)).isInstanceOf(Invalid.class);
        assertThat(send("", new Open("Ann", czk(0), DAY), Options.NONE)).isInstanceOf(Invalid.class);
    }

    @Test
    void a_command_travels_to_its_account_and_its_repeat_is_recognised_by_its_contents() throws Exception {
        Options options = new Options("trans-1", null, null, null, Map.of());
        send("1", new Open("Ann", czk(0), DAY), Options.NONE);

        Reply first = send("1", new Deposit(czk(5), CASH), options);

        assertThat(first).isEqualTo(new Accepted(List.of(new Deposited(czk(5), CASH)), 2));
        assertThat(send("1", new Deposit(czk(5), CASH), options)).isEqualTo(first);
        assertThat(send("1", new Deposit(czk(6), CASH), options)).isEqualTo(new IdempotencyConflict("trans-1"));
    }

    @Test
    void no_answer_in_time_is_a_value() throws Exception {
        PersistenceTestKit.create(actors.system()).failNextNReads("account|2", 3);
        AccountClient impatient = new AccountClient(actors.system(), Duration.ofMillis(200));

        Reply reply = impatient.send("2", new Open("Ann", czk(0), DAY), Options.NONE)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);

        assertThat(reply).isInstanceOf(TimedOut.class);
    }

    private static Violation violation(AccountCommand command) throws Exception {
        return ((Invalid) send("1", command, Options.NONE)).violations().getFirst();
    }

    private static Reply send(String id, AccountCommand command, Options options) throws Exception {
        return client.send(id, command, options).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}

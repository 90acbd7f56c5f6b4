package dev.allframe.documents;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.put;
import static dev.allframe.projection.Change.update;
import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.views.Balances.BALANCES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.RowForms;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewComparison;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Confirmed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.store.ConsistencyToken;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The code of docs/replacing-a-view.md, which does what the page says. */
final class ReplacingPageTest {

    private static final Logger log = LoggerFactory.getLogger(ReplacingPageTest.class);

    record Balance(String owner, Money balance, long bookings) {

        Balance plus(Money amount) {
            return new Balance(owner, balance.plus(amount), bookings + 1);
        }

        Balance minus(Money amount) {
            return new Balance(owner, balance.minus(amount), bookings + 1);
        }
    }

    static final ProjectionType<String, Balance> BALANCES_2 = ProjectionType
            .named("balances", version(2), String.class, Balance.class)
            .from(ACCOUNT, ReplacingPageTest::onAccount)
            .replacing(BALANCES, old -> new Balance(old.owner(), old.balance(), 0));

    private static Change<String, Balance> onAccount(AccountEvent event, EventInfo info) {
        return switch (event) {
            case Opened(var owner, var overdraft, var day) -> put(info.id(), new Balance(owner, czk(0), 0));
            case Deposited(var amount, var entry, var channel) -> update(info.id(), row -> row.plus(amount));
            case Withdrawn(var amount, var entry) -> update(info.id(), row -> row.minus(amount));
            case Confirmed(var id, var amount, var entry) -> update(info.id(), row -> row.minus(amount));
            case AccountEvent other -> none();
        };
    }

    @Test
    void a_view_is_compared_switched_rolled_back_and_finished() {
        LocalDate day = LocalDate.of(1993, 5, 17);
        Config memory = ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load());
        try (AllFrame bank = AllFrame.standalone("bank", memory).aggregate(ACCOUNT).projection(BALANCES_2).start()) {
            bank.commands().dispatchAndWait(ACCOUNT, "acc-1", new Open("Ann", czk(0), day)).orThrow();
            ConsistencyToken token = bank.commands()
                    .dispatchAndWait(ACCOUNT, "acc-1", new Deposit(czk(70), Entry.cash(day)))
                    .orThrow()
                    .token();
            var unused = bank.view(BALANCES_2).await(token, Duration.ofSeconds(30)).toCompletableFuture().join();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Objects.requireNonNull(bank.projections().describe("balances").other()).lag() == 0
                            && Objects.requireNonNull(bank.projections().describe("balances").other()).rows() == 1);

            View<String, Balance> balances = bank.view(BALANCES_2);
            assertThat(balances.get("acc-1")).contains(new Balance("Ann", czk(70), 0));

            ProjectionRegistry projections = bank.projections();
            ViewComparison found = projections.compare("balances", 10, progress -> {}).toCompletableFuture().join();
            found.differences()
                    .forEach(each -> log.info("{} {}: {}, {}", each.key(), each.kind(), each.row(),
                            each.otherRow()));

            assertThat(found.different()).isEqualTo(1);

            ViewComparison amounts = projections.compare(new RowForms<>(BALANCES, old -> old.balance(),
                    BALANCES_2, row -> row.balance()), 10, progress -> {}).toCompletableFuture().join();

            assertThat(amounts.isSame()).isTrue();

            Order order = Order.of("ann", "only the number of bookings differs");
            projections.switchTo(BALANCES_2, Duration.ofSeconds(30), order).toCompletableFuture().join();

            answers(projections, 2);
            assertThat(balances.get("acc-1")).contains(new Balance("Ann", czk(70), 1));

            projections.switchTo(BALANCES, Duration.ofSeconds(30), Order.of("ann", "a customer complains"))
                    .toCompletableFuture()
                    .join();

            answers(projections, 1);
            projections.switchTo(BALANCES_2, Duration.ofSeconds(30), order).toCompletableFuture().join();
            answers(projections, 2);

            projections.finish("balances", Order.of("ann", "nobody complains")).toCompletableFuture().join();

            ProjectionMetadata now = projections.describe("balances");
            assertThat(now.version()).isEqualTo(2);
            assertThat(balances.get("acc-1")).contains(new Balance("Ann", czk(70), 1));
        }
    }

    private static void answers(ProjectionRegistry projections, int version) {
        await().atMost(Duration.ofSeconds(30)).until(() -> projections.describe("balances").version() == version);
    }
}

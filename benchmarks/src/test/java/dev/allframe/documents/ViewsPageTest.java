package dev.allframe.documents;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.put;
import static dev.allframe.projection.Change.update;
import static dev.allframe.projection.QueryOption.descending;
import static dev.allframe.projection.QueryOption.limit;
import static dev.allframe.projection.Range.atLeast;
import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionMetadata.StoredGeneration;
import dev.allframe.projection.ProjectionMetadata.StoredGeneration.Use;
import dev.allframe.projection.ProjectionRegistry;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.RangeIndex;
import dev.allframe.projection.Rows;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewAnswer.Never;
import dev.allframe.projection.ViewAnswer.NotYet;
import dev.allframe.projection.ViewAnswer.Seen;
import dev.allframe.projection.Watched;
import dev.allframe.projection.Watched.Again;
import dev.allframe.projection.Watched.Current;
import dev.allframe.projection.Watched.Gone;
import dev.allframe.projection.Watched.Row;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Closed;
import dev.allframe.sample.bank.account.AccountEvent.Confirmed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderCancelled;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.AccountEvent.OverdraftChanged;
import dev.allframe.sample.bank.account.AccountEvent.Released;
import dev.allframe.sample.bank.account.AccountEvent.Reserved;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Money;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The code of docs/views.md, which does what the page says. */
final class ViewsPageTest {

    private static final Logger log = LoggerFactory.getLogger(ViewsPageTest.class);
    private static final LocalDate DAY = LocalDate.of(2026, 1, 2);

    record AccountRow(String owner, Money balance) {

        AccountRow plus(Money amount) {
            return new AccountRow(owner, balance.plus(amount));
        }

        AccountRow minus(Money amount) {
            return new AccountRow(owner, balance.minus(amount));
        }
    }

    static final Index<AccountRow, String> OWNER = Index.on("owner", AccountRow::owner, Keys.STRING);
    static final RangeIndex<AccountRow, BigDecimal> BALANCE = RangeIndex.on("balance", row -> row.balance().amount(),
            Keys.DECIMAL);

    static final ProjectionType<String, AccountRow> BALANCES = ProjectionType
            .named("account-list", version(1), String.class, AccountRow.class)
            .indexedBy(OWNER, BALANCE)
            .from(ACCOUNT, ViewsPageTest::onAccount);

    private static Change<String, AccountRow> onAccount(AccountEvent event, EventInfo info) {
        return switch (event) {
            case Opened(var owner, var overdraft, var day) -> put(info.id(), new AccountRow(owner, czk(0)));
            case Deposited(var amount, var entry, var channel) -> update(info.id(), row -> row.plus(amount));
            case Withdrawn(var amount, var entry) -> update(info.id(), row -> row.minus(amount));
            case OverdraftChanged changed -> none();
            case OrderPlaced placed -> none();
            case OrderCancelled cancelled -> none();
            case Reserved reserved -> none();
            case Released released -> none();
            case Confirmed(var id, var amount, var entry) -> update(info.id(), row -> row.minus(amount));
            case Closed closed -> none();
        };
    }

    @Test
    void a_view_is_asked_and_ordered_about() {
        Config memory = ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load());
        try (AllFrame bank = AllFrame.standalone("bank", memory).aggregate(ACCOUNT).projection(BALANCES).start()) {
            View<String, AccountRow> balances = bank.view(BALANCES);
            CommandResult<AccountEvent> opened = bank.commands()
                    .dispatchAndWait(ACCOUNT, "acc-1", new Open("Ann", czk(0), DAY));

            CompletionStage<String> shown = balances.get("acc-1", opened.orThrow().token())
                    .thenApply(answer -> switch (answer) {
                        case Seen(var row) -> row.map(AccountRow::owner).orElse("nobody");
                        case NotYet(var lag, var state) -> "the list is " + lag + " records behind, and " + state;
                        case Never(var reason) -> reason;
                    });
            assertThat(shown.toCompletableFuture().join()).isEqualTo("Ann");

            Rows<String, AccountRow> ofAnn = balances.by(OWNER, "Ann");
            Rows<String, AccountRow> richest = balances.range(BALANCE, atLeast(new BigDecimal("0")), descending(),
                    limit(10));
            assertThat(ofAnn).containsExactly(new AccountRow("Ann", czk(0)));
            assertThat(richest.keys()).containsExactly("acc-1");

            Set<String> ofBert = ConcurrentHashMap.newKeySet();
            balances.watch(OWNER, "Bert").subscribe(new Flow.Subscriber<Watched<String, AccountRow>>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(Watched<String, AccountRow> element) {
                    switch (element) {
                        case Row(var account, var row, var changes, var position) -> ofBert.add(account);
                        case Gone(var account, var changes, var position) -> ofBert.remove(account);
                        case Current(var position) -> log.info("Bert has {} as of {}", ofBert, position);
                        case Again(var reason, var position) -> ofBert.clear();
                    }
                }

                @Override
                public void onError(Throwable failed) {
                    log.error("the accounts of Bert are not known any more", failed);
                }

                @Override
                public void onComplete() {
                    log.info("the bank is closed");
                }
            });
            bank.commands().dispatchAndWait(ACCOUNT, "acc-2", new Open("Bert", czk(0), DAY)).orThrow();
            await().untilAsserted(() -> assertThat(ofBert).containsExactly("acc-2"));

            ProjectionRegistry projections = bank.projections();
            projections.describe()
                    .forEach(view -> log.info("{} is {} at {}, {} records behind", view.name(), view.state(),
                            view.position().index(), view.lag()));
            Order order = Order.of("ann", "the handler was wrong");
            projections.rebuild(BALANCES, order).toCompletableFuture().join();
        }
    }

    @Test
    void operators_give_orders() {
        Config memory = ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load());
        try (AllFrame bank = AllFrame.standalone("ordered", memory).aggregate(ACCOUNT).projection(BALANCES).start()) {
            bank.commands().dispatchAndWait(ACCOUNT, "acc-1", new Open("Ann", czk(0), DAY)).orThrow();
            ProjectionRegistry projections = bank.projections();
            await().until(() -> projections.describe("account-list").rows() == 1);

            projections.rebuild(BALANCES, Order.of("ann", "the handler was wrong")).toCompletableFuture().join();
            await().until(() -> projections.describe("account-list").generation() == 2);

            projections.rebuildAll(Order.of("ann", "a new disk")).toCompletableFuture().join();
            List<StoredGeneration> waiting = projections.describe()
                    .stream()
                    .flatMap(view -> view.generations().stream())
                    .filter(generation -> generation.use() == Use.WAITING)
                    .toList();
            assertThat(waiting).as("there is one view, which waits for no other").isEmpty();
            await().until(() -> projections.describe("account-list").generation() == 3);

            projections.retire("account-list", Order.of("ann", "nobody reads it")).toCompletableFuture().join();
            await().until(() -> projections.describe("account-list").state() == ProjectionState.RETIRED);
            assertThatThrownBy(() -> bank.view(BALANCES).get("acc-1")).hasMessageContaining("retired by ann");
        }
    }
}

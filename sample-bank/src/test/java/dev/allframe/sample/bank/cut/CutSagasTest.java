package dev.allframe.sample.bank.cut;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.orders.OrderMonth.ORDER;
import static dev.allframe.sample.bank.transfers.Transfer.TRANSFER;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.runtime.AllFrame;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.saga.SagaType;
import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Closed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.account.StandingOrder;
import dev.allframe.sample.bank.cut.CutStore.Cut;
import dev.allframe.sample.bank.cut.CutStore.Node;
import dev.allframe.sample.bank.ledger.Ledger;
import dev.allframe.sample.bank.opening.CustomerCheck;
import dev.allframe.sample.bank.opening.Opening;
import dev.allframe.sample.bank.orders.OrderMonth;
import dev.allframe.sample.bank.transfers.Transfer;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A process that ends before or behind any append of a saga of the bank or its accounts changes nothing of its end. */
@Guarantee("G8")
final class CutSagasTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final LocalDate DAY = LocalDate.of(1993, 5, 1);
    private static final YearMonth MAY = YearMonth.of(1993, 5);

    /** How a saga goes, with how many appends, its accounts' included. */
    private enum Way {
        TRANSFERRED(7, Phase.COMPLETED), NOT_TAKEN(6, Phase.COMPENSATED), ORDER_PAID(6,
                Phase.COMPLETED), ORDER_RETURNED(
                        7, Phase.COMPENSATED), OPENED(6, Phase.COMPLETED), REJECTED(2, Phase.COMPLETED), NOT_CHECKED(5,
                                Phase.COMPENSATED), TAKEN_ALREADY(4, Phase.COMPENSATED);

        private final int appends;
        private final Phase end;

        Way(int appends, Phase end) {
            this.appends = appends;
            this.end = end;
        }
    }

    /** Outside of the process, so that it outlives it; the owner of an account says how it answers. */
    private static final class Office implements CustomerCheck {

        private final Map<String, Optional<Verdict>> verdicts = new ConcurrentHashMap<>();

        @Override
        public CompletionStage<Verdict> check(String owner, String key) {
            Way way = Way.valueOf(owner);
            if (way == Way.NOT_CHECKED) {
                return CompletableFuture.failedFuture(new IllegalStateException("the line is broken"));
            }
            return completedFuture(verdicts
                    .computeIfAbsent(key, first -> Optional.of(new Verdict(way != Way.REJECTED, "")))
                    .orElseThrow());
        }

        @Override
        public CompletionStage<Optional<Verdict>> find(String owner, String key) {
            return completedFuture(verdicts.computeIfAbsent(key, ended -> Optional.empty()));
        }

        @Override
        public CompletionStage<Void> withdraw(String owner, String key) {
            return completedFuture(null);
        }
    }

    /** Long enough for a check that answers, however busy the machine is: an attempt more is an append more. */
    private static final Duration CHECKED_WITHIN = Duration.ofSeconds(10);

    private static final SagaType<Opening> OPENING = Opening.opening(new Office(), CHECKED_WITHIN);

    /** One saga with accounts of its own, and where it is cut off. */
    private record Case(String id, Way way, Cut cut) {

        String from() {
            return id + ".from";
        }

        String to() {
            return id + ".to";
        }

        String clearing() {
            return "clearing-" + id;
        }

        private CompletionStage<SagaHandle> start(AllFrame bank) {
            return switch (way) {
                case TRANSFERRED, NOT_TAKEN ->
                    bank.sagas().start(TRANSFER, id, new Transfer(id, from(), to(), czk(60), DAY));
                case ORDER_PAID, ORDER_RETURNED -> {
                    OrderMonth may = OrderMonth.of(from(), "rent", MAY, 1, false);
                    yield bank.sagas().start(ORDER, may.id(), may);
                }
                case OPENED, REJECTED, NOT_CHECKED, TAKEN_ALREADY ->
                    bank.sagas().start(OPENING, id, Opening.of(to(), way.name(), czk(60), DAY));
            };
        }

        /** Where there is no room, or the process ends, the start is repeated. */
        CompletionStage<SagaHandle> startUntilStarted(AllFrame bank) {
            return start(bank).exceptionallyCompose(failure -> CompletableFuture
                    .supplyAsync(() -> startUntilStarted(bank),
                            CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS))
                    .thenCompose(again -> again));
        }

        /** What has happened before. */
        Map<String, List<AccountEvent>> before() {
            Opened opened = new Opened("Bob", czk(0), DAY);
            List<AccountEvent> rich = List.of(opened, new Deposited(czk(100), Entry.cash(DAY)), new OrderPlaced("rent",
                    new StandingOrder(czk(60), new Counterparty(id, "87144583"), "household")));
            return switch (way) {
                case TRANSFERRED -> Map.of(from(), rich, to(), List.of(opened));
                case NOT_TAKEN -> Map.of(from(), rich, to(), List.of(opened, new Closed(DAY)));
                case ORDER_PAID -> Map.of(from(), rich, clearing(), List.of(opened));
                case ORDER_RETURNED -> Map.of(from(), rich);
                case OPENED, REJECTED, NOT_CHECKED -> Map.of();
                case TAKEN_ALREADY -> Map.of(to(), List.of(opened));
            };
        }

        void assertMoney(Map<String, Account> accounts) {
            Map<String, Money> expected = switch (way) {
                case TRANSFERRED -> Map.of(from(), czk(40), to(), czk(60));
                case NOT_TAKEN, ORDER_RETURNED -> Map.of(from(), czk(100), to(), czk(0), clearing(), czk(0));
                case ORDER_PAID -> Map.of(from(), czk(40), clearing(), czk(60));
                case OPENED -> Map.of(to(), czk(60));
                case REJECTED, NOT_CHECKED, TAKEN_ALREADY -> Map.of(to(), czk(0));
            };
            expected.forEach((account, available) -> assertThat(accounts.getOrDefault(account, Account.NONE))
                    .as("%s %s", this, account)
                    .returns(available, Account::available)
                    .returns(available, Account::balance));
            assertThat(accounts.getOrDefault(to(), Account.NONE).owner()).as(toString()).isEqualTo(switch (way) {
                case TRANSFERRED, NOT_TAKEN, TAKEN_ALREADY -> "Bob";
                case OPENED -> way.name();
                case ORDER_PAID, ORDER_RETURNED, REJECTED, NOT_CHECKED -> "";
            });
        }
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Way way : Way.values()) {
            for (int append = 1; append <= way.appends; append++) {
                for (boolean stored : new boolean[]{false, true}) {
                    cases.add(new Case("c" + cases.size(), way, new Cut(append, stored)));
                }
            }
        }
        return cases;
    }

    private static AllFrame start() {
        return AllFrame
                .standalone("cut-sagas",
                        ConfigFactory.parseMap(Map.of("allframe.storage", "memory", "inmemory.provider",
                                CutStore.class.getName(),
                                // so that each message of writes is an append of its own: some are never answered
                                "inmemory.journal.circuit-breaker.max-failures", 1_000,
                                "allframe.restart-backoff.min", "10ms",
                                "allframe.restart-backoff.max",
                                "50ms")).withFallback(ConfigFactory.load()))
                .aggregate(ACCOUNT)
                .saga(TRANSFER)
                .saga(ORDER)
                .saga(OPENING)
                .start();
    }

    @Test
    void a_process_that_ends_at_any_append_changes_no_end() {
        InMemoryBackend store = InMemoryBackend.unbounded();
        List<Case> cases = cases();
        EventStore<AccountEvent> accounts = EventStore.of(store, ACCOUNT, JacksonEventCodec.of(ACCOUNT));
        Map<String, Cut> cuts = new LinkedHashMap<>();
        for (Case each : cases) {
            cuts.put(each.id, each.cut);
            each.before()
                    .forEach((id, events) -> accounts.append(id, ExpectedVersion.any(), events)
                            .toCompletableFuture()
                            .join());
        }

        Node first = new Node(store, cuts);
        AllFrame killed = start();
        for (Case each : cases) {
            CompletionStage<SagaHandle> unused = each.startUntilStarted(killed);
        }
        try {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cases).as("cut off").allMatch(each -> first.isCut(each.id)));
        } finally {
            first.die();
            killed.system().terminate();
            killed.system().getWhenTerminated().toCompletableFuture().join();
        }

        Node second = new Node(store, Map.of());
        try (AllFrame next = start()) {
            Map<Case, CompletableFuture<SagaStatus>> ends = new LinkedHashMap<>();
            cases.forEach(each -> ends.put(each,
                    each.startUntilStarted(next).thenCompose(SagaHandle::ended).toCompletableFuture()));
            ends.forEach((each, end) -> {
                SagaStatus status = end.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).exceptionally(late -> {
                    throw new AssertionError(each + " has not ended, after " + second.appends(each.id) + " appends",
                            late);
                }).join();
                assertThat(status.phase()).as(each + ", " + status).isEqualTo(each.way.end);
            });
            assertThat(cases).filteredOn(each -> each.cut.equals(new Cut(each.way.appends, true)))
                    .hasSameSizeAs(Way.values())
                    .as("cut off behind their last append")
                    .allMatch(each -> second.appends(each.id) == 0);
            Map<String, Account> after = new Ledger(next.eventStore(ACCOUNT)).accounts();
            cases.forEach(each -> each.assertMoney(after));
        }
    }
}

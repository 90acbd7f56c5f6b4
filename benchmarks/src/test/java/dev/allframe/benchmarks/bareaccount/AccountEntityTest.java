package dev.allframe.benchmarks.bareaccount;

import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Book;
import dev.allframe.benchmarks.bareaccount.AccountCommand.ChangeOverdraft;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Deposit;
import dev.allframe.benchmarks.bareaccount.AccountCommand.ExecuteOrder;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Open;
import dev.allframe.benchmarks.bareaccount.AccountCommand.PlaceOrder;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Side;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Withdraw;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Accepted;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Execute;
import dev.allframe.benchmarks.bareaccount.AccountEntity.IdempotencyConflict;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Message;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Options;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Recorded;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Refused;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Reply;
import dev.allframe.benchmarks.bareaccount.AccountEntity.State;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Stop;
import dev.allframe.benchmarks.bareaccount.AccountEntity.StorageFailed;
import dev.allframe.benchmarks.bareaccount.AccountEntity.VersionConflict;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Deposited;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Opened;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OrderPlaced;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OverdraftChanged;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.account.StandingOrder;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.persistence.query.NoOffset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResultWithReply;
import org.apache.pekko.persistence.testkit.query.javadsl.PersistenceTestKitReadJournal;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The account's rules, and what keeps it: repeats, versions, metadata, serialization, snapshots, failures of the
 * journal.
 */
final class AccountEntityTest {

    private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
    private static final Entry CASH = Entry.cash(DAY);
    private static final StandingOrder RENT = new StandingOrder(czk(80), new Counterparty("YZ", "1"), "household");
    private static final Money EUROS = new Money(BigDecimal.ONE, Currency.getInstance("EUR"));

    private static final ActorTestKit actors = ActorTestKit.create(EventSourcedBehaviorTestKit.config()
            .withFallback(ConfigFactory.parseResources("bare-account.conf"))
            .withFallback(ConfigFactory.load()));

    private final EventSourcedBehaviorTestKit<Message, Recorded, State> kit = EventSourcedBehaviorTestKit.create(
            actors.system(), AccountEntity.create("1"),
            EventSourcedBehaviorTestKit.enabledSerializationSettings().withVerifyEquality(true).withVerifyState(false));

    @BeforeEach
    void forget_everything() {
        kit.clear();
    }

    @AfterAll
    static void stop() {
        actors.shutdownTestKit();
    }

    @Test
    void an_account_opens_in_the_currency_of_its_limit() {
        var opened = run(new Open("Ann", EUROS, DAY));

        assertThat(opened.reply()).isEqualTo(new Accepted(List.of(new Opened("Ann", EUROS, DAY)), 1));
        assertThat(opened.state().account().currency()).isEqualTo(EUROS.currency());
        assertRefused(run(new Open("Ann", EUROS, DAY)), "already-open");
    }

    @Test
    void nothing_happens_before_an_account_is_open() {
        assertRefused(run(new Deposit(czk(1), CASH)), "not-open");
        assertRefused(run(new ExecuteOrder("rent", DAY)), "not-open");
    }

    @Test
    void another_currency_is_refused() {
        open();

        assertRefused(run(new Deposit(EUROS, CASH)), "wrong-currency");
        assertRefused(run(new ChangeOverdraft(EUROS)), "wrong-currency");
    }

    @Test
    void a_deposit_raises_the_balance() {
        open();

        var deposited = run(new Deposit(czk("12.50"), CASH));

        assertThat(deposited.event().event()).isEqualTo(new Deposited(czk("12.50"), CASH));
        assertThat(deposited.state().account().balance()).isEqualTo(czk("12.50"));
    }

    @Test
    void a_withdrawal_takes_at_most_balance_and_overdraft() {
        open();

        assertThat(run(new Withdraw(czk(100), CASH)).event().event()).isEqualTo(new Withdrawn(czk(100), CASH));
        var refused = run(new Withdraw(czk(1), CASH));

        assertThat(refused.reply()).isEqualTo(new Refused("insufficient-funds", Map.of("available", "0.00 CZK")));
        assertThat(refused.hasNoEvents()).isTrue();
        assertThat(refused.state().account().balance()).isEqualTo(czk(-100));
    }

    @Test
    void a_booked_fact_goes_below_the_limit_and_a_withdrawal_does_not() {
        open();
        run(new Book(czk(50), Side.CREDIT, CASH));

        assertThat(run(new Book(czk(500), Side.DEBIT, CASH)).state().account().balance()).isEqualTo(czk(-450));
        kit.restart();

        assertRefused(run(new Withdraw(czk(1), CASH)), "insufficient-funds", Map.of("available", "-350.00 CZK"));
    }

    @Test
    void the_overdraft_limit_changes() {
        open();

        assertThat(run(new ChangeOverdraft(czk(300))).event().event()).isEqualTo(new OverdraftChanged(czk(300)));
        assertThat(run(new Withdraw(czk(300), CASH)).hasNoEvents()).isFalse();
    }

    @Test
    void the_same_limit_again_changes_nothing() {
        open();

        var unchanged = run(new ChangeOverdraft(czk(100)));

        assertThat(unchanged.reply()).isEqualTo(new Accepted(List.of(), 1));
        assertThat(unchanged.hasNoEvents()).isTrue();
    }

    @Test
    void a_standing_order_is_placed_once_and_carried_out_while_covered() {
        open();

        assertThat(run(new PlaceOrder("rent", RENT)).event().event()).isEqualTo(new OrderPlaced("rent", RENT));
        assertRefused(run(new PlaceOrder("rent", RENT)), "order-exists");
        assertRefused(run(new ExecuteOrder("gas", DAY)), "unknown-order");
        assertThat(run(new ExecuteOrder("rent", DAY)).event().event()).isEqualTo(
                new Withdrawn(czk(80), Entry.remittance(DAY, RENT.to(), "household").referring("rent")));
        assertRefused(run(new ExecuteOrder("rent", DAY)), "insufficient-funds", Map.of("available", "20.00 CZK"));
    }

    @Test
    void a_repeat_returns_the_first_outcome_whatever_version_it_expects() {
        open();
        Reply first = run(new Deposit(czk(5), CASH), new Options("trans-1", 1L, null, null, Map.of())).reply();
        run(new Deposit(czk(6), CASH));
        kit.restart();

        var repeat = run(new Deposit(czk(5), CASH), new Options("trans-1", 1L, null, null, Map.of()));

        assertThat(first).isEqualTo(new Accepted(List.of(new Deposited(czk(5), CASH)), 2));
        assertThat(repeat.reply()).isEqualTo(first);
        assertThat(repeat.hasNoEvents()).isTrue();
    }

    @Test
    void a_used_command_id_with_other_contents_is_a_conflict() {
        open();
        run(new Deposit(czk(5), CASH), withCommandId("trans-1"));

        var conflict = run(new Deposit(czk(6), CASH), withCommandId("trans-1"));

        assertThat(conflict.reply()).isEqualTo(new IdempotencyConflict("trans-1"));
        assertThat(conflict.hasNoEvents()).isTrue();
    }

    @Test
    void the_last_thousand_commands_are_remembered_also_in_snapshots() {
        open();
        for (int i = 0; i <= 1_000; i++) {
            run(new Deposit(czk(1), CASH), withCommandId("trans-" + i));
        }
        kit.restart();

        assertThat(kit.snapshotTestKit().orElseThrow().persistedInStorage("account|1")).hasSize(2);
        assertThat(run(new Deposit(czk(1), CASH), withCommandId("trans-1")).hasNoEvents()).isTrue();
        assertThat(run(new Deposit(czk(1), CASH), withCommandId("trans-0")).hasNoEvents()).isFalse();
    }

    @Test
    void another_version_than_expected_is_a_conflict() {
        open();

        var conflict = run(new Deposit(czk(5), CASH), new Options(null, 7L, null, null, Map.of()));

        assertThat(conflict.reply()).isEqualTo(new VersionConflict(7, 1));
        assertThat(conflict.hasNoEvents()).isTrue();
    }

    @Test
    void metadata_is_stored_with_the_event() {
        Instant before = Instant.now();

        Recorded stored = run(new Open("Ann", czk(0), DAY),
                new Options("c-1", 0L, "request-1", "click-1", Map.of("teller", "7"))).event();

        assertThat(stored.at()).isBetween(before, Instant.now());
        assertThat(stored.commandId()).isEqualTo("c-1");
        assertThat(stored.correlationId()).isEqualTo("request-1");
        assertThat(stored.causationId()).isEqualTo("click-1");
        assertThat(stored.headers()).isEqualTo(Map.of("teller", "7"));
    }

    @Test
    void withdrawals_are_found_by_their_tag() throws Exception {
        open();
        run(new Withdraw(czk(5), CASH));

        var tagged = PersistenceQuery.get(actors.system())
                .getReadJournalFor(PersistenceTestKitReadJournal.class, PersistenceTestKitReadJournal.Identifier())
                .currentEventsByTag("outgoing", NoOffset.getInstance())
                .runWith(Sink.seq(), actors.system())
                .toCompletableFuture()
                .get();

        assertThat(tagged).extracting(found -> ((Recorded) found.event()).event())
                .containsExactly(new Withdrawn(czk(5), CASH));
    }

    @Test
    void events_are_stored_as_json_without_class_names() {
        Serialization serialization = SerializationExtension.get(Adapter.toClassic(actors.system()));
        Recorded recorded = new Recorded(new Deposited(czk("12.50"), CASH), Instant.EPOCH, "c-1", null, null, Map.of(),
                "f", 2);

        byte[] stored = serialization.serialize(recorded).get();

        assertThat(new String(stored, StandardCharsets.UTF_8)).isEqualTo(
                """
                        {"event":{"@type":"account.deposited","amount":{"amount":"12.50","currency":"CZK"},\
                        "entry":{"kind":"CASH","on":"2026-03-01","reference":"","purpose":"","counterparty":null},"channel":"cash"},\
                        "at":"1970-01-01T00:00:00Z","commandId":"c-1","correlationId":null,"causationId":null,"headers":{},\
                        "fingerprint":"f","version":"2"}""");
        assertThat(Serializers.manifestFor(serialization.findSerializerFor(recorded), recorded)).isEmpty();
    }

    @Test
    void a_failed_store_is_answered_and_the_account_goes_on() {
        open();
        kit.persistenceTestKit().failNextPersisted("account|1");

        assertThat(run(new Deposit(czk(5), CASH)).reply()).isInstanceOf(StorageFailed.class);

        assertThat(run(new Deposit(czk(5), CASH)).reply())
                .isEqualTo(new Accepted(List.of(new Deposited(czk(5), CASH)), 2));
    }

    @Test
    void a_rejected_store_is_answered_too() {
        var account = actors.spawn(AccountEntity.create("3"));
        var caller = actors.<Reply>createTestProbe();
        kit.persistenceTestKit().rejectNextPersisted("account|3");

        account.tell(new Execute(new Open("Ann", czk(0), DAY), Options.NONE, "f", caller.getRef()));

        caller.expectMessageClass(StorageFailed.class);
    }

    @Test
    void an_account_stops_when_it_is_passivated() {
        var account = actors.spawn(AccountEntity.create("2"));

        account.tell(Stop.INSTANCE);

        actors.createTestProbe().expectTerminated(account);
    }

    private void open() {
        run(new Open("Ann", czk(100), DAY));
    }

    private CommandResultWithReply<Message, Recorded, State, Reply> run(AccountCommand command) {
        return run(command, Options.NONE);
    }

    private CommandResultWithReply<Message, Recorded, State, Reply> run(AccountCommand command, Options options) {
        return kit.runCommand(replyTo -> new Execute(command, options, command.toString(), replyTo));
    }

    private static Options withCommandId(String commandId) {
        return new Options(commandId, null, null, null, Map.of());
    }

    private static void assertRefused(CommandResultWithReply<Message, Recorded, State, Reply> result, String code) {
        assertRefused(result, code, Map.of());
    }

    private static void assertRefused(CommandResultWithReply<Message, Recorded, State, Reply> result, String code,
            Map<String, String> details) {
        assertThat(result.reply()).isEqualTo(new Refused(code, details));
        assertThat(result.hasNoEvents()).isTrue();
    }
}

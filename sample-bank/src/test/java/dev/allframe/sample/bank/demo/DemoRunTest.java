package dev.allframe.sample.bank.demo;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.ledger.Ledger;
import dev.allframe.sample.bank.ledger.StorageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class DemoRunTest {

    @Test
    void a_year_through_the_actors_ends_as_every_customer_expects() {
        DemoRun demo = new DemoRun(7, 40);
        AtomicInteger answers = new AtomicInteger();

        DemoReport report;
        try (AllFrame bank = AllFrame.standalone("demo-test").aggregate(ACCOUNT).start()) {
            report = demo.run(bank.commands(), new Ledger(bank.eventStore(ACCOUNT)), answers::incrementAndGet);
        }

        assertThat(report.tally().problems()).allSatisfy(
                problem -> assertThat(problem).containsAnyOf("insufficient-funds", "wrong-currency"));
        assertThat(report.tally().failed()).isEmpty();
        assertThat(report.asExpected()).isTrue();
        assertThat(report.addsUp()).isTrue();
        assertThat(report.accounts()).hasSize(40).allSatisfy((id, account) -> assertThat(account.isOpen()).isTrue());
        assertThat(report.tally().commands()).isEqualTo(Math.toIntExact(demo.commands())).isEqualTo(answers.get());
        assertThat(report.tally().repeated()).isPositive();
        assertThat(report.tally().refused()).containsKey("insufficient-funds");
        assertThat(report.events()).isEqualTo(report.tally().events()).isGreaterThan(40 * 100);
        assertThat(report.isGood()).isTrue();
        assertThat(report.in()).isGreaterThan(report.out());
    }

    /** As often as a process may be killed: only what was refused and is decided again can go wrong. */
    @Test
    void a_year_that_is_interrupted_anywhere_goes_on_as_if_nothing_had_happened() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("test.seed=" + seed);
        Random random = new Random(seed);
        DemoRun demo = new DemoRun(7, 10);
        try (AllFrame whole = AllFrame.standalone("whole").aggregate(ACCOUNT).start();
                AllFrame killed = AllFrame.standalone("killed").aggregate(ACCOUNT).start()) {
            DemoReport undisturbed = demo.run(whole.commands(), new Ledger(whole.eventStore(ACCOUNT)), () -> {});
            Ledger ledger = new Ledger(killed.eventStore(ACCOUNT));
            for (int kill = 0; kill < 4; kill++) {
                CommandBus dying = new EndingBus(killed.commands(), random.nextInt(400), () -> {
                    throw new IllegalStateException("killed");
                });
                assertThatThrownBy(() -> demo.run(dying, ledger, () -> {})).hasMessage("killed");
            }

            DemoReport report = demo.run(killed.commands(), ledger, () -> {});

            assertThat(report.isGood()).isTrue();
            assertThat(report.earlier()).isPositive();
            assertThat(report.accounts()).isEqualTo(undisturbed.accounts());
            assertThat(report.events()).isEqualTo(undisturbed.events());
            assertThat(report.tally().commands()).isEqualTo(undisturbed.tally().commands());
        }
    }

    @Test
    void a_bank_of_another_seed_is_refused_before_anything_is_sent() {
        try (AllFrame bank = AllFrame.standalone("other").aggregate(ACCOUNT).start()) {
            Ledger ledger = new Ledger(bank.eventStore(ACCOUNT));
            new DemoRun(7, 2).run(bank.commands(), ledger, () -> {});
            Map<String, Integer> before = ledger.versions();

            assertThatThrownBy(() -> new DemoRun(8, 3).run(bank.commands(), ledger, () -> {}))
                    .isInstanceOf(OtherYearException.class)
                    .hasMessageContaining("acc-0001");
            assertThat(ledger.versions()).isEqualTo(before);
        }
    }

    @Test
    void a_storage_that_takes_no_more_ends_the_run_with_its_reason_and_no_report() {
        try (AllFrame bank = AllFrame.standalone("full").aggregate(ACCOUNT).start()) {
            CommandBus full = new EndingBus(bank.commands(), 200,
                    () -> new CommandResult.Failed<>(CommandError.StorageUnavailable.notExecuted("no room")));

            assertThatThrownBy(() -> new DemoRun(7, 2).run(full, new Ledger(bank.eventStore(ACCOUNT)), () -> {}))
                    .isInstanceOf(StorageException.class)
                    .hasMessage("no room");
            assertThat(new DemoRun(7, 2).run(bank.commands(), new Ledger(bank.eventStore(ACCOUNT)), () -> {}).isGood())
                    .isTrue();
        }
    }

    @Test
    void the_same_seed_makes_the_same_year() {
        assertThat(commands(7, 5)).isEqualTo(commands(7, 5)).isNotEqualTo(commands(8, 5));
    }

    @Test
    void a_larger_bank_has_the_same_customers_and_more() {
        assertThat(commands(7, 6)).containsAll(commands(7, 5));
    }

    @Test
    void some_commands_are_delivered_twice_and_no_id_is_used_for_another_command() {
        List<String> commands = commands(7, 40);
        List<String> ids = commands.stream().map(command -> command.substring(0, command.indexOf(' '))).toList();

        assertThat(new HashSet<>(commands)).hasSizeLessThan(commands.size()).hasSameSizeAs(new HashSet<>(ids));
    }

    private static List<String> commands(long seed, int accounts) {
        List<String> commands = new ArrayList<>();
        new DemoYear(seed, accounts,
                (account, number, command) -> commands.add(account + "-" + number + " " + account + " " + command))
                .pass();
        return commands;
    }
}

package dev.allframe.sample.bank.demo;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.ledger.Ledger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
        new DemoYear(seed, accounts, (account, id, command) -> commands.add(id + " " + account + " " + command)).pass();
        return commands;
    }
}

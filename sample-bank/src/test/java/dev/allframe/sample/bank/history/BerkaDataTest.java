package dev.allframe.sample.bank.history;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.ledger.Ledger;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The published data set itself, where its folder is given: {@code mvn verify -Dallframe.berka=DIR}. */
@EnabledIfSystemProperty(named = "allframe.berka", matches = ".+")
final class BerkaDataTest {

    private final Path folder = Path.of(System.getProperty("allframe.berka", ""));

    @Test
    void fifteen_months_of_a_real_bank_are_reproduced_and_a_second_time_changes_nothing() {
        HistoryImport history = HistoryImport.read(List.of(folder, folder), true);

        ImportReport report;
        try (AllFrame bank = AllFrame.standalone("berka-test").aggregate(ACCOUNT).start()) {
            report = history.run(bank.commands(), new Ledger(bank.eventStore(ACCOUNT)), () -> {});
        }

        assertThat(report.accounts()).isEqualTo(4_500);
        assertThat(report.orders()).isEqualTo(6_471);
        assertThat(report.transactions()).isEqualTo(46_997);
        assertThat(report.events()).isEqualTo(57_968);
        assertThat(report.tally().accepted()).isEqualTo(57_968);
        assertThat(report.tally().repeated()).isEqualTo(57_968);
        assertThat(report.tally().rejected()).isZero();
        assertThat(report.missing()).isZero();
        assertThat(report.accountsChecked()).isEqualTo(1_229);
        assertThat(report.accountsNotChecked()).isZero();
        assertThat(report.mismatches()).isZero();
        assertThat(report.maxDifference()).isLessThanOrEqualTo(czk("0.70"));
        assertThat(report.remarks()).isEmpty();
        assertThat(report.isGood()).isTrue();
    }
}

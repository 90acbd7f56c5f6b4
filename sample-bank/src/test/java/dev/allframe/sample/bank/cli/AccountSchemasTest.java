package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.schema.CompatibilityMode.BACKWARD_TRANSITIVE;

import dev.allframe.api.testkit.EventSchemas;
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
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.StandingOrder;
import java.time.LocalDate;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class AccountSchemasTest {

    private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
    private static final StandingOrder ORDER = new StandingOrder(czk(3372),
            new Counterparty("AB", "87144583"), "household");

    @Test
    void events_stay_readable() {
        EventSchemas.of(ACCOUNT)
                .withExamples(new Opened("Ann", czk(500), DAY),
                        new Deposited(czk("12.50"), Entry.cash(DAY)),
                        new Withdrawn(czk(3), Entry.cash(DAY)), new OverdraftChanged(czk(100)),
                        new OrderPlaced("29401", ORDER), new OrderCancelled("29401"), new Reserved("t-1", czk(3)),
                        new Released("t-1"), new Confirmed("t-1", czk(3), Entry.cash(DAY)), new Closed(DAY))
                .assertCompatibleWith("src/main/schemas", BACKWARD_TRANSITIVE);
    }
}

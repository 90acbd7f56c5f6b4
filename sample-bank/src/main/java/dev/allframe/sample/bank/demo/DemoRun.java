package dev.allframe.sample.bank.demo;

import dev.allframe.command.CommandBus;
import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.AccountEvent.OverdraftChanged;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.ledger.Ledger;
import dev.allframe.sample.bank.ledger.Ledger.Line;
import dev.allframe.sample.bank.ledger.Tally;
import dev.allframe.sample.bank.ledger.Teller;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the year through the accounts and holds what is stored against what the customers expect. */
public final class DemoRun {

    /** The id of an account that every made-up year has. */
    public static final String FIRST_ACCOUNT = "acc-0001";

    private final long seed;
    private final int accounts;

    /**
     * A bank that is not run yet.
     *
     * @param seed makes the bank; the same seed makes the same one
     * @param accounts how many, 1 or more
     */
    public DemoRun(long seed, int accounts) {
        this.seed = seed;
        this.accounts = accounts;
    }

    /** How many commands the year has, repeated deliveries included. */
    public long commands() {
        long[] count = {0};
        new DemoYear(seed, accounts, (account, id, command) -> count[0]++).pass();
        return count[0];
    }

    /**
     * Sends the year's commands and reads back what is stored.
     *
     * @param bus to the accounts
     * @param ledger reads what they stored
     * @param onAnswer is called once for each answered command, on any thread
     */
    public DemoReport run(CommandBus bus, Ledger ledger, Runnable onAnswer) {
        Teller teller = new Teller(bus, ledger.versions(), onAnswer);
        DemoYear year = new DemoYear(seed, accounts, teller::send);
        year.pass();
        Tally tally = teller.finish();

        Map<String, Account> stored = new LinkedHashMap<>();
        Money in = Money.czk(0);
        Money out = Money.czk(0);
        Money total = Money.czk(0);
        long events = 0;
        for (String id : year.expected().keySet()) {
            List<Line> statement = ledger.statement(id);
            events += statement.size();
            for (Line line : statement) {
                switch (line.recorded().event()) {
                    case Deposited(var amount, var entry, var channel) -> in = in.plus(amount);
                    case Withdrawn(var amount, var entry) -> out = out.plus(amount);
                    case Opened opened -> {
                    }
                    case OrderPlaced placed -> {
                    }
                    case OverdraftChanged changed -> {
                    }
                }
            }
            Account account = statement.isEmpty() ? Account.NONE : statement.getLast().after();
            total = total.plus(account.balance());
            stored.put(id, account);
        }
        return new DemoReport(seed, tally, events, in, out, total, stored, stored.equals(year.expected()));
    }
}

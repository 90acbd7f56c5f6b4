package dev.allframe.sample.bank.demo;

import dev.allframe.command.CommandBus;
import dev.allframe.sample.bank.account.Account;
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
import dev.allframe.sample.bank.ledger.Ledger;
import dev.allframe.sample.bank.ledger.Ledger.Line;
import dev.allframe.sample.bank.ledger.Tally;
import dev.allframe.sample.bank.ledger.Teller;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the year through the accounts and holds what is stored against what the customers expect. */
public final class DemoRun {

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
     * Sends the year's commands and reads back what is stored. Where an earlier run of the same year was interrupted,
     * this goes on behind the last event of each account.
     *
     * @param bus to the accounts
     * @param ledger reads what they stored
     * @param onAnswer is called once for each command that is answered or known to be decided, on any thread
     * @throws OtherYearException if the store has accounts of another year; nothing was sent
     * @throws dev.allframe.sample.bank.ledger.StorageException if the storage takes no more
     */
    public DemoReport run(CommandBus bus, Ledger ledger, Runnable onAnswer) {
        Map<String, Integer> before = ledger.versions();
        Map<String, Integer> decided = decided(ledger, before);
        Teller teller = new Teller(bus, before, onAnswer);
        int[] known = {0};
        DemoYear year = new DemoYear(seed, accounts, (id, number, command) -> {
            if (number > decided.getOrDefault(id, 0)) {
                teller.send(id, id + "-" + number, command);
            } else {
                known[0]++;
                onAnswer.run();
            }
        });
        year.pass();
        Tally tally = teller.finish().with(known[0], List.of());

        Map<String, Account> stored = new LinkedHashMap<>();
        long earlier = year.expected().keySet().stream().mapToInt(id -> before.getOrDefault(id, 0)).sum();
        Money in = Money.czk(0);
        Money out = Money.czk(0);
        Money total = Money.czk(0);
        long events = 0;
        for (String account : year.expected().keySet()) {
            List<Line> statement = ledger.statement(account);
            events += statement.size();
            for (Line line : statement) {
                switch (line.recorded().event()) {
                    case Deposited(var amount, var entry, var channel) -> in = in.plus(amount);
                    case Withdrawn(var amount, var entry) -> out = out.plus(amount);
                    case Opened opened -> {
                    }
                    case Confirmed(var id, var amount, var entry) -> out = out.plus(amount);
                    case OrderPlaced placed -> {
                    }
                    case OrderCancelled cancelled -> {
                    }
                    case Reserved reserved -> {
                    }
                    case Released released -> {
                    }
                    case Closed closed -> {
                    }
                    case OverdraftChanged changed -> {
                    }
                }
            }
            Account now = statement.isEmpty() ? Account.NONE : statement.getLast().after();
            total = total.plus(now.balance());
            stored.put(account, now);
        }
        return new DemoReport(seed, tally, earlier, events, in, out, total, stored, stored.equals(year.expected()));
    }

    private Map<String, Integer> decided(Ledger ledger, Map<String, Integer> before) {
        Map<String, Integer> decided = new HashMap<>();
        for (int customer = 1; customer <= accounts; customer++) {
            String id = DemoYear.id(customer);
            if (before.containsKey(id)) {
                decided.put(id, EarlierRun.lastDecided(seed, customer, id, ledger.statement(id)));
            }
        }
        return decided;
    }
}

package dev.allframe.sample.bank.demo;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.aggregate.Decision.Persist;
import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.AccountCommand;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.ledger.Ledger.Line;
import java.util.List;

/**
 * What an earlier run of the same year has left of one account. An account takes its commands one after the other, so
 * that all commands up to the last one that stored something are decided: those among them that stored nothing were
 * refused, and would be decided again, later than they should, if they were sent again.
 */
final class EarlierRun implements Customer.Sink {

    private final List<Line> stored;
    private Account account = Account.NONE;
    private int matched;
    private int seen;
    private int decided;
    private boolean same = true;

    private EarlierRun(List<Line> stored) {
        this.stored = stored;
    }

    /**
     * The number of the last command that an earlier run is known to have had decided; 0 for none.
     *
     * @param customer the customer's place in the bank, from 1
     * @param stored what is stored of the account
     * @throws OtherYearException if the account was not made by this year
     */
    static int lastDecided(long seed, int customer, String id, List<Line> stored) {
        EarlierRun run = new EarlierRun(stored);
        new DemoYear(seed, customer, run, id).pass();
        if (!run.same || run.matched < stored.size()) {
            throw new OtherYearException(id);
        }
        return run.decided;
    }

    @Override
    public void accept(String id, int number, AccountCommand command) {
        if (number == seen || matched == stored.size()) {
            return;
        }
        seen = number;
        if (ACCOUNT.aggregate().decide(account, command) instanceof Persist<AccountEvent>(var events)) {
            for (AccountEvent event : events) {
                same &= matched < stored.size() && stored.get(matched).recorded().event().equals(event);
                account = ACCOUNT.aggregate().evolve(account, event);
                matched++;
            }
            decided = number;
        }
    }
}

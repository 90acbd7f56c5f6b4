package dev.allframe.sample.bank.demo;

import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.ledger.Tally;
import java.util.Map;

/**
 * What a made-up year did.
 *
 * @param seed what it was made from
 * @param tally what became of the commands
 * @param earlier events that were stored before
 * @param events what is stored
 * @param in the sum of all stored deposits
 * @param out the sum of all stored withdrawals
 * @param total the sum of all balances
 * @param accounts the accounts by id, as they are stored
 * @param asExpected whether every account stands as its customer expects
 */
public record DemoReport(long seed, Tally tally, long earlier, long events, Money in, Money out,
        Money total, Map<String, Account> accounts, boolean asExpected) {

    /** Whether the balances are the sum of the movements. */
    public boolean addsUp() {
        return in.minus(out).equals(total);
    }

    /** Whether the bank is in order: refusals are part of life, failures are not. */
    public boolean isGood() {
        return addsUp() && asExpected && tally.failed().isEmpty() && events == earlier + tally.events();
    }
}

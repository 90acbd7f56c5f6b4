package dev.allframe.sample.bank.history;

import dev.allframe.sample.bank.account.AccountCommand.Book;
import dev.allframe.sample.bank.account.AccountCommand.Side;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import java.time.LocalDate;

/**
 * A movement as the bank recorded it.
 *
 * @param id the bank's own number
 * @param account whose account
 * @param amount how much, not negative
 * @param side in or out
 * @param balance the bank's own balance after it
 * @param entry everything else
 */
record Transaction(String id, String account, Money amount, Side side, Money balance, Entry entry) {

    /** The balance before it, as far as amount and balance are not rounded. */
    Money before() {
        return switch (side) {
            case CREDIT -> balance.minus(amount);
            case DEBIT -> balance.plus(amount);
        };
    }

    LocalDate date() {
        return entry.on();
    }

    Book command() {
        return new Book(amount, side, entry);
    }

    String commandId() {
        return "trans-" + id;
    }
}

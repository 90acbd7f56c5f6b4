package dev.allframe.sample.bank.views;

import dev.allframe.projection.AsOf;
import dev.allframe.sample.bank.account.AccountEvent;
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
import java.time.LocalDate;

/** Views by what was booked until a day, whenever it was stored. */
public final class Booked {

    private Booked() {}

    /**
     * What had been booked at the end of a day.
     *
     * @param day the last booking date
     */
    public static AsOf until(LocalDate day) {
        return AsOf.now().where((event, info) -> event instanceof AccountEvent booked && isBookedUntil(day, booked));
    }

    private static boolean isBookedUntil(LocalDate day, AccountEvent event) {
        return switch (event) {
            case Opened(var owner, var overdraft, var on) -> !on.isAfter(day);
            case Deposited(var amount, var entry, var channel) -> !entry.on().isAfter(day);
            case Withdrawn(var amount, var entry) -> !entry.on().isAfter(day);
            case Confirmed(var id, var amount, var entry) -> !entry.on().isAfter(day);
            case Closed(var on) -> !on.isAfter(day);
            case OverdraftChanged(var limit) -> false;
            case OrderPlaced(var id, var order) -> false;
            case OrderCancelled(var id) -> false;
            case Reserved(var id, var amount) -> false;
            case Released(var id) -> false;
        };
    }
}

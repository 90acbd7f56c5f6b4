package dev.allframe.sample.bank.account;

import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import java.time.LocalDate;

/** What can happen to an account. */
public sealed interface AccountEvent extends Event {

    /** The account exists from now on. */
    @Stored("opened")
    record Opened(String owner, Money overdraft, LocalDate on) implements AccountEvent {}

    /**
     * Money came in.
     *
     * @param channel {@code cash} or {@code transfer}; what was stored before anybody asked counts as cash
     */
    @Stored(value = "deposited", version = 2)
    record Deposited(Money amount, Entry entry,
            @Since(version = 2, defaultValue = "cash") String channel) implements AccountEvent {

        /** By the channel that goes with the kind of the entry. */
        public Deposited(Money amount, Entry entry) {
            this(amount, entry, entry.kind() == Entry.Kind.CASH ? "cash" : "transfer");
        }
    }

    /** Money went out. */
    @Stored("withdrawn")
    record Withdrawn(Money amount, Entry entry) implements AccountEvent {}

    /** The account may go as far below zero as this. */
    @Stored("overdraft-changed")
    record OverdraftChanged(Money overdraft) implements AccountEvent {}

    /** A standing order was set up. */
    @Stored("order-placed")
    record OrderPlaced(String orderId, StandingOrder order) implements AccountEvent {}

    /** A standing order was taken back. */
    @Stored("order-cancelled")
    record OrderCancelled(String orderId) implements AccountEvent {}

    /** Money was set aside for a transfer. */
    @Stored("reserved")
    record Reserved(String transferId, Money amount) implements AccountEvent {}

    /** What was set aside for a transfer was given back. */
    @Stored("released")
    record Released(String transferId) implements AccountEvent {}

    /** What was set aside for a transfer went out. */
    @Stored("confirmed")
    record Confirmed(String transferId, Money amount, Entry entry) implements AccountEvent {}

    /** The account does nothing any more. */
    @Stored("closed")
    record Closed(LocalDate on) implements AccountEvent {}
}

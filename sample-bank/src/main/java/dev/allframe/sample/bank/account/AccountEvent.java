package dev.allframe.sample.bank.account;

import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import java.time.LocalDate;

/** What can happen to an account. */
public sealed interface AccountEvent extends Event {

    /** The account exists from now on. */
    @Stored("opened")
    record Opened(String owner, Money overdraft, LocalDate on) implements AccountEvent {}

    /** Money came in. */
    @Stored("deposited")
    record Deposited(Money amount, Entry entry) implements AccountEvent {}

    /** Money went out. */
    @Stored("withdrawn")
    record Withdrawn(Money amount, Entry entry) implements AccountEvent {}

    /** The account may go as far below zero as this. */
    @Stored("overdraft-changed")
    record OverdraftChanged(Money overdraft) implements AccountEvent {}

    /** A standing order was set up. */
    @Stored("order-placed")
    record OrderPlaced(String orderId, StandingOrder order) implements AccountEvent {}
}

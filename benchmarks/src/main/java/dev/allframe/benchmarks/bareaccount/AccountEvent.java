package dev.allframe.benchmarks.bareaccount;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Closed;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Confirmed;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Deposited;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Opened;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OrderCancelled;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OrderPlaced;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OverdraftChanged;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Released;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Reserved;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.account.StandingOrder;
import java.time.LocalDate;

/** What can happen to an account. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({@JsonSubTypes.Type(Opened.class), @JsonSubTypes.Type(Deposited.class),
        @JsonSubTypes.Type(Withdrawn.class), @JsonSubTypes.Type(OverdraftChanged.class),
        @JsonSubTypes.Type(OrderPlaced.class), @JsonSubTypes.Type(OrderCancelled.class),
        @JsonSubTypes.Type(Reserved.class), @JsonSubTypes.Type(Released.class), @JsonSubTypes.Type(Confirmed.class),
        @JsonSubTypes.Type(Closed.class)})
public sealed interface AccountEvent {

    @JsonTypeName("account.opened")
    record Opened(String owner, Money overdraft, LocalDate on) implements AccountEvent {}

    @JsonTypeName("account.deposited")
    record Deposited(Money amount, Entry entry, String channel) implements AccountEvent {

        /** What was stored before there was a channel is read without one. */
        @JsonCreator
        public Deposited {
            channel = channel == null ? "cash" : channel;
        }

        Deposited(Money amount, Entry entry) {
            this(amount, entry, entry.kind() == Entry.Kind.CASH ? "cash" : "transfer");
        }
    }

    @JsonTypeName("account.withdrawn")
    record Withdrawn(Money amount, Entry entry) implements AccountEvent {}

    @JsonTypeName("account.overdraft-changed")
    record OverdraftChanged(Money overdraft) implements AccountEvent {}

    @JsonTypeName("account.order-placed")
    record OrderPlaced(String orderId, StandingOrder order) implements AccountEvent {}

    @JsonTypeName("account.order-cancelled")
    record OrderCancelled(String orderId) implements AccountEvent {}

    @JsonTypeName("account.reserved")
    record Reserved(String transferId, Money amount) implements AccountEvent {}

    @JsonTypeName("account.released")
    record Released(String transferId) implements AccountEvent {}

    @JsonTypeName("account.confirmed")
    record Confirmed(String transferId, Money amount, Entry entry) implements AccountEvent {}

    @JsonTypeName("account.closed")
    record Closed(LocalDate on) implements AccountEvent {}
}

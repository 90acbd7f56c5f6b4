package dev.allframe.benchmarks.bareaccount;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Deposited;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Opened;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OrderPlaced;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OverdraftChanged;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.account.StandingOrder;
import java.time.LocalDate;

/** What can happen to an account. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({@JsonSubTypes.Type(Opened.class), @JsonSubTypes.Type(Deposited.class),
        @JsonSubTypes.Type(Withdrawn.class), @JsonSubTypes.Type(OverdraftChanged.class),
        @JsonSubTypes.Type(OrderPlaced.class)})
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
}

package dev.allframe.benchmarks.bareaccount;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Book;
import dev.allframe.benchmarks.bareaccount.AccountCommand.CancelOrder;
import dev.allframe.benchmarks.bareaccount.AccountCommand.ChangeOverdraft;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Close;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Confirm;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Credit;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Deposit;
import dev.allframe.benchmarks.bareaccount.AccountCommand.ExecuteOrder;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Open;
import dev.allframe.benchmarks.bareaccount.AccountCommand.PlaceOrder;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Release;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Reserve;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Withdraw;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.account.StandingOrder;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.time.LocalDate;

/** What an account can be asked to do. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({@JsonSubTypes.Type(Open.class), @JsonSubTypes.Type(Deposit.class), @JsonSubTypes.Type(Withdraw.class),
        @JsonSubTypes.Type(Book.class), @JsonSubTypes.Type(ChangeOverdraft.class),
        @JsonSubTypes.Type(PlaceOrder.class), @JsonSubTypes.Type(ExecuteOrder.class),
        @JsonSubTypes.Type(CancelOrder.class), @JsonSubTypes.Type(Reserve.class), @JsonSubTypes.Type(Release.class),
        @JsonSubTypes.Type(Confirm.class), @JsonSubTypes.Type(Credit.class), @JsonSubTypes.Type(Close.class)})
public sealed interface AccountCommand {

    /** Whatever names an amount, which must be in the account's currency. */
    sealed interface OfMoney extends AccountCommand {
        Money amount();
    }

    record Open(@NotBlank String owner, @NotNull @PositiveOrZero Money overdraft,
            @NotNull LocalDate on) implements AccountCommand {}

    record Deposit(@NotNull @Positive Money amount, @NotNull Entry entry) implements OfMoney {}

    record Withdraw(@NotNull @Positive Money amount, @NotNull Entry entry) implements OfMoney {}

    record Book(@NotNull @PositiveOrZero Money amount, @NotNull Side side, @NotNull Entry entry) implements OfMoney {}

    enum Side {
        CREDIT, DEBIT
    }

    record ChangeOverdraft(@NotNull @PositiveOrZero Money amount) implements OfMoney {}

    record PlaceOrder(@NotBlank String orderId, @NotNull @Valid StandingOrder order) implements OfMoney {
        @Override
        public Money amount() {
            return order.amount();
        }
    }

    record CancelOrder(@NotBlank String orderId) implements AccountCommand {}

    record Reserve(@NotBlank String transferId, @NotNull @Positive Money amount) implements OfMoney {}

    record Release(@NotBlank String transferId) implements AccountCommand {}

    record Confirm(@NotBlank String transferId, @NotNull Entry entry) implements AccountCommand {}

    record Credit(@NotNull @Positive Money amount, @NotNull Entry entry) implements OfMoney {}

    record Close(@NotNull LocalDate on) implements AccountCommand {}

    record ExecuteOrder(@NotBlank String orderId, @NotNull LocalDate on) implements AccountCommand {}
}

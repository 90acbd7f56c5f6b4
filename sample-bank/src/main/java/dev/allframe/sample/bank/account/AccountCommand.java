package dev.allframe.sample.bank.account;

import dev.allframe.aggregate.Command;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.time.LocalDate;

/** What an account can be asked to do. */
public sealed interface AccountCommand extends Command {

    /** Whatever names an amount, which must be in the account's currency. */
    sealed interface OfMoney extends AccountCommand {

        /** The amount; a limit is an amount too. */
        Money amount();
    }

    /** Opens the account in the currency of its overdraft limit. */
    record Open(@NotBlank String owner, @NotNull @PositiveOrZero Money overdraft,
            @NotNull LocalDate on) implements AccountCommand {}

    /** The owner, or somebody else, pays in. */
    record Deposit(@NotNull @Positive Money amount, @NotNull Entry entry) implements OfMoney {}

    /** The owner takes or sends money, by whatever way: never more than the balance and the overdraft together. */
    record Withdraw(@NotNull @Positive Money amount, @NotNull Entry entry) implements OfMoney {}

    /** Books a movement that is a fact already, whatever the limit: interest, fees, history from another system. */
    record Book(@NotNull @PositiveOrZero Money amount, @NotNull Side side, @NotNull Entry entry) implements OfMoney {}

    /** Which way a booked movement goes. */
    enum Side {
        CREDIT, DEBIT
    }

    /** Sets how far below zero the account may go from here on. */
    record ChangeOverdraft(@NotNull @PositiveOrZero Money amount) implements OfMoney {}

    /** Sets up a standing order under an id that is new to the account. */
    record PlaceOrder(@NotBlank String orderId, @NotNull @Valid StandingOrder order) implements OfMoney {
        @Override
        public Money amount() {
            return order.amount();
        }
    }

    /** Makes the remittance of a standing order, if the account covers it. */
    record ExecuteOrder(@NotBlank String orderId, @NotNull LocalDate on) implements AccountCommand {}
}

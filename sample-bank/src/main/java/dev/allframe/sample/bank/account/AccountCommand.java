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

    /** Takes a standing order back. */
    record CancelOrder(@NotBlank String orderId) implements AccountCommand {}

    /** Sets money aside for a transfer: nobody else can take it, until the transfer is confirmed or released. */
    record Reserve(@NotBlank String transferId, @NotNull @Positive Money amount) implements OfMoney {}

    /** Gives back what was set aside; nothing where nothing is. */
    record Release(@NotBlank String transferId) implements AccountCommand {}

    /** Books out what was set aside. */
    record Confirm(@NotBlank String transferId, @NotNull Entry entry) implements AccountCommand {}

    /** Brings the money of a transfer. */
    record Credit(@NotNull @Positive Money amount, @NotNull Entry entry) implements OfMoney {}

    /** Closes the account, on which there must be nothing. */
    record Close(@NotNull LocalDate on) implements AccountCommand {}

    /** Makes the remittance of a standing order, if the account covers it. */
    record ExecuteOrder(@NotBlank String orderId, @NotNull LocalDate on) implements AccountCommand {}
}

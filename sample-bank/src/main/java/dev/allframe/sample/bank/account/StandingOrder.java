package dev.allframe.sample.bank.account;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;

/**
 * A remittance that is made again and again.
 *
 * @param amount how much each time
 * @param to who gets it
 * @param purpose what it is for, such as {@code household}; empty where nobody said
 */
public record StandingOrder(@NotNull @Positive Money amount, @NotNull Counterparty to, @NotNull String purpose) {}

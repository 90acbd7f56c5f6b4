package dev.allframe.sample.bank.account;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What a statement says about a movement besides its amount.
 *
 * @param kind how the money moved
 * @param on the booking date
 * @param reference the bank's number of the transaction or standing order; empty where there is none
 * @param purpose what it was for, such as {@code household}; empty where nobody said
 * @param counterparty the other side of a remittance; null where there is none
 */
public record Entry(Kind kind, LocalDate on, String reference, String purpose, @Nullable Counterparty counterparty) {

    /** How money moves. The names are stored, so they stay as they are. */
    public enum Kind {
        CASH, CARD, REMITTANCE, INTEREST, PENALTY_INTEREST, FEE, OTHER
    }

    /** A movement with nothing else to say about it. */
    public static Entry of(Kind kind, LocalDate on) {
        return new Entry(kind, on, "", "", null);
    }

    /** Cash at the counter or at a machine. */
    public static Entry cash(LocalDate on) {
        return of(Kind.CASH, on);
    }

    /** Money from or to an account at another bank. */
    public static Entry remittance(LocalDate on, Counterparty counterparty, String purpose) {
        return new Entry(Kind.REMITTANCE, on, "", purpose, counterparty);
    }

    /** The same with the bank's number. */
    public Entry referring(String number) {
        return new Entry(kind, on, number, purpose, counterparty);
    }
}

package dev.allframe.sample.bank.account;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/**
 * An exact amount of one currency, to the hundredth. Amounts of different currencies are never added or compared: that
 * throws {@link IllegalArgumentException}.
 *
 * @param amount the amount, with two decimals, of either sign
 * @param currency the currency
 */
public record Money(BigDecimal amount, Currency currency) implements Comparable<Money> {

    /** Czech crowns. */
    public static final Currency CZK = Currency.getInstance("CZK");

    /** Takes amounts with fewer decimals and throws {@link ArithmeticException} for more: nothing is ever rounded. */
    public Money {
        amount = amount.setScale(2, RoundingMode.UNNECESSARY);
    }

    /** Whole Czech crowns. */
    public static Money czk(long amount) {
        return new Money(BigDecimal.valueOf(amount), CZK);
    }

    /** Czech crowns as text: {@code "1234.50"}. */
    public static Money czk(String amount) {
        return new Money(new BigDecimal(amount), CZK);
    }

    /** No money at all, in this currency. */
    public static Money zero(Currency currency) {
        return new Money(BigDecimal.ZERO, currency);
    }

    public Money plus(Money other) {
        return new Money(amount.add(other.in(currency)), currency);
    }

    public Money minus(Money other) {
        return new Money(amount.subtract(other.in(currency)), currency);
    }

    /** The amount without its sign. */
    public Money abs() {
        return new Money(amount.abs(), currency);
    }

    /** Smaller before larger. */
    @Override
    public int compareTo(Money other) {
        return amount.compareTo(other.in(currency));
    }

    private BigDecimal in(Currency expected) {
        if (!currency.equals(expected)) {
            throw new IllegalArgumentException("amounts of " + currency + " and " + expected + " do not mix");
        }
        return amount;
    }

    /** As on a statement: {@code -1234.50 CZK}. */
    @Override
    public String toString() {
        return amount.toPlainString() + " " + currency;
    }
}

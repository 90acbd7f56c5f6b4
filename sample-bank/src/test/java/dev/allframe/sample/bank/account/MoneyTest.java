package dev.allframe.sample.bank.account;

import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Currency;
import org.junit.jupiter.api.Test;

final class MoneyTest {

    private static final Money EURO = new Money(BigDecimal.ONE, Currency.getInstance("EUR"));

    @Test
    void adds_and_subtracts_exactly() {
        assertThat(czk("0.10").plus(czk("0.20"))).isEqualTo(czk("0.30"));
        assertThat(czk(1).minus(czk("1.01"))).isEqualTo(czk("-0.01"));
    }

    @Test
    void is_the_same_however_it_was_written() {
        assertThat(czk(700)).isEqualTo(czk("700.0")).hasSameHashCodeAs(czk("7E2"));
    }

    @Test
    void is_never_rounded() {
        assertThatThrownBy(() -> czk("0.001")).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void compares_by_amount() {
        assertThat(czk(-1)).isLessThan(czk(0));
        assertThat(czk(-5).abs()).isEqualTo(czk(5));
    }

    @Test
    void refuses_to_mix_currencies() {
        assertThatThrownBy(() -> czk(1).plus(EURO)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("amounts of EUR and CZK do not mix");
        assertThatThrownBy(() -> czk(1).minus(EURO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> czk(1).compareTo(EURO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reads_as_on_a_statement() {
        assertThat(czk("-1234.5")).hasToString("-1234.50 CZK");
    }
}

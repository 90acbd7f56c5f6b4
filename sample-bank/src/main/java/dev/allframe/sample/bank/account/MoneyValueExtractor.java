package dev.allframe.sample.bank.account;

import jakarta.validation.valueextraction.ExtractedValue;
import jakarta.validation.valueextraction.UnwrapByDefault;
import jakarta.validation.valueextraction.ValueExtractor;
import java.math.BigDecimal;

/** Lets {@code @Positive} and its like on a {@link Money} look at the amount. Found by Jakarta Validation through {@code META-INF/services}. */
@UnwrapByDefault
public final class MoneyValueExtractor implements ValueExtractor<@ExtractedValue(type = BigDecimal.class) Money> {

    @Override
    public void extractValues(Money money, ValueReceiver receiver) {
        receiver.value("", money.amount());
    }
}

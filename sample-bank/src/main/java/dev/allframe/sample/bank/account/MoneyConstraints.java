package dev.allframe.sample.bank.account;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;

/**
 * What the standard constraints mean for {@link Money}; Hibernate Validator finds them through
 * {@code META-INF/services}. A value extractor would be shorter, but it would also unwrap for {@code @NotNull}, which
 * then lets null pass.
 */
public final class MoneyConstraints {

    private MoneyConstraints() {}

    /** More than zero. As for numbers, null is the business of {@code @NotNull}. */
    public static final class More implements ConstraintValidator<Positive, Money> {
        @Override
        public boolean isValid(@Nullable Money money, ConstraintValidatorContext context) {
            return money == null || money.amount().signum() > 0;
        }
    }

    /** Zero or more. As for numbers, null is the business of {@code @NotNull}. */
    public static final class ZeroOrMore implements ConstraintValidator<PositiveOrZero, Money> {
        @Override
        public boolean isValid(@Nullable Money money, ConstraintValidatorContext context) {
            return money == null || money.amount().signum() >= 0;
        }
    }
}

package dev.allframe.projection;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Decimals: a byte for the sign, the power of ten of the first digit, the digits from the first on, and an end below
 * each digit. All but the sign is inverted for negative numbers.
 */
final class DecimalKey implements KeyForm<BigDecimal> {

    static final DecimalKey FORM = new DecimalKey();

    private static final int NEGATIVE = 1;
    private static final int ZERO = 2;
    private static final int POSITIVE = 3;
    private static final int END = 1;
    private static final int DIGIT_ZERO = 2;

    @Override
    public String description() {
        return "decimal";
    }

    @Override
    public void write(KeyBytes out, BigDecimal value) {
        if (value.signum() == 0) {
            out.u8(ZERO);
            return;
        }
        boolean negative = value.signum() < 0;
        int invert = negative ? 0xFF : 0;
        String digits = value.unscaledValue().abs().toString();
        long power = (long) digits.length() - value.scale();
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        if (end - power < Integer.MIN_VALUE) {
            throw new IllegalArgumentException("a decimal of a power of ten above 2147483648 is too large for a key");
        }
        out.u8(negative ? NEGATIVE : POSITIVE);
        out.u64((negative ? ~power : power) ^ Long.MIN_VALUE);
        for (int i = 0; i < end; i++) {
            out.u8((DIGIT_ZERO + digits.charAt(i) - '0') ^ invert);
        }
        out.u8(END ^ invert);
    }

    @Override
    public BigDecimal read(KeySource in) {
        int sign = in.u8();
        if (sign == ZERO) {
            return BigDecimal.ZERO;
        }
        if (sign != NEGATIVE && sign != POSITIVE) {
            throw new IllegalArgumentException("a decimal in a key is not written so");
        }
        boolean negative = sign == NEGATIVE;
        int invert = negative ? 0xFF : 0;
        long written = in.u64() ^ Long.MIN_VALUE;
        long power = negative ? ~written : written;
        StringBuilder digits = new StringBuilder();
        for (int next = in.u8() ^ invert; next != END; next = in.u8() ^ invert) {
            digits.append((char) ('0' + next - DIGIT_ZERO));
        }
        long scale = digits.length() - power;
        if (!isWhole(digits) || scale != (int) scale) {
            throw new IllegalArgumentException("a decimal in a key is not written so");
        }
        BigInteger unscaled = new BigInteger(digits.toString());
        return new BigDecimal(negative ? unscaled.negate() : unscaled, (int) scale);
    }

    /** Digits alone, of which neither the first nor the last is 0. */
    private static boolean isWhole(StringBuilder digits) {
        return !digits.isEmpty() && digits.charAt(0) != '0' && digits.charAt(digits.length() - 1) != '0'
                && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }
}

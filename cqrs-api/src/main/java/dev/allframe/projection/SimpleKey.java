package dev.allframe.projection;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Year;
import java.time.YearMonth;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Values of a fixed number of bytes, and those that are written as another value. A signed number's sign is flipped.
 */
final class SimpleKey<V> implements KeyForm<V> {

    static final KeyForm<Long> LONG = new SimpleKey<>("i64", SimpleKey::i64, SimpleKey::i64);
    static final KeyForm<Integer> INT = new SimpleKey<>("i32", SimpleKey::i32, SimpleKey::i32);
    static final KeyForm<Short> SHORT = new SimpleKey<>("i32 of short", (out, value) -> i32(out, value),
            in -> (short) within(Short.MIN_VALUE, i32(in), Short.MAX_VALUE));
    static final KeyForm<Byte> BYTE = new SimpleKey<>("i32 of byte", (out, value) -> i32(out, value),
            in -> (byte) within(Byte.MIN_VALUE, i32(in), Byte.MAX_VALUE));
    static final KeyForm<Boolean> BOOLEAN = new SimpleKey<>("boolean", (out, value) -> out.u8(value ? 1 : 0),
            in -> within(0, in.u8(), 1) == 1);
    static final KeyForm<Double> DOUBLE = new SimpleKey<>("double", SimpleKey::f64, SimpleKey::f64);
    static final KeyForm<UUID> ID = new SimpleKey<>("uuid", (out, value) -> {
        out.u64(value.getMostSignificantBits() ^ Long.MIN_VALUE);
        out.u64(value.getLeastSignificantBits() ^ Long.MIN_VALUE);
    }, in -> new UUID(in.u64() ^ Long.MIN_VALUE, in.u64() ^ Long.MIN_VALUE));
    static final KeyForm<Instant> INSTANT = new SimpleKey<>("instant", (out, value) -> {
        i64(out, value.getEpochSecond());
        out.u32(value.getNano());
    }, in -> Instant.ofEpochSecond(i64(in), nanos(in)));
    static final KeyForm<Duration> DURATION = new SimpleKey<>("duration", (out, value) -> {
        i64(out, value.getSeconds());
        out.u32(value.getNano());
    }, in -> Duration.ofSeconds(i64(in), nanos(in)));
    static final KeyForm<LocalDate> DATE = new SimpleKey<>("date", (out, value) -> i64(out, value.toEpochDay()),
            in -> LocalDate.ofEpochDay(i64(in)));
    static final KeyForm<LocalTime> TIME = new SimpleKey<>("time", (out, value) -> i64(out, value.toNanoOfDay()),
            in -> LocalTime.ofNanoOfDay(i64(in)));
    static final KeyForm<LocalDateTime> DATE_TIME = new SimpleKey<>("date-time", (out, value) -> {
        i64(out, value.toLocalDate().toEpochDay());
        i64(out, value.toLocalTime().toNanoOfDay());
    }, in -> LocalDateTime.of(LocalDate.ofEpochDay(i64(in)), LocalTime.ofNanoOfDay(i64(in))));
    static final KeyForm<YearMonth> MONTH = new SimpleKey<>("month", (out, value) -> {
        i32(out, value.getYear());
        out.u8(value.getMonthValue());
    }, in -> YearMonth.of(i32(in), in.u8()));
    static final KeyForm<Year> YEAR = new SimpleKey<>("year", (out, value) -> i32(out, value.getValue()),
            in -> Year.of(i32(in)));
    static final KeyForm<BigInteger> WHOLE = new SimpleKey<>("decimal of a whole number",
            (out, value) -> DecimalKey.FORM.write(out, new BigDecimal(checked(value))),
            in -> whole(DecimalKey.FORM.read(in)));

    /** The digits of a whole number: some bytes can say one that no memory holds. */
    private static final int MAX_DIGITS = 1_000_000;
    private static final int NANOS = 1_000_000_000;

    private final String description;
    private final BiConsumer<KeyBytes, V> writing;
    private final Function<KeySource, V> reading;

    private SimpleKey(String description, BiConsumer<KeyBytes, V> writing, Function<KeySource, V> reading) {
        this.description = description;
        this.writing = writing;
        this.reading = reading;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void write(KeyBytes out, V value) {
        writing.accept(out, value);
    }

    @Override
    public V read(KeySource in) {
        return reading.apply(in);
    }

    private static void i64(KeyBytes out, long value) {
        out.u64(value ^ Long.MIN_VALUE);
    }

    private static long i64(KeySource in) {
        return in.u64() ^ Long.MIN_VALUE;
    }

    private static void i32(KeyBytes out, int value) {
        out.u32(value ^ Integer.MIN_VALUE);
    }

    private static int i32(KeySource in) {
        return in.u32() ^ Integer.MIN_VALUE;
    }

    /** Both zeros are one key; what is no number is none. */
    private static void f64(KeyBytes out, double value) {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("NaN cannot be a key: it has no place in an order");
        }
        long bits = Double.doubleToLongBits(value == 0 ? 0.0 : value);
        out.u64(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE);
    }

    private static double f64(KeySource in) {
        long bits = in.u64();
        double value = Double.longBitsToDouble(bits < 0 ? bits ^ Long.MIN_VALUE : ~bits);
        if (Double.isNaN(value) || Double.doubleToRawLongBits(value) == Long.MIN_VALUE) {
            throw new IllegalArgumentException("a double in a key is not written so");
        }
        return value;
    }

    private static int nanos(KeySource in) {
        return within(0, in.u32(), NANOS - 1);
    }

    private static int within(int least, int value, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("a number in a key is " + value + ", beyond " + least + " to " + most);
        }
        return value;
    }

    private static BigInteger checked(BigInteger value) {
        boolean tooLarge = value.bitLength() > MAX_DIGITS * 3L;
        if (tooLarge) {
            throw new IllegalArgumentException("a whole number of " + value.bitLength() + " bits is too large for a"
                    + " key: at most " + MAX_DIGITS * 3L);
        }
        return value;
    }

    private static BigInteger whole(BigDecimal value) {
        if (value.scale() > 0 || value.precision() - (long) value.scale() > MAX_DIGITS) {
            throw new IllegalArgumentException("a whole number in a key is not written so");
        }
        return value.toBigIntegerExact();
    }
}

package dev.allframe.pipeline;

import dev.allframe.projection.Keys;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.function.Function;

/**
 * The kinds of moments that windows can have.
 *
 * @param keys how they are ordered in keys
 * @param first before all others
 * @param order as time goes
 * @param ofInstant the moment of an instant; of a day at UTC
 */
record Moments<T>(Keys<T> keys, T first, Comparator<? super T> order, Function<Instant, T> ofInstant) {

    static final Moments<Instant> INSTANTS = new Moments<>(Keys.INSTANT, Instant.MIN, Comparator.naturalOrder(),
            Function.identity());

    static final Moments<LocalDate> DATES = new Moments<>(Keys.DATE, LocalDate.MIN, Comparator.naturalOrder(),
            instant -> LocalDate.ofInstant(instant, ZoneOffset.UTC));

    boolean isBefore(T one, T other) {
        return order.compare(one, other) < 0;
    }

    /** The moment before which windows must end to be behind a retention. */
    T behind(Instant stored, Duration retention) {
        return ofInstant.apply(stored.minus(retention));
    }

    /** The keys of windows. */
    Keys<Window<T>> windows() {
        return Keys.joined(Window::from, keys, Window::until, keys, Window::new);
    }
}

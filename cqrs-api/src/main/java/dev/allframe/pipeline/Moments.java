package dev.allframe.pipeline;

import dev.allframe.projection.Keys;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** The kinds of moments that windows can have. */
sealed interface Moments<T> {

    /** Instants. */
    Moments<Instant> INSTANTS = new OfInstants();

    /** Days. */
    Moments<LocalDate> DATES = new OfDates();

    /** How they are ordered in keys. */
    Keys<T> keys();

    /** Before all others. */
    T first();

    /** Whether one is before another. */
    boolean isBefore(T one, T other);

    /** The moment before which windows must end to be behind a retention. */
    T behind(Instant stored, Duration retention);

    /** The keys of windows. */
    default Keys<Window<T>> windows() {
        return Keys.joined(Window::from, keys(), Window::until, keys(), Window::new);
    }

    record OfInstants() implements Moments<Instant> {
        @Override
        public Keys<Instant> keys() {
            return Keys.INSTANT;
        }

        @Override
        public Instant first() {
            return Instant.MIN;
        }

        @Override
        public boolean isBefore(Instant one, Instant other) {
            return one.isBefore(other);
        }

        @Override
        public Instant behind(Instant stored, Duration retention) {
            return stored.minus(retention);
        }
    }

    record OfDates() implements Moments<LocalDate> {
        @Override
        public Keys<LocalDate> keys() {
            return Keys.DATE;
        }

        @Override
        public LocalDate first() {
            return LocalDate.MIN;
        }

        @Override
        public boolean isBefore(LocalDate one, LocalDate other) {
            return one.isBefore(other);
        }

        @Override
        public LocalDate behind(Instant stored, Duration retention) {
            return LocalDate.ofInstant(stored.minus(retention), ZoneOffset.UTC);
        }
    }
}

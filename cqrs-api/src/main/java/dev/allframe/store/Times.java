package dev.allframe.store;

import java.time.Instant;

/** Times as they are kept: to the millisecond. */
final class Times {

    private Times() {}

    /**
     * A time without what is less than a millisecond.
     *
     * @throws IllegalArgumentException if a long cannot hold its milliseconds, as those of {@link Instant#MAX}
     */
    static Instant toMillis(Instant time) {
        try {
            return Instant.ofEpochMilli(time.toEpochMilli());
        } catch (ArithmeticException tooFar) {
            throw new IllegalArgumentException("a time is kept as milliseconds in a long, which cannot hold " + time,
                    tooFar);
        }
    }
}

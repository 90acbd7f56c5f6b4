package dev.allframe.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.util.function.UnaryOperator;

/**
 * Windows that are as long as something happens in a group: events that are less than a gap apart are in one session.
 * A session lasts from its first event until the gap is over behind its last one. An event that comes late may join
 * two. Immutable.
 *
 * @param <T> moments: {@link Instant}s or {@link LocalDate}s
 */
public final class Sessions<T> {

    private final Moments<T> moments;
    private final String description;
    private final UnaryOperator<T> behindGap;

    private Sessions(Moments<T> moments, String description, UnaryOperator<T> behindGap) {
        this.moments = moments;
        this.description = description;
        this.behindGap = behindGap;
    }

    /** Sessions that end when nothing has happened for so long. */
    public static Sessions<Instant> session(Duration gap) {
        if (gap.isNegative() || gap.isZero()) {
            throw new IllegalArgumentException("the gap between sessions must be more than 0, not " + gap);
        }
        return new Sessions<>(Moments.INSTANTS, "session " + gap, moment -> moment.plus(gap));
    }

    /** Sessions of days that end when nothing has happened for so many days. */
    public static Sessions<LocalDate> session(Period gap) {
        if (gap.toTotalMonths() != 0 || gap.isNegative() || gap.isZero()) {
            throw new IllegalArgumentException("the gap between sessions must be whole days, 1 or more, not " + gap);
        }
        return new Sessions<>(Moments.DATES, "session " + gap, day -> day.plus(gap));
    }

    Window<T> of(T moment) {
        return new Window<>(moment, behindGap.apply(moment));
    }

    Moments<T> moments() {
        return moments;
    }

    /** Such as {@code session PT30M}; part of the meaning of a view. */
    @Override
    public String toString() {
        return description;
    }
}

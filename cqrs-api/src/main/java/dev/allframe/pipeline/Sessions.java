package dev.allframe.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Windows that are as long as something happens in a group: events that are less than a gap apart are in one session.
 * A session lasts from its first event until the gap is over behind its last one. An event that comes late may join
 * two. Immutable.
 *
 * @param <T> moments: {@link Instant}s or {@link LocalDate}s
 */
public final class Sessions<T> {

    /** As that of windows; beyond it moments would have no place in time. */
    private static final Duration LONGEST = Duration.ofDays(366_000);

    private final Moments<T> moments;
    private final String description;
    private final String words;
    private final UnaryOperator<T> behindGap;

    private Sessions(Moments<T> moments, String description, String words, UnaryOperator<T> behindGap) {
        this.moments = moments;
        this.description = description;
        this.words = words;
        this.behindGap = behindGap;
    }

    /** Sessions that end when nothing has happened for so long. */
    public static Sessions<Instant> session(Duration gap) {
        Objects.requireNonNull(gap, "gap");
        if (gap.isNegative() || gap.isZero() || gap.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("the gap between sessions must be more than 0 and at most "
                    + LONGEST.toDays() + " days, not " + gap);
        }
        return new Sessions<>(Moments.INSTANTS, "session " + gap, words(Words.of(gap)), moment -> moment.plus(gap));
    }

    /** Sessions of days that end when nothing has happened for so many days. */
    @SuppressWarnings("JavaPeriodGetDays") // a gap with months is refused
    public static Sessions<LocalDate> session(Period gap) {
        Objects.requireNonNull(gap, "gap");
        if (gap.toTotalMonths() != 0 || gap.isNegative() || gap.isZero() || gap.getDays() > LONGEST.toDays()) {
            throw new IllegalArgumentException("the gap between sessions must be whole days, 1 to " + LONGEST.toDays()
                    + ", not " + gap);
        }
        return new Sessions<>(Moments.DATES, "session " + gap, words(Words.of(gap)), day -> day.plus(gap));
    }

    private static String words(String gap) {
        return "of a session, with gaps of less than " + gap;
    }

    Window<T> of(T moment) {
        return new Window<>(moment, behindGap.apply(moment));
    }

    /** Such as {@code of a session, with gaps of less than 30 minutes}. */
    String words() {
        return words;
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

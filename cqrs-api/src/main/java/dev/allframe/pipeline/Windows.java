package dev.allframe.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * How event time is cut into windows of one length, all of which lie on one grid: months begin on the first, weeks on
 * Monday, durations at the epoch. Immutable.
 *
 * @param <T> moments: {@link Instant}s, or {@link LocalDate}s where time zones play no part
 */
public final class Windows<T> {

    /** A moment is in so many windows at most. */
    public static final int MOST = 1_000;

    /** Monday, from which days and weeks are counted. */
    private static final LocalDate MONDAY = LocalDate.of(1970, 1, 5);

    private final Moments<T> moments;
    private final String description;
    private final String words;
    private final Function<T, List<Window<T>>> windows;

    private Windows(Moments<T> moments, String description, String words, Function<T, List<Window<T>>> windows) {
        this.moments = moments;
        this.description = description;
        this.words = words;
        this.windows = windows;
    }

    /**
     * Windows one behind the other.
     *
     * @param size whole milliseconds
     */
    public static Windows<Instant> tumbling(Duration size) {
        return sliding(size, size);
    }

    /**
     * Windows of days one behind the other.
     *
     * @param size whole months, or whole days
     */
    public static Windows<LocalDate> tumbling(Period size) {
        return sliding(size, size);
    }

    /**
     * Windows of the days of a time zone one behind the other: a day is as long as it was there, from its first
     * midnight until that of the next day.
     *
     * @param size whole months, or whole days
     */
    public static Windows<Instant> tumbling(Period size, ZoneId zone) {
        return sliding(size, size, zone);
    }

    /**
     * Windows that overlap: a moment is in all that cover it.
     *
     * @param size how long each is, in whole milliseconds
     * @param every how far from one's beginning to the next one's
     */
    public static Windows<Instant> sliding(Duration size, Duration every) {
        long sizeMillis = millis(size, "size");
        long everyMillis = millis(every, "every");
        checkOverlap(sizeMillis, everyMillis);
        return new Windows<>(Moments.INSTANTS, describe(size, every), words(Words.of(size), Words.of(every)),
                moment -> {
                    long now = moment.toEpochMilli();
                    List<Window<Instant>> found = new ArrayList<>();
                    for (long begin = Math.floorDiv(now, everyMillis) * everyMillis; begin > now
                            - sizeMillis; begin -= everyMillis) {
                        found.add(new Window<>(Instant.ofEpochMilli(begin), Instant.ofEpochMilli(begin + sizeMillis)));
                    }
                    Collections.reverse(found);
                    return found;
                });
    }

    /**
     * Windows of days that overlap: a day is in all that cover it.
     *
     * @param size how long each is: whole months, or whole days
     * @param every how far from one's beginning to the next one's: months where the size is, days where that is
     */
    public static Windows<LocalDate> sliding(Period size, Period every) {
        Function<LocalDate, List<Window<LocalDate>>> days = ofDates(size, every);
        return new Windows<>(Moments.DATES, describe(size, every), words(Words.of(size), Words.of(every)), days);
    }

    /**
     * Windows of the days of a time zone that overlap: a moment is in all that cover it.
     *
     * @param size how long each is: whole months, or whole days
     * @param every how far from one's beginning to the next one's: months where the size is, days where that is
     */
    public static Windows<Instant> sliding(Period size, Period every, ZoneId zone) {
        Objects.requireNonNull(zone, "zone");
        Function<LocalDate, List<Window<LocalDate>>> days = ofDates(size, every);
        return new Windows<>(Moments.INSTANTS, describe(size, every) + " from midnight in " + zone.getId(),
                words(Words.of(size), Words.of(every)) + " in " + zone.getId(),
                moment -> days.apply(dayOf(moment, zone))
                        .stream()
                        .map(window -> new Window<>(begin(window.from(), zone), begin(window.until(), zone)))
                        .toList());
    }

    /**
     * The last day that has begun: where clocks go back over midnight, that is the later one, whatever date they show.
     */
    private static LocalDate dayOf(Instant moment, ZoneId zone) {
        LocalDate day = LocalDate.ofInstant(moment, zone);
        while (!begin(day.plusDays(1), zone).isAfter(moment)) {
            day = day.plusDays(1);
        }
        return day;
    }

    /** The first midnight of a day, or the first moment behind it where clocks leave midnight out. */
    private static Instant begin(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant();
    }

    /** Days that are not moved by a month's length: windows are found by counting months or days. */
    private static Function<LocalDate, List<Window<LocalDate>>> ofDates(Period size, Period every) {
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(every, "every");
        boolean months = size.toTotalMonths() != 0;
        long length = units(size, months, "size");
        long step = units(every, months, "every");
        checkOverlap(length, step);
        return day -> {
            long now = months ? day.getYear() * 12L + day.getMonthValue() - 1 : day.toEpochDay() - MONDAY.toEpochDay();
            List<Window<LocalDate>> found = new ArrayList<>();
            for (long begin = Math.floorDiv(now, step) * step; begin > now - length; begin -= step) {
                found.add(new Window<>(date(begin, months), date(begin + length, months)));
            }
            Collections.reverse(found);
            return found;
        };
    }

    private static LocalDate date(long unit, boolean months) {
        return months
                ? LocalDate.of(Math.toIntExact(Math.floorDiv(unit, 12L)), Math.floorMod(unit, 12) + 1, 1)
                : MONDAY.plusDays(unit);
    }

    @SuppressWarnings("JavaPeriodGetDays") // days and months are looked at apart
    private static long units(Period period, boolean months, String name) {
        boolean mixed = months ? period.getDays() != 0 : period.toTotalMonths() != 0;
        long units = months ? period.toTotalMonths() : period.getDays();
        if (mixed || units < 1) {
            throw new IllegalArgumentException(name + " " + period + " must be whole " + (months ? "months" : "days")
                    + ", 1 or more");
        }
        return units;
    }

    private static long millis(Duration duration, String name) {
        Objects.requireNonNull(duration, name);
        if (duration.isNegative() || duration.isZero() || duration.compareTo(Duration.ofDays(366_000)) > 0
                || !duration.equals(Duration.ofMillis(duration.toMillis()))) {
            throw new IllegalArgumentException(
                    name + " " + duration + " must be whole milliseconds, 1 ms to 366,000 days");
        }
        return duration.toMillis();
    }

    private static void checkOverlap(long size, long every) {
        if (size % every != 0 && size < every) {
            throw new IllegalArgumentException("windows that are shorter than they are apart leave moments out");
        }
        if (size / every > MOST) {
            throw new IllegalArgumentException("a moment would be in " + size / every + " windows; at most " + MOST
                    + " are possible");
        }
    }

    private static String describe(Object size, Object every) {
        return size.equals(every) ? "tumbling " + size : "sliding " + size + " every " + every;
    }

    private static String words(String size, String every) {
        return size.equals(every) ? "of " + size : "of " + size + " every " + every;
    }

    /** The windows that a moment is in, in the order of time. */
    public List<Window<T>> of(T moment) {
        return windows.apply(Objects.requireNonNull(moment, "moment"));
    }

    /** The keys of the windows of a group that a moment is in, in the order of time. */
    public <K> List<Windowed<K, T>> of(K group, T moment) {
        return of(moment).stream().map(window -> new Windowed<>(group, window)).toList();
    }

    Moments<T> moments() {
        return moments;
    }

    /** Such as {@code of 2 months every 1 month in Europe/Prague}. */
    String words() {
        return words;
    }

    /** Such as {@code tumbling P1M}; part of the meaning of a view. */
    @Override
    public String toString() {
        return description;
    }
}

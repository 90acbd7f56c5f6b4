package dev.allframe.codec.jackson;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;

/**
 * Reads the usual texts of moments, dates and durations without the formatters of the platform, which take several
 * times as long as all else that is done to read a record. A text of another look is left to the platform.
 */
final class TimeTexts {

    private static final int DATE = 10;
    private static final int SECOND = 19;
    private static final int MOST_DIGITS = 9;
    private static final long SECONDS_OF_DAY = 86_400;
    private static final int[] NANOS_OF_DIGIT = {1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000,
            1_000, 100, 10, 1};

    private TimeTexts() {}

    /** Such as {@code 2026-11-29T13:07:16.123456Z}; throws as {@link Instant#parse} does. */
    static Instant instant(String text) {
        int last = text.length() - 1;
        if (last < SECOND || last > SECOND + 1 + MOST_DIGITS || text.charAt(last) != 'Z' || text.charAt(DATE) != 'T'
                || text.charAt(13) != ':' || text.charAt(16) != ':') {
            return Instant.parse(text);
        }
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, SECOND);
        int fraction = last == SECOND ? 0 : text.charAt(SECOND) == '.' ? number(text, SECOND + 1, last) : -1;
        if (!isDate(text) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59
                || fraction < 0 || last == SECOND + 1) {
            return Instant.parse(text);
        }
        int digits = last == SECOND ? 0 : last - SECOND - 1;
        long ofDay = hour * 3_600L + minute * 60L + second;
        return Instant.ofEpochSecond(dateOf(text).toEpochDay() * SECONDS_OF_DAY + ofDay,
                (long) fraction * NANOS_OF_DIGIT[digits]);
    }

    /** Such as {@code 2026-11-29}; throws as {@link LocalDate#parse} does. */
    static LocalDate date(String text) {
        return text.length() == DATE && isDate(text) ? dateOf(text) : LocalDate.parse(text);
    }

    /** Such as {@code PT10S}; throws as {@link Duration#parse} does. */
    static Duration duration(String text) {
        int last = text.length() - 1;
        int seconds = last > 2 && last <= 2 + MOST_DIGITS && text.startsWith("PT") && text.charAt(last) == 'S'
                ? number(text, 2, last)
                : -1;
        return seconds < 0 ? Duration.parse(text) : Duration.ofSeconds(seconds);
    }

    /** Whether a text begins with four, two and two digits of a date that exists. */
    private static boolean isDate(String text) {
        if (text.charAt(4) != '-' || text.charAt(7) != '-') {
            return false;
        }
        int year = number(text, 0, 4);
        int month = number(text, 5, 7);
        int day = number(text, 8, DATE);
        return year >= 0 && month >= 1 && month <= 12 && day >= 1
                && (day <= 28 || day <= YearMonth.of(year, month).lengthOfMonth());
    }

    private static LocalDate dateOf(String text) {
        return LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, DATE));
    }

    /** The number that digits make; -1 where there are others. */
    private static int number(String text, int from, int until) {
        int number = 0;
        for (int i = from; i < until; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}

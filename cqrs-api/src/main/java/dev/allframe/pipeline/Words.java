package dev.allframe.pipeline;

import java.time.Duration;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;

/** Lengths of time for people: {@code 1 hour 30 minutes} and not {@code PT1H30M}. */
final class Words {

    private Words() {}

    static String of(Duration time) {
        List<String> parts = new ArrayList<>();
        add(parts, time.toDaysPart(), "day");
        add(parts, time.toHoursPart(), "hour");
        add(parts, time.toMinutesPart(), "minute");
        add(parts, time.toSecondsPart(), "second");
        add(parts, time.toMillisPart(), "millisecond");
        add(parts, time.toNanosPart() % 1_000_000, "nanosecond");
        return parts.isEmpty() ? "nothing" : String.join(" ", parts);
    }

    @SuppressWarnings("JavaPeriodGetDays") // days and months are said apart
    static String of(Period time) {
        List<String> parts = new ArrayList<>();
        add(parts, time.toTotalMonths(), "month");
        add(parts, time.getDays(), "day");
        return String.join(" ", parts);
    }

    private static void add(List<String> parts, long count, String unit) {
        if (count != 0) {
            parts.add(count + " " + unit + (count == 1 ? "" : "s"));
        }
    }
}

package dev.allframe.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The arguments of a benchmark: names that begin with two hyphens, each with a value behind it. */
record Options(List<String> arguments) {

    Options(String[] arguments) {
        this(List.of(arguments));
    }

    String text(String name, String otherwise) {
        int at = arguments.indexOf(name);
        return at < 0 ? otherwise : arguments.get(at + 1);
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(text(name, Integer.toString(otherwise)));
    }

    int[] numbers(String name, String otherwise) {
        return Arrays.stream(text(name, otherwise).split(",", -1)).mapToInt(Integer::parseInt).toArray();
    }

    /** A time given in seconds, such as 0.5. */
    Duration seconds(String name, String otherwise) {
        return Duration.ofMillis((long) (1_000 * Double.parseDouble(text(name, otherwise))));
    }

    /** A time with its unit: 2ms, or 0 for none. */
    Duration delay(String name) {
        String value = text(name, "0");
        if (value.equals("0")) {
            return Duration.ZERO;
        }
        if (!value.endsWith("ms")) {
            throw new IllegalArgumentException(name + " is a number of milliseconds such as 2ms, not " + value);
        }
        return Duration.ofNanos((long) (1_000_000 * Double.parseDouble(value.substring(0, value.length() - 2))));
    }
}

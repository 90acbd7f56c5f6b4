package dev.allframe.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Variants that take turns, round by round, so that a slow minute of the machine hits all of them. Figures are medians
 * over the rounds; ratios are taken within a round, and their median, lowest and highest are shown. The first round
 * warms up and is not counted.
 */
final class Comparison {

    /** One turn of a variant, with whatever it needs made anew. */
    @FunctionalInterface
    interface Turn {
        Result take() throws Exception;
    }

    /**
     * What one turn measured.
     *
     * @param perSecond what is counted, in each second
     * @param cpuMicros processor time of the whole process for one, in microseconds; 0 where it was not taken
     * @param latency in nanoseconds; null where it was not taken
     * @param forces how long the forces of the log took, in nanoseconds; null where there are none or they are not seen
     */
    record Result(double perSecond, double cpuMicros, @Nullable Histogram latency, @Nullable Histogram forces) {

        static Result of(Load.Measured measured, @Nullable Histogram forces) {
            return new Result(measured.perSecond(), measured.cpuMicros(), measured.latency(), forces);
        }

        private static double micros(@Nullable Histogram histogram, double percentile) {
            return histogram == null ? 0 : histogram.getValueAtPercentile(percentile) / 1_000.0;
        }
    }

    private record Variant(String name, int base, Turn turn, List<Result> results) {}

    private final String title;
    private final List<Variant> variants = new ArrayList<>();

    Comparison(String title) {
        this.title = title;
    }

    /** Adds a variant that is compared with the first. */
    Comparison with(String name, Turn turn) {
        return with(name, 0, turn);
    }

    /** Adds a variant that is compared with another one, given by its place from 0. */
    Comparison with(String name, int base, Turn turn) {
        variants.add(new Variant(name, base, turn, new ArrayList<>()));
        return this;
    }

    /** Runs all, one round to warm up before those that are counted, and prints the table. */
    void run(int rounds) throws Exception {
        double loadBefore = load();
        for (int round = 0; round <= rounds; round++) {
            for (Variant variant : variants) {
                Result result = variant.turn.take();
                System.gc();
                if (round > 0) {
                    variant.results.add(result);
                }
            }
        }
        print(loadBefore);
    }

    /** The load average of the machine over the last minute. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** Prints the results of a variant that has no peer. */
    static void print(String title, double loadBefore, String name, List<Result> results) {
        Comparison alone = new Comparison(title);
        alone.variants.add(new Variant(name, 0, () -> results.getFirst(), results));
        alone.print(loadBefore);
    }

    private void print(double loadBefore) {
        System.out.printf(Locale.ROOT, "%n%s%nload average %.1f before, %.1f after%n", title, loadBefore, load());
        System.out.printf(Locale.ROOT, "%-34s %12s %6s %14s %8s %9s %9s %9s %9s%n", "", "1/s", "ratio", "from - to",
                "cpu µs", "p50 µs", "p99 µs", "p999 µs", "force µs");
        for (Variant variant : variants) {
            double[] ratios = ratios(variant, variants.get(variant.base));
            System.out.printf(Locale.ROOT, "%-34s %,12.0f %6.2f %14s %8s %9s %9s %9s %9s%n", variant.name,
                    median(variant, Result::perSecond), median(ratios),
                    String.format(Locale.ROOT, "%.2f - %.2f", Arrays.stream(ratios).min().orElse(0),
                            Arrays.stream(ratios).max().orElse(0)),
                    figure(median(variant, Result::cpuMicros)),
                    figure(median(variant, result -> Result.micros(result.latency, 50))),
                    figure(median(variant, result -> Result.micros(result.latency, 99))),
                    figure(median(variant, result -> Result.micros(result.latency, 99.9))),
                    figure(median(variant, result -> Result.micros(result.forces, 50))));
        }
    }

    private static String figure(double value) {
        return value == 0 ? "-" : String.format(Locale.ROOT, "%,.1f", value);
    }

    private static double[] ratios(Variant variant, Variant base) {
        double[] ratios = new double[variant.results.size()];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = variant.results.get(round).perSecond / base.results.get(round).perSecond;
        }
        return ratios;
    }

    private static double median(Variant variant, ToDoubleFunction<Result> figure) {
        return median(variant.results.stream().mapToDouble(figure).toArray());
    }

    static double median(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}

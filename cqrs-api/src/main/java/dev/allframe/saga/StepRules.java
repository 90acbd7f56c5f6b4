package dev.allframe.saga;

import dev.allframe.saga.StepOption.RetryRefused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The options of a step, with what holds where none was said.
 *
 * @param timeout how long one attempt may take
 * @param attempts how often it is tried in all
 * @param backoffMin the first pause between attempts
 * @param backoffMax the longest
 * @param refusals which refusals are tried again
 * @param onlyIf when the step is done; null for always
 * @param into what becomes of what it gives; null for nothing
 * @param said the kinds of options that were given, for checks
 */
public record StepRules<T, O>(Duration timeout, int attempts, Duration backoffMin, Duration backoffMax,
        List<RetryRefused<T, O>> refusals, @Nullable Predicate<T> onlyIf, @Nullable BiFunction<T, O, T> into,
        Set<String> said) {

    /** The longest time that an option may name. */
    public static final Duration LONGEST = Duration.ofDays(3650);

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 3;
    private static final Duration BACKOFF_MIN = Duration.ofMillis(200);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(10);

    public StepRules {
        refusals = List.copyOf(refusals);
        said = Set.copyOf(said);
    }

    static <T, O> StepRules<T, O> of(List<StepOption<T, O>> options) {
        StepRules<T, O> rules = new StepRules<>(TIMEOUT, ATTEMPTS, BACKOFF_MIN, BACKOFF_MAX, List.of(), null, null,
                Set.of());
        for (StepOption<T, O> option : options) {
            rules = rules.with(option);
        }
        return rules;
    }

    private StepRules<T, O> with(StepOption<T, O> option) {
        return switch (option) {
            case StepOption.Timeout<T, O>(var time) -> new StepRules<>(time, attempts, backoffMin, backoffMax,
                    refusals, onlyIf, into, saying("timeout"));
            case StepOption.Attempts<T, O>(var count) -> new StepRules<>(timeout, count, backoffMin, backoffMax,
                    refusals, onlyIf, into, saying("attempts"));
            case StepOption.Backoff<T, O>(var min, var max) -> new StepRules<>(timeout, attempts, min, max, refusals,
                    onlyIf, into, saying("backoff"));
            case StepOption.RetryRefused<T, O> refused -> {
                List<RetryRefused<T, O>> more = new ArrayList<>(refusals);
                more.add(refused);
                yield new StepRules<>(timeout, attempts, backoffMin, backoffMax, more, onlyIf, into,
                        saying("retryRefused"));
            }
            case StepOption.OnlyIf<T, O>(var condition) -> new StepRules<>(timeout, attempts, backoffMin, backoffMax,
                    refusals, onlyIf == null ? condition : onlyIf.and(condition), into, saying("onlyIf"));
            case StepOption.Into<T, O>(var change) -> new StepRules<>(timeout, attempts, backoffMin, backoffMax,
                    refusals, onlyIf, change, saying("into"));
        };
    }

    private Set<String> saying(String option) {
        Set<String> more = new HashSet<>(said);
        more.add(option);
        return more;
    }

    /** The pause behind an attempt that failed; {@code failed} is 1 or more. */
    public Duration pauseAfter(int failed) {
        return doubled(backoffMin, backoffMax, failed);
    }

    /** A pause that begins with min, and doubles up to max. */
    public static Duration doubled(Duration min, Duration max, int failed) {
        Duration pause = min;
        for (int i = 1; i < failed && pause.compareTo(max) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(max) < 0 ? pause : max;
    }

    /** How a refusal with this code is tried again; empty where it is an end. */
    public Optional<RetryRefused<T, O>> refusal(String code) {
        return refusals.stream().filter(rule -> rule.code().equals(code)).findFirst();
    }

    /** What is wrong, each in a sentence that begins with this. */
    List<String> problems(String step) {
        List<String> problems = new ArrayList<>();
        time(problems, step, "timeout", timeout);
        time(problems, step, "backoff min", backoffMin);
        time(problems, step, "backoff max", backoffMax);
        if (backoffMin.compareTo(backoffMax) > 0) {
            problems.add(step + "has backoff min " + backoffMin + ", which is more than backoff max " + backoffMax);
        }
        if (attempts < 1) {
            problems.add(step + "has " + attempts + " attempts, which must be 1 or more");
        }
        Set<String> codes = new HashSet<>();
        for (RetryRefused<T, O> rule : refusals) {
            time(problems, step, "retryRefused every", rule.every());
            if (rule.times() < 1) {
                problems.add(step + "tries refusal '" + rule.code() + "' again " + rule.times()
                        + " times, which must be 1 or more");
            }
            if (!codes.add(rule.code())) {
                problems.add(step + "has two rules for refusal '" + rule.code() + "'");
            }
        }
        return problems;
    }

    private static void time(List<String> problems, String step, String what, Duration time) {
        if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(LONGEST) > 0) {
            problems.add(step + "has " + what + " " + time + ", which must be from 1ms to 3650d");
        }
    }
}

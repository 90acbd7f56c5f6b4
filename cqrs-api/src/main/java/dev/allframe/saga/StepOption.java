package dev.allframe.saga;

import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * What may be said of a step besides what it does.
 *
 * @param <T> the context of the saga
 * @param <O> what the step gives
 */
public sealed interface StepOption<T, O> {

    /** How long one attempt may take. */
    record Timeout<T, O>(Duration time) implements StepOption<T, O> {}

    /** How often it is tried. */
    record Attempts<T, O>(int count) implements StepOption<T, O> {}

    /** The pauses between attempts. */
    record Backoff<T, O>(Duration min, Duration max) implements StepOption<T, O> {}

    /** A refusal that is tried again. */
    record RetryRefused<T, O>(String code, Duration every, int times) implements StepOption<T, O> {}

    /** When it is done at all. */
    record OnlyIf<T, O>(Predicate<T> condition) implements StepOption<T, O> {}

    /** What becomes of what it gives. */
    record Into<T, O>(BiFunction<T, O, T> change) implements StepOption<T, O> {}

    /** How long one attempt may take; 10 s unless said. Then the outcome is unknown. */
    static <T, O> StepOption<T, O> timeout(Duration time) {
        return new Timeout<>(time);
    }

    /** How often it is tried in all, 3 unless said; attempts at which nobody looks for want of room do not count. */
    static <T, O> StepOption<T, O> attempts(int count) {
        return new Attempts<>(count);
    }

    /** The pause behind an attempt that failed, which doubles from min to max; 200 ms and 10 s unless said. */
    static <T, O> StepOption<T, O> backoff(Duration min, Duration max) {
        return new Backoff<>(min, max);
    }

    /** A refusal with this code is no end: the command is issued anew so often, after this time. */
    static <T, O> StepOption<T, O> retryRefused(String code, Duration every, int times) {
        return new RetryRefused<>(code, every, times);
    }

    /** The step is left out where this does not hold; decided once, when its turn comes. */
    static <T, O> StepOption<T, O> onlyIf(Predicate<T> condition) {
        return new OnlyIf<>(condition);
    }

    /** Puts what the step gives into the context: the events of a command, the answer of a call, the awaited event. */
    static <T, O> StepOption<T, O> into(BiFunction<T, O, T> change) {
        return new Into<>(change);
    }
}

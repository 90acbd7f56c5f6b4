package dev.allframe.projection;

import java.util.Objects;
import java.util.function.Function;

/**
 * In which form rows of two versions of a view are compared: rows are the same where their forms are equal. Immutable.
 *
 * @param old the old version
 * @param ofOld the form of its rows; pure
 * @param current the version that replaces it
 * @param ofNew the form of its rows; pure
 * @param <K> the keys
 * @param <O> the rows of the old version
 * @param <R> the rows of the new version
 */
public record RowForms<K, O, R>(ProjectionType<K, O> old, Function<? super O, ?> ofOld, ProjectionType<K, R> current,
        Function<? super R, ?> ofNew) {

    public RowForms {
        Objects.requireNonNull(old, "old");
        Objects.requireNonNull(ofOld, "ofOld");
        Objects.requireNonNull(current, "current");
        Objects.requireNonNull(ofNew, "ofNew");
    }

    /** Compares keys alone: whatever rows they have. */
    public static <K, O, R> RowForms<K, O, R> keysOnly(ProjectionType<K, O> old, ProjectionType<K, R> current) {
        return new RowForms<>(old, row -> true, current, row -> true);
    }
}

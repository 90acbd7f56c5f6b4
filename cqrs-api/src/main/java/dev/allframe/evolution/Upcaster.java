package dev.allframe.evolution;

/**
 * Makes of something in its old form what is its newer one. Pure: called from many threads, and again whenever the old
 * form is read. What it throws makes the stored event unreadable.
 *
 * @param <F> the old form
 * @param <T> the newer form
 */
@FunctionalInterface
public interface Upcaster<F, T> {

    /** The newer form; never null. */
    T upcast(F old);
}

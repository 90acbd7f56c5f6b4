package dev.allframe.projection;

import java.util.Objects;

/**
 * What a view says that was asked to have seen a command: exactly one of three.
 *
 * @param <T> what was asked for
 */
public sealed interface ViewAnswer<T> {

    /** The view has applied every event of the tokens, and this is the answer. */
    record Seen<T>(T value) implements ViewAnswer<T> {
        public Seen {
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * The view has not applied them within the time, or does not go on by itself. The commands stand all the same.
     *
     * @param lag how many records behind the end of the store the view is, about
     * @param state what the view is doing
     */
    record NotYet<T>(long lag, ProjectionState state) implements ViewAnswer<T> {}

    /** The view will never apply them, such as those of another store. */
    record Never<T>(String reason) implements ViewAnswer<T> {}
}

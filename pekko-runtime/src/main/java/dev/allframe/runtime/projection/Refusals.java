package dev.allframe.runtime.projection;

import dev.allframe.store.Registration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether events may be applied on this node. Thread-safe.
 *
 * @param now why not; null where they may
 * @param onChange registers a callback for changes, which returns at once and may be called too often
 */
public record Refusals(Supplier<@Nullable String> now, Function<Runnable, Registration> onChange) {

    /** Never refuses. */
    public static Refusals none() {
        return new Refusals(() -> null, wake -> () -> {});
    }
}

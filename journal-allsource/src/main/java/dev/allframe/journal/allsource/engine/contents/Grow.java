package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.store.StoredEvent;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Arrays that one thread fills from the front while others read the filled part. */
final class Grow {

    private Grow() {}

    /** A longer copy with room for a count. */
    static @Nullable StoredEvent[] copy(@Nullable StoredEvent[] full, int needed) {
        return Arrays.copyOf(full,
                Math.max(needed, full.length < 64 ? full.length * 2 : full.length + (full.length >> 1)));
    }

    /** A slot below the published size. */
    static StoredEvent filled(@Nullable StoredEvent[] array, int index) {
        return Objects.requireNonNull(array[index]);
    }
}

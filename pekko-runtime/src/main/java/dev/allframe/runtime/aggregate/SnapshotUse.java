package dev.allframe.runtime.aggregate;

import org.jspecify.annotations.Nullable;

/**
 * Whether an instance recovers from its snapshot, or from its events alone because the snapshot is of another shape.
 * Pekko decides that when a behavior begins; so a new one begins where it is to change, and this outlives it. Belongs
 * to one actor: used by its thread alone.
 */
final class SnapshotUse {

    private @Nullable String discarded;
    private long version;
    private boolean due;

    /** Why the snapshot is not used; null where it is. */
    @Nullable String discarded() {
        return discarded;
    }

    /** The version of the stream that was known with the snapshot: some journals forget it when they delete events. */
    long version() {
        return version;
    }

    /** The next behavior recovers without the snapshot. */
    void discard(String why, long streamVersion) {
        discarded = why;
        version = streamVersion;
    }

    /**
     * The events have made what the snapshot did not. The next behavior, if there is one, uses the snapshot that may
     * have been taken of it.
     */
    void rebuilt() {
        discarded = null;
        due = true;
    }

    /** What {@link #takeDue} would give. */
    boolean isDue() {
        return due;
    }

    /**
     * Whether the next event is the first one after {@link #rebuilt}: a snapshot with it spares the next recovery the
     * same. True once.
     */
    boolean takeDue() {
        boolean was = due;
        due = false;
        return was;
    }
}

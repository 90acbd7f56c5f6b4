package dev.allframe.projection;

import dev.allframe.aggregate.Event;
import dev.allframe.store.Position;
import java.time.Instant;
import java.util.Objects;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which events a view of the past is made of: those up to a moment of the store, and of these all, or the ones for
 * which a condition holds. Immutable.
 */
public final class AsOf {

    private final @Nullable Instant storedUntil;
    private final @Nullable Position position;
    private final BiPredicate<Event, EventInfo> condition;
    private final boolean acceptsDeletedEvents;

    private AsOf(@Nullable Instant storedUntil, @Nullable Position position,
            BiPredicate<Event, EventInfo> condition, boolean acceptsDeletedEvents) {
        this.storedUntil = storedUntil;
        this.position = position;
        this.condition = condition;
        this.acceptsDeletedEvents = acceptsDeletedEvents;
    }

    /** All events that are stored when the view is asked for. */
    public static AsOf now() {
        return new AsOf(null, null, (event, info) -> true, false);
    }

    /**
     * What was stored at a moment: all before the first event, in the order of the store, that has a later time. Times
     * are those of the nodes that decided events, so that those of two nodes may be apart as their clocks are.
     */
    public static AsOf stored(Instant moment) {
        return new AsOf(Objects.requireNonNull(moment, "moment"), null, (event, info) -> true, false);
    }

    /** What was stored up to a position, included. */
    public static AsOf position(Position position) {
        return new AsOf(null, Objects.requireNonNull(position, "position"), (event, info) -> true, false);
    }

    /**
     * Of these events only those for which a condition holds: what was booked up to a day, say, whenever it was stored.
     *
     * @param wanted pure, as handlers are
     */
    public AsOf where(BiPredicate<? super Event, ? super EventInfo> wanted) {
        Objects.requireNonNull(wanted, "wanted");
        return new AsOf(storedUntil, position,
                (event, info) -> condition.test(event, info) && wanted.test(event, info),
                acceptsDeletedEvents);
    }

    /** Also where events were deleted, so that rows lack what these had made. */
    public AsOf acceptingDeletedEvents() {
        return new AsOf(storedUntil, position, condition, true);
    }

    /** Whether rows may lack what deleted events had made. */
    public boolean acceptsDeletedEvents() {
        return acceptsDeletedEvents;
    }

    /** The time of the last events; null where time plays no part. */
    public @Nullable Instant storedUntil() {
        return storedUntil;
    }

    /** The place of the last event; null where it plays no part. */
    public @Nullable Position position() {
        return position;
    }

    /** Which events are wanted. */
    public BiPredicate<Event, EventInfo> condition() {
        return condition;
    }
}

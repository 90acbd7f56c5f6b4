package dev.allframe.replay;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which events are replayed: {@code ReplayRange.all().types("account.deposited").storedFrom(may)}. What is said of it
 * narrows it, and all of it must hold. What is stored behind the start of a replay is never part of it. Immutable.
 *
 * @param from the first time of events; null for no bound
 * @param until the first time behind them; null for no bound
 * @param types the stored names of the events; none for all
 * @param tag a tag that events have; null for any
 * @param stream the one stream; null for all
 * @param after the position behind which events are; {@link Position#START} for no bound
 * @param upTo the position of the last, included; null for no bound
 */
public record ReplayRange(@Nullable Instant from, @Nullable Instant until, List<String> types, @Nullable String tag,
        @Nullable StreamId stream, Position after, @Nullable Position upTo) {

    public ReplayRange {
        for (String type : Objects.requireNonNull(types, "types")) {
            mustBeNamed(Objects.requireNonNull(type, "type"), "type");
        }
        types = List.copyOf(types);
        if (tag != null) {
            mustBeNamed(tag, "tag");
        }
        Objects.requireNonNull(after, "after");
        if (from != null && until != null && !from.isBefore(until)) {
            throw new IllegalArgumentException("a range begins before it ends, not at " + from + " until " + until);
        }
        if (upTo != null && after.compareTo(upTo) >= 0) {
            throw new IllegalArgumentException("a range begins before it ends, not behind " + after + " up to " + upTo);
        }
    }

    /** One without a name would be taken for none, and the range for a wider one. */
    private static void mustBeNamed(String value, String what) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a " + what + " of a range has a name, not '" + value + "'");
        }
    }

    /** Every event of the aggregates that the replay reads. */
    public static ReplayRange all() {
        return new ReplayRange(null, null, List.of(), null, null, Position.START, null);
    }

    /** Those of a time or later, by the clocks of the nodes that decided them. */
    public ReplayRange storedFrom(Instant time) {
        return new ReplayRange(Objects.requireNonNull(time, "time"), until, types, tag, stream, after, upTo);
    }

    /** Those before a time, by the clocks of the nodes that decided them. */
    public ReplayRange storedUntil(Instant time) {
        return new ReplayRange(from, Objects.requireNonNull(time, "time"), types, tag, stream, after, upTo);
    }

    /** Those of these types, by the names under which they were stored: {@code account.deposited}. */
    public ReplayRange types(String... names) {
        return new ReplayRange(from, until, Arrays.asList(Objects.requireNonNull(names, "names")), tag, stream, after,
                upTo);
    }

    /** Those with a tag. */
    public ReplayRange tagged(String name) {
        return new ReplayRange(from, until, types, Objects.requireNonNull(name, "name"), stream, after, upTo);
    }

    /** Those of one instance. */
    public ReplayRange stream(AggregateType<?, ?, ?> type, String id) {
        return new ReplayRange(from, until, types, tag, StreamId.of(Objects.requireNonNull(type, "type").name(),
                Objects.requireNonNull(id, "id")), after, upTo);
    }

    /**
     * Those between two positions of the store.
     *
     * @param behind where they begin, not included
     * @param last where they end, included
     */
    public ReplayRange positions(Position behind, Position last) {
        return new ReplayRange(from, until, types, tag, stream, Objects.requireNonNull(behind, "behind"),
                Objects.requireNonNull(last, "last"));
    }
}

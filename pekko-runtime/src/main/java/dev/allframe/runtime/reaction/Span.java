package dev.allframe.runtime.reaction;

import dev.allframe.replay.ReplayRange;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is read between two claims of a position: all that comes for a reaction, the range of a run for a replay, and
 * nothing for a replay that is not to run.
 *
 * @param filter which records
 * @param stream of which stream; null for all
 * @param end the last position; null where it has none
 * @param since the number of the order that began it: orders before are not of it; 0 for a reaction
 */
record Span(EventFilter filter, @Nullable StreamId stream, @Nullable Position end, long since) {

    /** Everything that a reaction wants. */
    static Span endless(RegisteredReaction reaction) {
        return new Span(reaction.filter(), null, null, 0);
    }

    /** Of a replay that is not to run. */
    static Span nothing(RegisteredReaction replay) {
        return new Span(replay.filter(), null, Position.START, Long.MAX_VALUE);
    }

    /** The range of a run. */
    static Span of(RegisteredReaction replay, ReplayRun run) {
        ReplayRange range = run.range();
        List<EventFilter> all = new ArrayList<>(List.of(replay.filter()));
        if (!range.types().isEmpty()) {
            all.add(new EventFilter.Or(range.types().stream().map(EventFilter::eventType).toList()));
        }
        if (range.tag() != null) {
            all.add(EventFilter.tag(range.tag()));
        }
        if (range.from() != null || range.until() != null) {
            all.add(new EventFilter.ByTime(range.from() == null ? Instant.MIN : range.from(),
                    range.until() == null ? Instant.MAX : range.until()));
        }
        return new Span(new EventFilter.And(all), range.stream(), run.end(), run.number());
    }

    /** Whether it is of a replay that is not to run. */
    boolean isNothing() {
        return since == Long.MAX_VALUE;
    }

    boolean wants(StoredEvent record) {
        return end == null || (filter.matches(record) && (stream == null || stream.equals(record.stream())));
    }

    /** Whether nothing of it is behind a position. */
    boolean isOverAt(Position position) {
        return end != null && ReplayRun.reaches(position, end);
    }

    /** Whether an order is about it. */
    boolean heeds(long order) {
        return order >= since;
    }

    /** A page without what is behind the end; where it comes to the end, that is where to go on. */
    EventPage within(EventPage page) {
        if (end == null || !(page.atEnd() || isOverAt(page.next()))) {
            return page;
        }
        Position last = end;
        return new EventPage(page.events().stream().filter(record -> last.compareTo(record.position()) >= 0).toList(),
                last, true);
    }
}

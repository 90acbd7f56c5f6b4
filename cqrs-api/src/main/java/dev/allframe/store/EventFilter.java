package dev.allframe.store;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Which records a reader wants. Backends may use indexes; what they deliver is what {@link #matches} says. */
public sealed interface EventFilter {

    /** Whether the record is wanted. */
    boolean matches(StoredEvent event);

    /** Every record. */
    record All() implements EventFilter {
        @Override
        public boolean matches(StoredEvent event) {
            return true;
        }
    }

    /**
     * Records of streams of one entity type.
     *
     * @param name what stands before the first {@code |} of the stream id
     */
    record ByEntityType(String name) implements EventFilter {
        public ByEntityType {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public boolean matches(StoredEvent event) {
            String stream = event.stream().value();
            return stream.length() > name.length() && stream.charAt(name.length()) == '|' && stream.startsWith(name)
                    && name.indexOf('|') < 0;
        }
    }

    /**
     * Records of streams in a range of slices.
     *
     * @param first the first slice, 0 or more
     * @param last the last slice, 1023 or less, included
     */
    record BySlices(int first, int last) implements EventFilter {
        public BySlices {
            if (first < 0 || last >= StreamId.SLICES || first > last) {
                throw new IllegalArgumentException(
                        "slices are a range within 0 to " + (StreamId.SLICES - 1) + ", not " + first + " to " + last);
            }
        }

        @Override
        public boolean matches(StoredEvent event) {
            int slice = event.stream().slice();
            return first <= slice && slice <= last;
        }
    }

    /**
     * Records with a tag.
     *
     * @param tag the tag
     */
    record ByTag(String tag) implements EventFilter {
        public ByTag {
            Objects.requireNonNull(tag, "tag");
        }

        @Override
        public boolean matches(StoredEvent event) {
            return event.envelope().tags().contains(tag);
        }
    }

    /**
     * Records of an event type, in any version.
     *
     * @param name the stored name, {@code account.deposited}
     */
    record ByEventType(String name) implements EventFilter {
        public ByEventType {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public boolean matches(StoredEvent event) {
            return event.envelope().eventType().equals(name);
        }
    }

    /**
     * Records from a span of time, by the timestamp of their metadata.
     *
     * @param from the first instant, included
     * @param until the first instant after the span
     */
    record ByTime(Instant from, Instant until) implements EventFilter {
        public ByTime {
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(until, "until");
        }

        @Override
        public boolean matches(StoredEvent event) {
            Instant timestamp = event.envelope().metadata().timestamp();
            return !timestamp.isBefore(from) && timestamp.isBefore(until);
        }
    }

    /**
     * Records that every one of the filters wants.
     *
     * @param filters the filters; none means every record
     */
    record And(List<EventFilter> filters) implements EventFilter {
        public And {
            filters = List.copyOf(filters);
        }

        @Override
        public boolean matches(StoredEvent event) {
            return filters.stream().allMatch(filter -> filter.matches(event));
        }
    }

    /**
     * Records that at least one of the filters wants.
     *
     * @param filters the filters; none means no record
     */
    record Or(List<EventFilter> filters) implements EventFilter {
        public Or {
            filters = List.copyOf(filters);
        }

        @Override
        public boolean matches(StoredEvent event) {
            return filters.stream().anyMatch(filter -> filter.matches(event));
        }
    }

    /** Every record. */
    static EventFilter all() {
        return new All();
    }

    /** Records of one entity type. */
    static EventFilter entityType(String name) {
        return new ByEntityType(name);
    }

    /** Records of streams in a range of slices, both ends included. */
    static EventFilter slices(int first, int last) {
        return new BySlices(first, last);
    }

    /** Records with a tag. */
    static EventFilter tag(String tag) {
        return new ByTag(tag);
    }

    /** Records of one event type. */
    static EventFilter eventType(String name) {
        return new ByEventType(name);
    }

    /** Both. */
    default EventFilter and(EventFilter other) {
        return new And(List.of(this, other));
    }

    /** Either. */
    default EventFilter or(EventFilter other) {
        return new Or(List.of(this, other));
    }
}

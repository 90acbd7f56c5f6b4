package dev.allframe.api.testkit.h2;

import static java.util.stream.Collectors.joining;

import dev.allframe.store.EventFilter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A filter as a condition of SQL. */
record H2Filter(String condition, List<Object> arguments) {

    static H2Filter of(EventFilter filter) {
        return switch (filter) {
            case EventFilter.All() -> new H2Filter("TRUE", List.of());
            case EventFilter.ByEntityType(var name) -> new H2Filter("entity_type = ?", List.of(name));
            case EventFilter.BySlices(var first, var last) ->
                new H2Filter("slice BETWEEN ? AND ?", List.of(first, last));
            case EventFilter.ByTag(var tag) -> new H2Filter("ARRAY_CONTAINS(tags, ?)", List.of(tag));
            case EventFilter.ByEventType(var name) -> new H2Filter("event_type = ?", List.of(name));
            case EventFilter.ByTime(var from, var until) ->
                new H2Filter("time_ms >= ? AND time_ms < ?", List.of(ceilingMillis(from), ceilingMillis(until)));
            case EventFilter.And(var filters) -> joined(filters, " AND ", "TRUE");
            case EventFilter.Or(var filters) -> joined(filters, " OR ", "FALSE");
        };
    }

    private static H2Filter joined(List<EventFilter> filters, String operator, String ofNone) {
        List<H2Filter> parts = filters.stream().map(H2Filter::of).toList();
        List<Object> arguments = new ArrayList<>();
        parts.forEach(part -> arguments.addAll(part.arguments));
        String condition = parts.stream().map(part -> "(" + part.condition + ")").collect(joining(operator));
        return new H2Filter(parts.isEmpty() ? ofNone : condition, arguments);
    }

    /** The first whole millisecond that is not before the instant, within what a millisecond can count. */
    static long ceilingMillis(Instant instant) {
        long floor = floorMillis(instant);
        return floor < Long.MAX_VALUE && Instant.ofEpochMilli(floor).isBefore(instant) ? floor + 1 : floor;
    }

    /** The last whole millisecond that is not after the instant, within what a millisecond can count. */
    static long floorMillis(Instant instant) {
        try {
            return instant.toEpochMilli();
        } catch (ArithmeticException beyond) {
            return instant.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}

package dev.allframe.sample.bank.piped;

import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.reducing;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.pipeline.LateEvents;
import dev.allframe.pipeline.Window;
import dev.allframe.pipeline.Windowed;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.piped.Readings.MeterEvent;
import dev.allframe.sample.bank.piped.Readings.Reading;
import dev.allframe.sample.bank.piped.Readings.Sum;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the rows of all views must be: found in all events at once, and not event by event as pipelines do. Windows are
 * those of a grid that cover a reading, and a session is what is left when all readings of a meter are put in order.
 */
final class ReadingsFolded {

    private static final QueryOption ALL = QueryOption.limit(10_000);

    /** A reading, when it was stored, and the latest such time of its group so far. */
    private record Known(Reading reading, Instant stored, Instant latest) {}

    private final Readings views;
    private final List<Known> all;

    /** The latest time at which an event was stored; the epoch where there is none. */
    final Instant last;

    /** Reads the whole store. */
    ReadingsFolded(Readings views, AllFrame meters) {
        this.views = views;
        try (Stream<RecordedEvent<MeterEvent>> stored = meters.eventStore(Readings.METER)
                .streamAllEvents(Position.START)) {
            List<RecordedEvent<MeterEvent>> events = stored.sorted(Comparator.comparing(RecordedEvent::position))
                    .toList();
            last = events.stream()
                    .map(event -> event.metadata().timestamp())
                    .max(Comparator.naturalOrder())
                    .orElse(Instant.EPOCH);
            all = events.stream()
                    .filter(event -> event.event() instanceof MeterEvent.Read)
                    .map(event -> {
                        MeterEvent.Read read = (MeterEvent.Read) event.event();
                        return new Known(new Reading(event.stream().entityId(), read.at(), read.used()),
                                event.metadata().timestamp(), event.metadata().timestamp());
                    })
                    .toList();
        }
    }

    /** Compares all rows; nothing may be appended meanwhile. */
    void mustBeServedBy(AllFrame meters) {
        isServed(meters, views.totals, all.stream()
                .collect(groupingBy(known -> known.reading.meter(),
                        reducing(Sum.ZERO, known -> Sum.ZERO.plus(known.reading), Sum::and))));
        isServed(meters, views.tumbled, windows(views.every, known -> true));
        isServed(meters, views.tumbledLate, late(views.every, known -> true));
        isServed(meters, views.slid, windows(views.size, known -> known.reading.isEven()));
        isServed(meters, views.slidLate, late(views.size, known -> known.reading.isEven()));
        isServed(meters, views.sessions, sessions());
        isServed(meters, views.sessionsLate, sessionsLate());
        isServed(meters, views.days, days());
    }

    /** How many readings came too late for their windows or sessions. */
    long lateEvents() {
        return Stream.concat(late(views.every, known -> true).values().stream(),
                sessionsLate().values().stream()).mapToLong(LateEvents::count).sum();
    }

    private <K, R> void isServed(AllFrame meters, ProjectionType<K, R> view, Map<K, R> expected) {
        Map<K, R> served = new HashMap<>();
        meters.view(view).range(Range.all(), ALL).entries().forEach(entry -> served.put(entry.key(), entry.row()));
        assertThat(served).as(view.name()).isEqualTo(expected);
    }

    private Map<String, List<Known>> byMeter(Predicate<Known> condition) {
        return all.stream()
                .filter(condition)
                .collect(groupingBy(known -> known.reading.meter(),
                        collectingAndThen(toList(), ReadingsFolded::withLatest)));
    }

    private static List<Known> withLatest(List<Known> group) {
        return IntStream.range(0, group.size())
                .mapToObj(at -> new Known(group.get(at).reading, group.get(at).stored, group.subList(0, at + 1)
                        .stream()
                        .map(Known::stored)
                        .max(Comparator.naturalOrder())
                        .orElseThrow()))
                .toList();
    }

    private boolean isGone(Window<Instant> window, Instant stored) {
        return !window.until().isAfter(stored.minus(views.kept));
    }

    /** Every window of this length that may hold a reading. */
    private List<Window<Instant>> grid(Duration length) {
        if (all.isEmpty()) {
            return List.of();
        }
        long step = views.every.toMillis();
        long first = all.stream().mapToLong(known -> known.reading.at().toEpochMilli()).min().orElseThrow();
        long end = all.stream().mapToLong(known -> known.reading.at().toEpochMilli()).max().orElseThrow();
        List<Window<Instant>> grid = new ArrayList<>();
        for (long begin = (first - length.toMillis()) / step * step; begin <= end; begin += step) {
            grid.add(new Window<>(Instant.ofEpochMilli(begin), Instant.ofEpochMilli(begin).plus(length)));
        }
        return grid;
    }

    private static boolean covers(Window<Instant> window, Known known) {
        return !known.reading.at().isBefore(window.from()) && known.reading.at().isBefore(window.until());
    }

    /** The windows that the latest stored time of their meter has left: all of a window came in time for it. */
    private Map<Windowed<String, Instant>, Sum> windows(Duration length, Predicate<Known> condition) {
        Map<Windowed<String, Instant>, Sum> sums = new HashMap<>();
        List<Window<Instant>> grid = grid(length);
        byMeter(condition).forEach((meter, known) -> {
            for (Window<Instant> window : grid) {
                if (!isGone(window, known.getLast().latest)) {
                    known.stream()
                            .filter(each -> covers(window, each))
                            .map(each -> Sum.ZERO.plus(each.reading))
                            .reduce(Sum::and)
                            .ifPresent(sum -> sums.put(new Windowed<>(meter, window), sum));
                }
            }
        });
        return sums;
    }

    private Map<String, LateEvents> late(Duration length, Predicate<Known> condition) {
        List<Window<Instant>> grid = grid(length);
        Map<String, LateEvents> late = new HashMap<>();
        byMeter(condition).forEach((meter, known) -> counted(known.stream()
                .flatMap(each -> grid.stream()
                        .filter(window -> covers(window, each) && isGone(window, each.latest))
                        .map(window -> each))
                .toList()).forEach(count -> late.put(meter, count)));
        return late;
    }

    private Map<String, LateEvents> sessionsLate() {
        Map<String, LateEvents> late = new HashMap<>();
        byMeter(known -> !known.reading.isEven()).forEach((meter, known) -> counted(known.stream()
                .filter(this::isLateForSession)
                .toList()).forEach(count -> late.put(meter, count)));
        return late;
    }

    private static Stream<LateEvents> counted(List<Known> late) {
        return late.isEmpty() ? Stream.of() : Stream.of(new LateEvents(late.size(), late.getLast().stored));
    }

    private boolean isLateForSession(Known known) {
        return isGone(new Window<>(known.reading.at(), known.reading.at().plus(views.gap)), known.latest);
    }

    /** Behind each reading, those that are kept are put in order anew, and the sessions that are over are left out. */
    private Map<Windowed<String, Instant>, Sum> sessions() {
        Map<Windowed<String, Instant>, Sum> sums = new HashMap<>();
        byMeter(known -> !known.reading.isEven()).forEach((meter, known) -> {
            List<Known> kept = new ArrayList<>();
            Map<Window<Instant>, List<Known>> there = Map.of();
            for (Known next : known) {
                if (!isLateForSession(next)) {
                    kept.add(next);
                }
                there = inSessions(kept);
                there.entrySet().removeIf(session -> isGone(session.getKey(), next.latest));
                kept = there.values().stream().flatMap(List::stream).collect(Collectors.toList());
            }
            there.forEach((window, readings) -> sums.put(new Windowed<>(meter, window), readings.stream()
                    .map(each -> Sum.ZERO.plus(each.reading))
                    .reduce(Sum.ZERO, Sum::and)));
        });
        return sums;
    }

    private Map<Window<Instant>, List<Known>> inSessions(List<Known> readings) {
        Map<Window<Instant>, List<Known>> sessions = new HashMap<>();
        List<Known> session = new ArrayList<>();
        for (Known next : readings.stream().sorted(Comparator.comparing(known -> known.reading.at())).toList()) {
            if (!session.isEmpty() && !next.reading.at().isBefore(session.getLast().reading.at().plus(views.gap))) {
                sessions.put(window(session), session);
                session = new ArrayList<>();
            }
            session.add(next);
        }
        if (!session.isEmpty()) {
            sessions.put(window(session), session);
        }
        return sessions;
    }

    private Window<Instant> window(List<Known> session) {
        return new Window<>(session.getFirst().reading.at(), session.getLast().reading.at().plus(views.gap));
    }

    private Map<Windowed<Integer, Instant>, Sum> days() {
        return all.stream().map(Known::reading).collect(groupingBy(reading -> {
            LocalDate day = reading.at().atZone(Readings.PRAGUE).toLocalDate();
            return new Windowed<>(reading.used() % 3, new Window<>(day.atStartOfDay(Readings.PRAGUE).toInstant(),
                    day.plusDays(1).atStartOfDay(Readings.PRAGUE).toInstant()));
        }, reducing(Sum.ZERO, Sum.ZERO::plus, Sum::and)));
    }
}

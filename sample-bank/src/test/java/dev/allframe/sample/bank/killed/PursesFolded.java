package dev.allframe.sample.bank.killed;

import static dev.allframe.sample.bank.killed.Purses.AMOUNT;
import static dev.allframe.sample.bank.killed.Purses.BALANCES;
import static dev.allframe.sample.bank.killed.Purses.CITY;
import static dev.allframe.sample.bank.killed.Purses.HOLDER;
import static dev.allframe.sample.bank.killed.Purses.OWNER;
import static dev.allframe.sample.bank.killed.Purses.PERSON;
import static dev.allframe.sample.bank.killed.Purses.PLACES;
import static dev.allframe.sample.bank.killed.Purses.PURSE;
import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.jackson.JacksonRowCodec;
import dev.allframe.projection.Index;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.ViewReader;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.killed.Purses.Balance;
import dev.allframe.sample.bank.killed.Purses.PersonEvent.Moved;
import dev.allframe.sample.bank.killed.Purses.Place;
import dev.allframe.sample.bank.killed.Purses.PurseEvent;
import dev.allframe.sample.bank.killed.Purses.PurseEvent.Closed;
import dev.allframe.sample.bank.killed.Purses.PurseEvent.Opened;
import dev.allframe.sample.bank.killed.Purses.PurseEvent.Paid;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** What the rows of both views must be: found in all events at once, and not event by event as the views do. */
final class PursesFolded {

    private static final QueryOption ALL = QueryOption.limit(10_000);

    private final Map<String, Balance> balances = new TreeMap<>();
    private final Map<String, Place> places = new TreeMap<>();

    /** Reads the whole store. */
    PursesFolded(AllFrame purses) {
        Map<String, List<RecordedEvent<PurseEvent>>> ofPurses;
        Map<String, List<RecordedEvent<Purses.PersonEvent>>> ofPersons;
        try (var all = purses.eventStore(PURSE).streamAllEvents(Position.START);
                var moves = purses.eventStore(PERSON).streamAllEvents(Position.START)) {
            ofPurses = byInstance(all);
            ofPersons = byInstance(moves);
        }
        ofPurses.forEach((id, events) -> {
            int opening = lastOf(events, Opened.class);
            if (lastOf(events, Closed.class) < opening && events.get(opening).event() instanceof Opened(var owner)) {
                List<BigDecimal> paid = events.subList(opening + 1, events.size())
                        .stream()
                        .map(event -> ((Paid) event.event()).amount())
                        .toList();
                balances.put(id, new Balance(owner, paid.stream().reduce(new BigDecimal("0.00"), BigDecimal::add),
                        paid.size()));
                Position since = events.get(opening).position();
                List<String> cities = ofPersons.getOrDefault(owner, List.of())
                        .stream()
                        .filter(move -> move.position().compareTo(since) > 0)
                        .map(move -> ((Moved) move.event()).city())
                        .toList();
                places.put(id, new Place(owner, cities.isEmpty() ? "" : cities.getLast(),
                        1L + paid.size() + cities.size()));
            }
        });
    }

    private static <E extends Event> Map<String, List<RecordedEvent<E>>> byInstance(Stream<RecordedEvent<E>> events) {
        return events.sorted(comparing(RecordedEvent::position))
                .collect(groupingBy(event -> event.stream().entityId(), TreeMap::new, toList()));
    }

    private static int lastOf(List<RecordedEvent<PurseEvent>> events, Class<? extends PurseEvent> type) {
        return events.stream().map(event -> type.isInstance(event.event())).toList().lastIndexOf(true);
    }

    /** How many rows both views have. */
    int rows() {
        return balances.size() + places.size();
    }

    /** Compares rows, what indexes find, counts and digests; nothing may be appended meanwhile. */
    void mustBeServedBy(AllFrame purses) {
        purses.view(BALANCES).read(rows -> {
            assertThat(of(rows)).isEqualTo(balances);
            finds(rows, OWNER, balances, Balance::owner);
            assertThat(rows.range(AMOUNT, Range.all(), ALL).keys()).isEqualTo(balances.entrySet()
                    .stream()
                    .sorted(comparing((Map.Entry<String, Balance> row) -> row.getValue().amount())
                            .thenComparing(Map.Entry::getKey))
                    .map(Map.Entry::getKey)
                    .toList());
            return rows.count();
        });
        purses.view(PLACES).read(rows -> {
            assertThat(of(rows)).isEqualTo(places);
            finds(rows, HOLDER, places, Place::owner);
            finds(rows, CITY, places, Place::city);
            return rows.count();
        });
        isDescribed(purses, BALANCES, balances);
        isDescribed(purses, PLACES, places);
    }

    private static <R> Map<String, R> of(ViewReader<String, R> rows) {
        Map<String, R> all = new TreeMap<>();
        rows.range(Range.all(), ALL).entries().forEach(entry -> all.put(entry.key(), entry.row()));
        assertThat(rows.count()).isEqualTo(all.size());
        return all;
    }

    /** Each value finds its rows in the order of their keys; a value of no row finds none. */
    private static <R> void finds(ViewReader<String, R> rows, Index<R, String> index, Map<String, R> all,
            Function<R, String> value) {
        Map<String, List<String>> keys = new TreeMap<>();
        all.forEach((key, row) -> keys.computeIfAbsent(value.apply(row), first -> new ArrayList<>()).add(key));
        keys.remove("");
        PursesProcess.values().forEach(one -> {
            List<String> expected = keys.getOrDefault(one, List.of());
            assertThat(rows.by(index, one, ALL).keys()).as("%s %s", index, one).isEqualTo(expected);
            assertThat(rows.by(index, one, ALL).rows()).isEqualTo(expected.stream().map(all::get).toList());
            assertThat(rows.count(index, one)).isEqualTo(expected.size());
        });
        assertThat(keys.keySet()).isSubsetOf(PursesProcess.values());
    }

    private static <R> void isDescribed(AllFrame purses, ProjectionType<String, R> view, Map<String, R> rows) {
        JacksonRowCodec<R> codec = JacksonRowCodec.of(view.rowClass());
        Digests digests = new Digests();
        rows.forEach((key, row) -> digests.add(view.keys().encode(key), codec.encode(row)));
        assertThat(purses.projections().describe(view.name()))
                .returns((long) rows.size(), described -> described.rows())
                .returns(digests.toString(), described -> described.digest());
    }
}

package dev.allframe.runtime.saga;

import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.sleepUntil;
import static dev.allframe.saga.SagaUndo.nothingToUndo;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Stored;
import dev.allframe.projection.Index;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.RangeIndex;
import dev.allframe.projection.Rows;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.projection.ViewReader;
import dev.allframe.projection.Watched;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaMachine;
import dev.allframe.saga.machine.SagaState;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;

/** A view of sagas that sleep, and of some that are at work, which a test changes. Thread-safe. */
final class DueSagas implements View<String, SagaRow> {

    @Stored("context")
    record Until(Instant moment) {}

    static final SagaType<Until> SLEEPER = SagaType.named("sleeper", version(1), Until.class)
            .step("sleep", sleepUntil(Until::moment), nothingToUndo());
    private static final SagaDefinitions DEFINITIONS = SagaDefinitions.of(List.of(SLEEPER), Map.of(), Set.of());
    static final AggregateType<SagaCommand, SagaEvent, SagaState> MACHINE = SagaMachine.type(DEFINITIONS);

    private record Place(Instant moment, String saga) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int order = moment.compareTo(other.moment);
            return order != 0 ? order : saga.compareTo(other.saga);
        }
    }

    private final NavigableMap<Place, SagaRow> rows = new TreeMap<>();
    private final Map<String, Place> places = new HashMap<>();
    private final TreeSet<String> busy = new TreeSet<>();
    private Supplier<RuntimeException> failure = () -> null;
    private int questions;

    /** A saga that sleeps until a moment. */
    synchronized void put(String saga, Instant moment) {
        remove(saga);
        places.put(saga, new Place(moment, saga));
        rows.put(new Place(moment, saga), SagaRow.of(sleeping(saga, moment)));
    }

    synchronized void remove(String saga) {
        Place before = places.remove(saga);
        if (before != null) {
            rows.remove(before);
        }
    }

    /** A saga that is at work. */
    synchronized void work(String saga) {
        busy.add(saga);
    }

    /** Every question fails; or none where the failure is null. */
    synchronized void failWith(Supplier<RuntimeException> with) {
        failure = with;
    }

    /** How many questions were asked. */
    synchronized int questions() {
        return questions;
    }

    private static SagaState sleeping(String saga, Instant moment) {
        Aggregate<SagaCommand, SagaEvent, SagaState> machine = MACHINE.aggregate();
        Instant before = moment.minusSeconds(1);
        var definition = DEFINITIONS.find(SLEEPER).orElseThrow();
        Decision<SagaEvent> started = machine.decide(machine.initialState(), new SagaCommand.Start(before, "sleeper", 1,
                saga.substring(saga.indexOf('/') + 1), definition.forms().write(new Until(moment)), null, null,
                Map.of()));
        SagaState state = machine.initialState();
        for (SagaEvent event : ((Decision.Persist<SagaEvent>) started).events()) {
            state = machine.evolve(state, event);
        }
        return state;
    }

    private void asked() {
        questions++;
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public synchronized <V> Rows<String, SagaRow> range(RangeIndex<SagaRow, V> index, Range<V> range,
            QueryOption... options) {
        asked();
        Range.Interval<V> interval = (Range.Interval<V>) range;
        NavigableMap<Place, SagaRow> wanted = rows;
        if (interval.upper() instanceof Instant upper) {
            wanted = wanted.headMap(new Place(upper, "\uffff"), true);
        }
        if (interval.lower() instanceof Instant lower) {
            wanted = wanted.tailMap(new Place(lower, "\uffff"), false);
        }
        int limit = Integer.MAX_VALUE;
        for (QueryOption option : options) {
            if (option instanceof QueryOption.After(var cursor)) {
                String[] place = cursor.split(" ", 2);
                wanted = wanted.tailMap(new Place(Instant.parse(place[0]), place[1]), false);
            } else if (option instanceof QueryOption.Limit(var most)) {
                limit = most;
            }
        }
        List<Rows.Entry<String, SagaRow>> page = new ArrayList<>();
        String cursor = null;
        for (Map.Entry<Place, SagaRow> row : wanted.entrySet()) {
            if (page.size() == limit) {
                return new Rows<>(page, cursor);
            }
            page.add(new Rows.Entry<>(row.getKey().saga, row.getValue()));
            cursor = row.getKey().moment + " " + row.getKey().saga;
        }
        return new Rows<>(page, null);
    }

    @Override
    public synchronized <V> Rows<String, SagaRow> by(Index<SagaRow, V> index, V value, QueryOption... options) {
        asked();
        Set<String> wanted = busy;
        for (QueryOption option : options) {
            wanted = option instanceof QueryOption.After(var cursor) ? busy.tailSet(cursor, false) : wanted;
        }
        List<Rows.Entry<String, SagaRow>> page = wanted.stream()
                .limit(100)
                .map(saga -> new Rows.Entry<>(saga, SagaRow.of(MACHINE.aggregate().initialState())))
                .toList();
        return new Rows<>(page, page.size() < wanted.size() ? page.getLast().key() : null);
    }

    @Override
    public ProjectionType<String, SagaRow> type() {
        return SagaViews.sagas(MACHINE);
    }

    @Override
    public Position position() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<ViewAnswer<Position>> await(Collection<ConsistencyToken> tokens, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<ViewAnswer<Optional<SagaRow>>> get(String key, ConsistencyToken token, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> T read(Function<ViewReader<String, SagaRow>, T> questions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flow.Publisher<Watched<String, SagaRow>> watch() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flow.Publisher<Watched<String, SagaRow>> watch(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <V> Flow.Publisher<Watched<String, SagaRow>> watch(Index<SagaRow, V> index, V value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<SagaRow> get(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Rows<String, SagaRow> range(Range<String> keys, QueryOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long count() {
        throw new UnsupportedOperationException();
    }

    @Override
    public <V> long count(Index<SagaRow, V> index, V value) {
        throw new UnsupportedOperationException();
    }
}

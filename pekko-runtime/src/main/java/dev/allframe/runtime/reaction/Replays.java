package dev.allframe.runtime.reaction;

import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayRange;
import dev.allframe.replay.ReplayRunningException;
import dev.allframe.replay.ReplayStatus;
import dev.allframe.replay.ReplayStatus.State;
import dev.allframe.runtime.projection.ViewOrder;
import dev.allframe.runtime.projection.ViewOrders;
import dev.allframe.runtime.reaction.ReactionPositions.Stands;
import dev.allframe.runtime.storage.StoreAnswer;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Starts, operates and describes the replays of one AllFrame. Each is worked on by a {@link ReactionActor}. */
final class Replays implements ReplayManager {

    /** How often a start is tried where other orders come at the same moment. */
    private static final int ATTEMPTS = 10;

    private static final String THE_ORDER = "an order to be stored";

    private final EventStoreBackend store;
    private final ViewOrders operator;
    private final Map<String, Running> running = new TreeMap<>();

    /**
     * A replay.
     *
     * @param progress how it gets on where it runs on this node
     * @param lifeless why nothing runs it here though it should; empty where something does
     */
    record Running(RegisteredReaction replay, ReactionProgress progress, Supplier<String> lifeless) {}

    /** The last run with where it stands; no run before the first start. */
    private record Known(List<RecordedEvent<ViewOrder>> orders, Optional<ReplayRun> run, Stands stands) {

        /** As it is stored: whether it runs is known to the node that does. */
        State state() {
            if (run.isEmpty()) {
                return State.NEW;
            }
            if (run.get().isDone(stands)) {
                return State.DONE;
            }
            return run.get().cancelled() ? State.CANCELLED : run.get().paused() ? State.PAUSED : State.RUNNING;
        }
    }

    Replays(EventStoreBackend store, List<Running> replays) {
        this.store = store;
        this.operator = new ViewOrders(store);
        replays.forEach(each -> running.put(each.replay().type().name(), each));
    }

    private Running named(String name) {
        Running found = running.get(Objects.requireNonNull(name, "name"));
        if (found == null) {
            throw new IllegalArgumentException("there is no replay '" + name + "'; there are " + running.keySet());
        }
        return found;
    }

    /** Reads the store, on a virtual thread. */
    private <T> CompletionStage<T> reading(Supplier<T> read) {
        return CompletableFuture.supplyAsync(read, Thread::startVirtualThread);
    }

    /** Waits for the store. The position is read first: a run that began since is not taken for done. */
    private Known known(Running replay) {
        Optional<Stands> stands = StoreAnswer.of(
                new ReactionPositions(store, replay.replay(), Position.START).stands(),
                "the position of " + replay.replay().title());
        List<RecordedEvent<ViewOrder>> orders = operator.behind(replay.replay().type().name(), 0);
        return new Known(orders, ReplayRun.last(orders), stands.orElseGet(() -> Stands.at(Position.START, 0)));
    }

    @Override
    public CompletionStage<Void> start(String name, ReplayRange range, int eventsPerSecond, Order order) {
        Running replay = named(name);
        Objects.requireNonNull(range, "range");
        Objects.requireNonNull(order, "order");
        ViewOrder started = ReplayRun.order(range, atLeastNone(eventsPerSecond), order.by(), order.reason());
        return reading(() -> {
            check(replay.replay(), range);
            for (int attempt = 1;; attempt++) {
                Known known = known(replay);
                if (!known.state().hasEnded()) {
                    throw new ReplayRunningException(name, state(known, replay.progress.now()));
                }
                try {
                    long given = known.orders.isEmpty() ? 0 : known.orders.getLast().sequenceNr();
                    return StoreAnswer.of(operator.give(name, ExpectedVersion.exactly(given), started), THE_ORDER);
                } catch (CompletionException failed) {
                    if (attempt == ATTEMPTS || !(failed.getCause() instanceof VersionConflictException)) {
                        throw failed;
                    }
                }
            }
        });
    }

    private static int atLeastNone(int eventsPerSecond) {
        if (eventsPerSecond < 0) {
            throw new IllegalArgumentException("eventsPerSecond is 0 for no limit, or more, not " + eventsPerSecond);
        }
        return eventsPerSecond;
    }

    /** A range of which nothing could ever come is told, and not replayed. */
    private void check(RegisteredReaction replay, ReplayRange range) {
        Set<String> aggregates = aggregates(replay);
        StreamId stream = range.stream();
        if (stream != null && !aggregates.contains(stream.entityType())) {
            throw new IllegalArgumentException(replay.title() + " does not read the stream " + stream
                    + ": it reads those of " + aggregates);
        }
        if (stream != null && StoreAnswer.of(store.highestSequenceNr(stream), "the stream " + stream) == 0) {
            throw new IllegalArgumentException("there is no stream " + stream);
        }
        if (!range.types().isEmpty()) {
            Set<String> stored = StoreAnswer.of(store.getStoredTypes(), "the types of its events")
                    .stream()
                    .filter(type -> aggregates.contains(type.entityType()))
                    .map(StoredType::eventType)
                    .collect(Collectors.toCollection(TreeSet::new));
            for (String type : range.types()) {
                if (!stored.contains(type)) {
                    throw new IllegalArgumentException("no event of type '" + type + "' was ever stored for "
                            + replay.title() + "; stored are " + stored);
                }
            }
        }
        isOfThisStore(range.after());
        isOfThisStore(range.upTo());
    }

    private static Set<String> aggregates(RegisteredReaction replay) {
        return replay.type()
                .sources()
                .stream()
                .map(source -> source.aggregate().name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void isOfThisStore(@Nullable Position position) {
        if (position != null && !position.equals(Position.START) && !position.storeId().equals(store.storeId())) {
            throw new IllegalArgumentException("position " + position.asText() + " is not of this store, which is "
                    + store.storeId());
        }
    }

    @Override
    public CompletionStage<Void> pause(String name, Order order) {
        return give(name, order, given -> new ViewOrder.Paused(given.by(), given.reason()));
    }

    @Override
    public CompletionStage<Void> resume(String name, Order order) {
        return give(name, order, given -> new ViewOrder.Resumed(given.by(), given.reason()));
    }

    @Override
    public CompletionStage<Void> rate(String name, int eventsPerSecond, Order order) {
        int rate = atLeastNone(eventsPerSecond);
        return give(name, order, given -> new ViewOrder.ReplayRateSet(rate, given.by(), given.reason()));
    }

    @Override
    public CompletionStage<Void> cancel(String name, Order order) {
        return give(name, order, given -> new ViewOrder.ReplayCancelled(given.by(), given.reason()));
    }

    @Override
    public CompletionStage<Void> skip(String name, StreamId stream, long sequenceNr, Order order) {
        Running replay = named(name);
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(order, "order");
        return reading(() -> {
            mustRun(replay);
            return StoreAnswer.of(operator.skip(name, aggregates(replay.replay), stream, sequenceNr, order),
                    THE_ORDER);
        });
    }

    private void mustRun(Running replay) {
        State state = known(replay).state();
        if (state.hasEnded()) {
            throw new IllegalStateException(replay.replay.title() + " does not run: it is " + state);
        }
    }

    private CompletionStage<Void> give(String name, Order order, Function<Order, ViewOrder> made) {
        Running replay = named(name);
        ViewOrder given = made.apply(Objects.requireNonNull(order, "order"));
        return reading(() -> {
            mustRun(replay);
            return StoreAnswer.of(operator.give(name, given), THE_ORDER);
        });
    }

    @Override
    public CompletionStage<ReplayStatus> describe(String name) {
        Running replay = named(name);
        return reading(() -> status(replay));
    }

    @Override
    public CompletionStage<List<ReplayStatus>> describe() {
        return reading(() -> {
            List<ReplayStatus> all = new ArrayList<>();
            running.values().forEach(replay -> all.add(status(replay)));
            return all;
        });
    }

    private static State state(Known known, ReactionProgress.Now now) {
        State stored = known.state();
        boolean failed = now.state() == ProjectionState.FAILED
                || (now.state() == ProjectionState.PARKED && reachesEnd(known));
        return stored == State.RUNNING && failed ? State.FAILED : stored;
    }

    private static boolean reachesEnd(Known known) {
        return known.run.filter(run -> ReplayRun.reaches(known.stands.position(), run.end())).isPresent();
    }

    private ReplayStatus status(Running replay) {
        String name = replay.replay.type().name();
        Known known = known(replay);
        ReactionProgress.Now now = replay.progress.now();
        if (known.run.isEmpty()) {
            return new ReplayStatus(name, State.NEW, ReplayRange.all(), "", "", null, Position.START, Position.START, 0,
                    0, UNLIMITED, null, "");
        }
        ReplayRun run = known.run.get();
        State state = state(known, now);
        boolean claimed = known.stands.orders() >= run.number();
        Position begin = run.range().after();
        Position position = claimed ? known.stands.position() : begin;
        long length = run.end().index() - begin.index();
        long done = Math.min(length, Math.max(0, position.index() - begin.index()));
        return new ReplayStatus(name, state, run.range(), run.by(), run.reason(), run.started(), position, run.end(),
                claimed ? known.stands.events() : 0, length <= 0 ? 1 : (double) done / length, run.eventsPerSecond(),
                state == State.RUNNING && claimed ? left(length - done, replay.progress.positionsPerSecond()) : null,
                state.hasEnded() ? "" : trouble(replay, now));
    }

    private static String trouble(Running replay, ReactionProgress.Now now) {
        String lifeless = replay.lifeless.get();
        if (!lifeless.isEmpty()) {
            return lifeless;
        }
        return now.runner() == null ? "it does not run on this node" : now.troubles();
    }

    private static @Nullable Duration left(long positions, double perSecond) {
        return perSecond <= 0 ? null : Duration.ofMillis((long) (positions / perSecond * 1000));
    }
}

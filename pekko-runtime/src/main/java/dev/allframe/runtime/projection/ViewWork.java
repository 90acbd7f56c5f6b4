package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.fold.FoldFailure;
import dev.allframe.projection.fold.FoldState;
import dev.allframe.projection.fold.HandledPage;
import dev.allframe.projection.fold.Parked;
import dev.allframe.projection.fold.Skip;
import dev.allframe.projection.fold.ViewFold.Folded;
import dev.allframe.runtime.projection.ViewOrders.Standing;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to the generations of one view, one piece of work at a time: pages are applied, orders followed, a
 * complete generation served. Every method is called as a piece of work of the view's {@link Serial}, and may wait.
 */
final class ViewWork<K, R> {

    private static final Logger LOG = LoggerFactory.getLogger(ViewWork.class);

    private final RegisteredView<K, R> view;
    private final ServedView<K, R> users;
    private final Generations<K, R> generations;
    private final ViewOrders orders;
    private final ParkedRetry<K, R> parkedStreams;
    private final Beside beside;
    private final Moments<K, R> moments;
    private volatile @Nullable Generation<K, R> served;
    private volatile @Nullable Generation<K, R> building;
    private final List<Generation<K, R>> old = new ArrayList<>();
    private boolean builtToEnd;
    private boolean givenUp;

    ViewWork(RegisteredView<K, R> view, ServedView<K, R> users, Generations<K, R> generations,
            EventStoreBackend store, ViewOrders orders) {
        this(view, users, generations, store, orders, Beside.NOTHING);
    }

    /** @param beside the other version of the view */
    ViewWork(RegisteredView<K, R> view, ServedView<K, R> users, Generations<K, R> generations,
            EventStoreBackend store, ViewOrders orders, Beside beside) {
        this.view = view;
        this.users = users;
        this.generations = generations;
        this.orders = orders;
        this.parkedStreams = new ParkedRetry<>(view, store, this::changed);
        this.beside = beside;
        this.moments = new Moments<>(users);
    }

    /**
     * What the streams of a view have to do.
     *
     * @param retired the order by which the view has no rows; null where it has
     * @param followed the number of the last order that was followed
     * @param why why what was served before is not
     */
    record Plan<K, R>(@Nullable Generation<K, R> served, @Nullable Generation<K, R> building, boolean paused,
            ViewOrder.@Nullable Retired retired, long followed, String why) {}

    /** Opens the generations, follows the orders that were given meanwhile, and serves what can be. */
    Plan<K, R> open() {
        List<RecordedEvent<ViewOrder>> given = orders.behind(view.type().name(), 0);
        builtToEnd = false;
        RecordedEvent<ViewOrder> end = given.stream()
                .filter(order -> beside.givenUpBy(order.event()) != null)
                .findFirst()
                .orElse(null);
        if (end != null && generations.areNone()) {
            givenUp = true;
            Standing standing = Standing.of(given);
            beside.opened(given);
            return new Plan<>(null, null, standing.paused(), beside.givenUpBy(end.event()), standing.last(), "");
        }
        // The order that gives the version up is followed like one that comes later: when the other one answers.
        List<RecordedEvent<ViewOrder>> all = end == null ? given : given.subList(0, given.indexOf(end));
        Standing standing = Standing.of(all);
        if (standing.retired() != null) {
            generations.dropAll();
            beside.opened(given);
            return new Plan<>(null, null, standing.paused(), standing.retired(), standing.last(), "");
        }
        Generations.Found<K, R> found = generations.open();
        served = found.served();
        building = found.building();
        try {
            followWhatWasGiven(all, standing);
            publish();
            beside.opened(given);
            return new Plan<>(served, building, standing.paused(), null, standing.last(), found.why());
        } catch (DamagedGenerationException damaged) {
            Generation<K, R> bad = numbered(damaged.generation());
            if (bad != null) {
                generations.setAside(bad, Failures.message(damaged));
            }
            abandon();
            throw damaged;
        } catch (RuntimeException | Error failed) {
            abandon();
            throw failed;
        }
    }

    /** Lets go of generations that could not be opened completely. */
    private void abandon() {
        List<Generation<K, R>> opened = open(served, building);
        served = null;
        building = null;
        for (Generation<K, R> generation : opened) {
            try {
                generation.tables().close();
            } catch (RuntimeException failed) { // the others are let go of all the same
                LOG.warn("tables of view '{}' did not close", view.type().name(), failed);
            }
        }
    }

    /**
     * Follows the orders that were given while nothing was open. An order to rebuild was followed where a generation
     * was begun behind it; one that has been lost since is begun again.
     */
    private void followWhatWasGiven(List<RecordedEvent<ViewOrder>> all, Standing standing) {
        for (RecordedEvent<ViewOrder> order : all) {
            switch (order.event()) {
                case ViewOrder.RetryOrdered given -> retry(order.sequenceNr());
                case ViewOrder.EventSkipped skip -> skip(skip, order.sequenceNr());
                case ViewOrder.RestartOrdered ofReactions -> {
                }
                case ViewOrder.OfReplay given -> {
                }
                case ViewOrder.OfVersions given -> {
                }
                case ViewOrder.Paused given -> {
                }
                case ViewOrder.Resumed given -> {
                }
                case ViewOrder.RebuildOrdered given -> {
                }
                case ViewOrder.Retired given -> {
                }
            }
        }
        long begun = open(served, building).stream().mapToLong(each -> each.fold().begunBehind()).max().orElse(0);
        if (standing.lastRebuild() > begun) {
            begin();
        }
        followed(standing.last());
    }

    private void skip(ViewOrder.EventSkipped skip, long order) {
        for (Generation<K, R> generation : behind(order)) {
            changing(generation, () -> {
                leaveOut(generation, skip);
                parkedStreams.retry(generation);
            });
        }
    }

    /** Passes over an order that names no event: to fail by it would keep the view from all later orders. */
    private void leaveOut(Generation<K, R> generation, ViewOrder.EventSkipped skip) {
        if (skip.namesEvent()) {
            generation.fold().skip(new Skip(new StreamId(skip.stream()), skip.sequenceNr()), skip.reason());
        } else {
            LOG.warn("view '{}': an order names no event and is passed over: {}", view.type().name(), skip);
        }
    }

    private void retry(long order) {
        for (Generation<K, R> generation : behind(order)) {
            changing(generation, () -> parkedStreams.retry(generation));
        }
    }

    /** The open generations that have not followed an order. */
    private List<Generation<K, R>> behind(long order) {
        return open(served, building).stream().filter(generation -> order > generation.fold().orders()).toList();
    }

    /**
     * Changes a generation; its failures say whose they are. Where the disk is full, room is made for the next time.
     */
    private void changing(Generation<?, ?> generation, Runnable change) {
        try {
            change.run();
        } catch (StoreFullException full) {
            generations.kept().dropOne();
            throw full;
        } catch (CorruptStoreException damaged) {
            throw new DamagedGenerationException(generation.number(), damaged);
        } catch (StoreFailedException failed) {
            throw new BrokenTablesException(generation.number(), failed);
        }
    }

    @SafeVarargs
    private static <K, R> List<Generation<K, R>> open(@Nullable Generation<K, R>... generations) {
        List<Generation<K, R>> open = new ArrayList<>();
        for (Generation<K, R> generation : generations) {
            if (generation != null) {
                open.add(generation);
            }
        }
        return open;
    }

    private @Nullable Generation<K, R> numbered(long number) {
        return open(served, building).stream().filter(each -> each.number() == number).findFirst().orElse(null);
    }

    private void followed(long order) {
        for (Generation<K, R> generation : behind(order)) {
            changing(generation, () -> generation.fold().followed(order));
        }
    }

    /** Whether pages are applied to a generation still. From any thread. */
    boolean keeps(Generation<K, R> generation) {
        return isSame(generation, served) || isSame(generation, building);
    }

    @SuppressWarnings("ReferenceEquality") // one that was opened again has the same number
    private static boolean isSame(Generation<?, ?> generation, @Nullable Generation<?, ?> other) {
        return generation == other;
    }

    /** The orders behind those that were followed. */
    List<RecordedEvent<ViewOrder>> newOrders(long last) {
        return orders.behind(view.type().name(), last);
    }

    /**
     * What an order has done.
     *
     * @param begun the generation that is built from then on; null where none was begun
     * @param switched whether another generation is served
     * @param retired the order by which the view, or this version of it, has no rows any more; null where it has
     */
    record Obeyed<K, R>(@Nullable Generation<K, R> begun, boolean switched, ViewOrder.@Nullable Retired retired) {}

    /** Follows an order. Where this fails it may be repeated. */
    Obeyed<K, R> follow(RecordedEvent<ViewOrder> order) {
        Generation<K, R> begun = null;
        ViewOrder.Retired retired = null;
        long number = order.sequenceNr();
        switch (order.event()) {
            case ViewOrder.Paused given -> {
            }
            case ViewOrder.Resumed given -> {
            }
            case ViewOrder.RebuildOrdered given -> begun = givenUp ? null : begin();
            case ViewOrder.RetryOrdered given -> retry(number);
            case ViewOrder.EventSkipped skip -> skip(skip, number);
            case ViewOrder.RestartOrdered ofReactions -> {
            }
            case ViewOrder.OfReplay given -> {
            }
            case ViewOrder.OfVersions given -> retired = follow(given, number);
            case ViewOrder.Retired given -> {
                retire(given);
                retired = given;
            }
        }
        boolean switched = switchOver();
        followed(number);
        publish();
        return new Obeyed<>(begun, switched, retired);
    }

    private ViewOrder.@Nullable Retired follow(ViewOrder.OfVersions order, long number) {
        ViewOrder.Retired end = beside.givenUpBy(order);
        if (end != null) {
            beside.mustBeReplaced();
            givenUp = true;
            retire(end);
        }
        beside.follow(order, number);
        return end;
    }

    /**
     * Begins a generation beside the one that is served; one that was being built already is dropped. It is durable
     * before the served one notes the order to build it: otherwise a crash could keep the note and lose the generation.
     */
    private Generation<K, R> begin() {
        Generation<K, R> begun = create();
        try {
            List<RecordedEvent<ViewOrder>> all = orders.behind(view.type().name(), 0);
            for (RecordedEvent<ViewOrder> order : all) {
                if (order.event() instanceof ViewOrder.EventSkipped skip) {
                    leaveOut(begun, skip);
                }
            }
            begun.fold().begunBehind(all.isEmpty() ? 0 : all.getLast().sequenceNr());
            begun.fold().flush();
        } catch (RuntimeException | Error failed) {
            generations.drop(begun);
            throw failed;
        }
        Generation<K, R> given = building;
        building = begun;
        builtToEnd = false;
        if (given != null) {
            generations.drop(given);
        }
        return begun;
    }

    /** An empty generation. Where the disk is full, room is made for the next time. */
    private Generation<K, R> create() {
        try {
            return generations.create();
        } catch (StoreFullException full) {
            generations.kept().dropOne();
            throw full;
        }
    }

    /** Has no rows any more. May be repeated where it fails. */
    private void retire(ViewOrder.Retired given) {
        users.withdraw(ServedView.retired(given));
        old.addAll(open(served, building));
        served = null;
        building = null;
        builtToEnd = false;
        dropOld();
        generations.kept().dropAll("the view is retired");
    }

    /**
     * What a page has done.
     *
     * @param state how far the generation is
     * @param events how many records of the page a handler wanted
     * @param atEnd whether the generation has applied everything that was stored when the page was read
     * @param failure the event before which it stands; null where it goes on
     * @param switched whether this page has made its generation the one that is served
     * @param held why a generation that has applied everything is not served yet; empty where nothing holds it up
     */
    record Done(FoldState state, int events, boolean atEnd, @Nullable FoldFailure failure,
            boolean switched, String held) {}

    /**
     * Applies a page to a generation.
     *
     * @param after the position behind which the page begins
     * @return null, and nothing was applied, where the generation was given up meanwhile or stands elsewhere, because
     *         a page before this one has failed
     */
    @Nullable Done apply(Generation<K, R> generation, Position after, HandledPage<K, R> page) {
        if (!keeps(generation) || !after.equals(generation.fold().state().position())) {
            return null;
        }
        Folded<K, R> folded = null;
        for (HandledPage<K, R> part : isSame(generation, served) ? moments.parts(page) : List.of(page)) {
            if (folded == null || folded.failure() == null) {
                folded = applyPart(generation, part);
            }
        }
        Objects.requireNonNull(folded, "a page has a part");
        if (isSame(generation, building)) {
            builtToEnd = page.atEnd() && folded.failure() == null;
        }
        boolean switched = switchOver();
        if (switched) {
            publish();
        }
        return new Done(folded.state(), page.events().size(), page.atEnd(), folded.failure(), switched, held());
    }

    private Folded<K, R> applyPart(Generation<K, R> generation, HandledPage<K, R> part) {
        AtomicReference<@Nullable Folded<K, R>> result = new AtomicReference<>();
        changing(generation, () -> result.set(generation.fold().apply(part)));
        Folded<K, R> folded = Objects.requireNonNull(result.get());
        if (isSame(generation, served)) { // before a switch, which may fail
            publish();
            changed(generation, folded);
        }
        return folded;
    }

    /** Takes the rows that are served as they are at a position; see {@link Moments}. */
    Moments<K, R> moments() {
        return moments;
    }

    /** Whether the view has another version, whose rows can be read. From any thread. */
    boolean isOtherServed() {
        return beside.isOtherServed();
    }

    /** Serves the generation that is built, if it lacks nothing that the served one has. */
    private boolean switchOver() {
        Generation<K, R> next = building;
        Generation<K, R> before = served;
        if (next == null || !builtToEnd || (before != null && (isBehind(next, before) || !held().isEmpty()))) {
            return false;
        }
        changing(next, () -> generations.serve(next));
        if (before != null) {
            old.add(before);
        }
        served = next;
        building = null;
        builtToEnd = false;
        return true;
    }

    private static boolean isBehind(Generation<?, ?> next, Generation<?, ?> before) {
        return next.fold().state().position().compareTo(before.fold().state().position()) < 0;
    }

    /** Which streams are parked in the generation that is built, and not, or later, in the one that is served. */
    private String held() {
        Generation<K, R> next = building;
        Generation<K, R> before = served;
        if (next == null || before == null || !builtToEnd) {
            return "";
        }
        Map<StreamId, Long> waiting = before.fold()
                .parked()
                .stream()
                .collect(Collectors.toMap(Parked::stream, Parked::firstSequenceNr));
        return next.fold()
                .parked()
                .stream()
                .filter(parked -> waiting.getOrDefault(parked.stream(), Long.MAX_VALUE) > parked.firstSequenceNr())
                .findFirst()
                .map(parked -> "generation " + next.number() + " is not served, because event "
                        + parked.firstSequenceNr() + " of " + parked.stream() + " fails in it, which the served"
                        + " generation has applied: " + parked.reason())
                .orElse("");
    }

    private void publish() {
        Generation<K, R> now = served;
        if (now != null) {
            users.publish(Published.of(view, now));
            moments.look();
        }
    }

    /** Tells who watches of every write to the served rows: nothing else would. */
    private void changed(Generation<K, R> generation, Folded<K, R> folded) {
        if (isSame(generation, served)) {
            users.changed(folded.changes());
        }
    }

    /** Deletes what was served before when nobody reads it any more, and what other code has left when it is time. */
    void dropOld() {
        old.removeIf(generation -> {
            boolean idle = generation.readers().closeIfIdle();
            if (idle) {
                generations.drop(generation);
            }
            return idle;
        });
        generations.kept().dropDue();
    }

    /**
     * Takes a damaged generation out, and begins another where nothing else is being built. What is complete, and was
     * held back in favour of the damaged one, is served.
     */
    Plan<K, R> replace(long damaged, String reason) {
        Generation<K, R> live = served;
        Generation<K, R> begun = building;
        if (live != null && live.number() == damaged) {
            users.withdraw("was damaged and is built anew: " + reason);
            users.state(ProjectionState.DAMAGED, reason);
            generations.setAside(live, reason);
            served = null;
        } else if (begun != null && begun.number() == damaged) {
            generations.setAside(begun, reason);
            building = null;
        } else {
            return new Plan<>(served, building, false, null, 0, reason); // it was given up already
        }
        if (building == null) {
            begin();
        } else if (switchOver()) {
            publish();
        }
        return new Plan<>(served, building, false, null, 0, reason);
    }

    /** Makes durable what was applied, and deletes what nobody reads any more. */
    void flush() {
        for (Generation<K, R> generation : open(served, building)) {
            changing(generation, generation.fold()::flush);
        }
        beside.keepUp();
        dropOld();
    }

    /** Closes everything, durably. What fails keeps nothing else open; the first failure is thrown. */
    void close() {
        users.close();
        List<RuntimeException> failures = new ArrayList<>();
        for (Generation<K, R> generation : open(served, building)) {
            try {
                attempt(generation.fold()::flush, failures);
            } finally {
                attempt(generation.tables()::close, failures);
            }
        }
        old.forEach(generation -> attempt(generation.tables()::close, failures));
        old.clear();
        served = null;
        building = null;
        if (!failures.isEmpty()) {
            RuntimeException first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    private static void attempt(Runnable step, List<RuntimeException> failures) {
        try {
            step.run();
        } catch (RuntimeException failed) {
            if (failures.stream().noneMatch(known -> known.equals(failed))) { // none suppresses itself
                failures.add(failed);
            }
        }
    }
}

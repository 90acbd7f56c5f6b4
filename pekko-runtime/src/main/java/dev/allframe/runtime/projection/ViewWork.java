package dev.allframe.runtime.projection;

import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.fold.FoldFailure;
import dev.allframe.projection.fold.FoldState;
import dev.allframe.projection.fold.HandledPage;
import dev.allframe.projection.fold.Parked;
import dev.allframe.projection.fold.Skip;
import dev.allframe.projection.fold.ViewFold.Folded;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done to the generations of one view, one piece of work at a time: pages are applied, orders followed, a
 * complete generation served. Every method is called as a piece of work of the view's {@link Serial}, and may wait.
 */
final class ViewWork<K, R> {

    private static final int RETRY_PAGE = 1_000;

    private final RegisteredView<K, R> view;
    private final ServedView<K, R> users;
    private final Generations<K, R> generations;
    private final EventStoreBackend store;
    private final ViewOrders orders;
    private volatile @Nullable Generation<K, R> served;
    private volatile @Nullable Generation<K, R> building;
    private final List<Generation<K, R>> old = new ArrayList<>();
    private volatile long followedAtOpening;

    ViewWork(RegisteredView<K, R> view, ServedView<K, R> users, Generations<K, R> generations,
            EventStoreBackend store, ViewOrders orders) {
        this.view = view;
        this.users = users;
        this.generations = generations;
        this.store = store;
        this.orders = orders;
    }

    /** What the streams of a view have to do. */
    record Plan<K, R>(@Nullable Generation<K, R> served, @Nullable Generation<K, R> building, boolean paused,
            String why) {}

    /** Opens the generations, follows the orders that were given meanwhile, and serves what can be. */
    Plan<K, R> open() {
        Generations.Found<K, R> found = generations.open();
        served = found.served();
        building = found.building();
        boolean paused = false;
        boolean rebuild = false;
        List<RecordedEvent<ViewOrder>> all = orders.behind(view.type().name(), 0);
        Generation<K, R> live = served;
        long followed = live == null ? 0 : live.fold().orders();
        for (RecordedEvent<ViewOrder> order : all) {
            switch (order.event()) {
                case ViewOrder.Paused given -> paused = true;
                case ViewOrder.Resumed given -> paused = false;
                case ViewOrder.RebuildOrdered given -> rebuild |= order.sequenceNr() > followed;
                case ViewOrder.RetryOrdered given -> {
                    if (live != null && order.sequenceNr() > followed) {
                        retryParked(live);
                    }
                }
                case ViewOrder.EventSkipped skip -> skip(skip, order.sequenceNr());
            }
        }
        if (rebuild && building == null && live != null) {
            begin();
        }
        followedAtOpening = all.isEmpty() ? 0 : all.getLast().sequenceNr();
        followed(followedAtOpening);
        publish();
        return new Plan<>(served, building, paused, found.why());
    }

    private void skip(ViewOrder.EventSkipped skip, long order) {
        for (Generation<K, R> generation : open(served, building)) {
            if (order > generation.fold().orders()) {
                generation.fold().skip(new Skip(new StreamId(skip.stream()), skip.sequenceNr()), skip.reason());
            }
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

    private void followed(long order) {
        for (Generation<K, R> generation : open(served, building)) {
            if (order > generation.fold().orders()) {
                generation.fold().followed(order);
            }
        }
    }

    /** The last order that was followed by opening. From any thread. */
    long followedAtOpening() {
        return followedAtOpening;
    }

    /** Whether a generation is the one that is being built. From any thread. */
    boolean isBuilding(Generation<K, R> generation) {
        return building == generation;
    }

    /** The orders behind those that were followed. */
    List<RecordedEvent<ViewOrder>> newOrders(long last) {
        return orders.behind(view.type().name(), last);
    }

    /** Follows a skip, and tries again. */
    void skipAndRetry(ViewOrder.EventSkipped skip, long order) {
        skip(skip, order);
        retry(order);
    }

    /** Tries parked streams again. */
    void retry(long order) {
        for (Generation<K, R> generation : open(served, building)) {
            retryParked(generation);
        }
        followed(order);
        publish();
    }

    /** Notes an order that needs nothing of the generations. */
    void note(long order) {
        followed(order);
    }

    private void retryParked(Generation<K, R> generation) {
        for (Parked waiting : generation.fold().parked()) {
            retryParked(generation, waiting);
        }
    }

    private void retryParked(Generation<K, R> generation, Parked waiting) {
        long next = waiting.firstSequenceNr();
        boolean last = false;
        while (!last) {
            List<StoredEvent> page = store.getEvents(waiting.stream(), next, Long.MAX_VALUE, RETRY_PAGE)
                    .toCompletableFuture()
                    .join();
            List<StoredEvent> due = page.stream()
                    .filter(event -> event.position().compareTo(generation.fold().state().position()) <= 0)
                    .toList();
            last = page.isEmpty() || due.size() < page.size();
            generation.fold().retry(waiting.stream(), view.handlers().handle(due), last);
            if (!due.isEmpty()) {
                next = due.getLast().sequenceNr() + 1;
                long reached = next;
                last |= generation.fold()
                        .parked()
                        .stream()
                        .anyMatch(still -> still.stream().equals(waiting.stream())
                                && still.firstSequenceNr() < reached);
            }
        }
    }

    /** Begins a generation beside the one that is served; one that was being built already is dropped. */
    Generation<K, R> begin() {
        Generation<K, R> old = building;
        if (old != null) {
            generations.drop(old);
        }
        Generation<K, R> begun = generations.create();
        building = begun;
        List<RecordedEvent<ViewOrder>> all = orders.behind(view.type().name(), 0);
        for (RecordedEvent<ViewOrder> order : all) {
            if (order.event() instanceof ViewOrder.EventSkipped skip) {
                begun.fold().skip(new Skip(new StreamId(skip.stream()), skip.sequenceNr()), skip.reason());
            }
        }
        if (!all.isEmpty()) {
            begun.fold().followed(all.getLast().sequenceNr());
        }
        return begun;
    }

    /**
     * What a page has done.
     *
     * @param state how far the generation is
     * @param events how many records of the page a handler wanted
     * @param atEnd whether the generation has applied everything that was stored when the page was read
     * @param failure the event before which it stands; null where it goes on
     * @param switchedFrom the generation that was served until this page; null where nothing was switched
     * @param switched whether this page has made its generation the one that is served
     */
    record Done<K, R>(FoldState state, int events, boolean atEnd, @Nullable FoldFailure failure,
            @Nullable Generation<K, R> switchedFrom, boolean switched) {}

    /** Applies a page to a generation; nothing where the generation was given up meanwhile. */
    @Nullable Done<K, R> apply(Generation<K, R> generation, HandledPage<K, R> page) {
        if (generation != served && generation != building) {
            return null;
        }
        Folded<K, R> folded;
        try {
            folded = generation.fold().apply(page);
        } catch (CorruptStoreException damaged) {
            throw new DamagedGenerationException(generation.number(), damaged);
        }
        Generation<K, R> before = served;
        boolean switches = generation == building && page.atEnd() && folded.failure() == null
                && (before == null || folded.state().position().compareTo(before.fold().state().position()) >= 0);
        if (switches) {
            generations.serve(generation);
            served = generation;
            building = null;
        }
        if (generation == served) {
            publish();
        }
        return new Done<>(folded.state(), page.events().size(), page.atEnd(), folded.failure(),
                switches ? before : null, switches);
    }

    private void publish() {
        Generation<K, R> now = served;
        if (now != null) {
            users.publish(new Published(now.tables(), now.fold().state(), now.readers()), now.fold().parked());
        }
    }

    /** Deletes what was served before a switch, and what other code has left, when nobody reads it any more. */
    void dropOld(@Nullable Generation<K, R> replaced) {
        if (replaced != null) {
            old.add(replaced);
        }
        old.removeIf(generation -> {
            boolean idle = generation.readers().closeIfIdle();
            if (idle) {
                generations.drop(generation);
            }
            return idle;
        });
        Generation<K, R> now = served;
        if (now != null && building == null && old.isEmpty()) {
            generations.dropOthers(now);
        }
    }

    /** Takes a damaged generation out, and begins another where nothing else is being built. */
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
        }
        if (building == null) {
            begin();
        }
        return new Plan<>(served, building, false, reason);
    }

    /** Makes durable what was applied, and deletes what nobody reads any more. */
    void flush() {
        if (!old.isEmpty()) {
            dropOld(null);
        }
        for (Generation<K, R> generation : open(served, building)) {
            generation.fold().flush();
        }
    }

    /** Closes everything, durably. */
    void close() {
        users.withdraw("is closed");
        for (Generation<K, R> generation : open(served, building)) {
            try {
                generation.fold().flush();
            } finally {
                generation.tables().close();
            }
        }
        old.forEach(generation -> generation.tables().close());
        served = null;
        building = null;
    }
}

package dev.allframe.runtime.projection;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.projection.ProjectionRegistry;
import dev.allframe.projection.fold.Skip;
import dev.allframe.runtime.storage.StoreAnswer;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.Registration;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The orders for views, in the streams {@code allframe-projection|<name>} of the store. Thread-safe. */
public final class ViewOrders {

    static final String AGGREGATE = "allframe-projection";

    private static final int PAGE = 500;

    private final EventStoreBackend backend;
    private final EventStore<ViewOrder> store;

    /** The orders in a store. */
    public ViewOrders(EventStoreBackend backend) {
        this.backend = backend;
        AggregateType<NoCommand, ViewOrder, NoState> type = AggregateType.named(AGGREGATE, NoCommand.class,
                ViewOrder.class, NoState.class, new NoRules());
        store = EventStore.of(backend, type, JacksonEventCodec.of(type));
    }

    /**
     * What all orders for a view say together.
     *
     * @param paused whether nothing is to be applied
     * @param retired the order by which the view has no rows; null where it has
     * @param lastRebuild the number of the last order to build the view anew; 0 where there is none
     * @param last the number of the last order; 0 where there is none
     */
    record Standing(boolean paused, ViewOrder.@Nullable Retired retired, long lastRebuild, long last) {

        static Standing of(List<RecordedEvent<ViewOrder>> orders) {
            boolean paused = false;
            ViewOrder.Retired retired = null;
            long lastRebuild = 0;
            long last = 0;
            for (RecordedEvent<ViewOrder> order : orders) {
                last = order.sequenceNr();
                switch (order.event()) {
                    case ViewOrder.Paused given -> paused = true;
                    case ViewOrder.Resumed given -> paused = false;
                    case ViewOrder.Retired given -> retired = given;
                    case ViewOrder.RebuildOrdered given -> {
                        retired = null;
                        lastRebuild = last;
                    }
                    case ViewOrder.RestartOrdered ofReactions -> {
                    }
                    case ViewOrder.OfReplay given -> {
                    }
                    case ViewOrder.OfVersions given -> {
                    }
                    case ViewOrder.RetryOrdered given -> {
                    }
                    case ViewOrder.EventSkipped given -> {
                    }
                }
            }
            return new Standing(paused, retired, lastRebuild, last);
        }
    }

    /** What all orders for a view say together. Waits for the store. */
    Standing standing(String view) {
        return Standing.of(behind(view, 0));
    }

    /** Stores an order; it stands when the stage completes. */
    public CompletionStage<Void> give(String view, ViewOrder order) {
        return give(view, ExpectedVersion.any(), order);
    }

    /**
     * As {@link #give(String, ViewOrder)}, where there are as many orders as expected: fails with
     * {@link dev.allframe.store.VersionConflictException} where there are not.
     */
    public CompletionStage<Void> give(String view, ExpectedVersion orders, ViewOrder order) {
        return store.append(view, orders, List.of(order)).thenApply(appended -> null);
    }

    /**
     * Stores an order to leave out an event of one of the aggregates that a projection reads; it stands when the stage
     * completes.
     *
     * @return fails with {@link IllegalArgumentException} if the stream has no such event
     * @throws IllegalArgumentException if the projection reads no such event
     */
    public CompletionStage<Void> skip(String projection, Set<String> aggregates, StreamId stream, long sequenceNr,
            ProjectionRegistry.Order order) {
        if (!aggregates.contains(stream.entityType()) || stream.entityId().isEmpty()) {
            throw new IllegalArgumentException("'" + projection + "' does not read the stream " + stream
                    + ": it reads those of " + new TreeSet<>(aggregates));
        }
        if (sequenceNr < 1) {
            throw new IllegalArgumentException("the number of an event is 1 or more, not " + sequenceNr);
        }
        return backend.highestSequenceNr(stream).thenCompose(highest -> {
            if (sequenceNr > highest) {
                throw new IllegalArgumentException("there is no event " + sequenceNr + " of " + stream
                        + (highest == 0 ? ", which has none" : ": the last one is " + highest));
            }
            return give(projection,
                    new ViewOrder.EventSkipped(stream.value(), sequenceNr, order.by(), order.reason()));
        });
    }

    /** The orders behind a number, all of them. Waits for the store. */
    public List<RecordedEvent<ViewOrder>> behind(String view, long number) {
        List<RecordedEvent<ViewOrder>> orders = new ArrayList<>();
        long next = number + 1;
        while (true) {
            List<RecordedEvent<ViewOrder>> page = StoreAnswer.of(store.getEvents(view, next, PAGE),
                    "the orders for '" + view + "'");
            if (page.isEmpty()) {
                return orders;
            }
            orders.addAll(page);
            next = page.getLast().sequenceNr() + 1;
        }
    }

    /** The events that are left out of a view. Waits for the store. */
    List<Skip> skips(String view) {
        return behind(view, 0).stream()
                .map(RecordedEvent::event)
                .filter(ViewOrder.EventSkipped.class::isInstance)
                .map(ViewOrder.EventSkipped.class::cast)
                .filter(ViewOrder.EventSkipped::namesEvent)
                .map(skip -> new Skip(new StreamId(skip.stream()), skip.sequenceNr()))
                .toList();
    }

    /** Calls back when there may be new orders. */
    public Registration onOrder(String view, Runnable wake) {
        return backend.onAppend(StreamId.of(AGGREGATE, view), wake);
    }

    /** Orders come from operators and not from commands. */
    sealed interface NoCommand extends Command {
        /** Never sent. */
        record Never() implements NoCommand {}
    }

    /** Nothing is kept of orders but themselves. */
    @Stored("state")
    record NoState() {}

    private static final class NoRules implements Aggregate<NoCommand, ViewOrder, NoState> {

        @Override
        public NoState initialState() {
            return new NoState();
        }

        @Override
        public Decision<ViewOrder> decide(NoState state, NoCommand command) {
            return Decision.refuse("no-command");
        }

        @Override
        public NoState evolve(NoState state, ViewOrder event) {
            return state;
        }
    }
}

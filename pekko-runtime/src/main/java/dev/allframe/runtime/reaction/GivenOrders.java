package dev.allframe.runtime.reaction;

import dev.allframe.runtime.projection.ViewOrder;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What all orders for a reaction say together, of those that its span heeds.
 *
 * @param last the number of the last one, heeded or not; 0 where there is none
 * @param paused whether no effect is to begin
 * @param cancelled whether a replay was ended
 * @param eventsPerSecond how fast a replay may go; 0 for no limit
 * @param skips the events that are left out
 * @param firstRetry the number of the first new order to try again what has failed; 0 where there is none
 */
record GivenOrders(long last, boolean paused, boolean cancelled, int eventsPerSecond, Set<Skip> skips,
        long firstRetry) {

    /** An event that an operator has left out. */
    record Skip(StreamId stream, long sequenceNr) {}

    /** Before any was read. */
    static final GivenOrders NONE = new GivenOrders(0, false, false, 0, Set.of(), 0);

    /**
     * Adds up what was ordered.
     *
     * @param known the number of the last order that is not new
     */
    static GivenOrders of(List<RecordedEvent<ViewOrder>> orders, Span span, boolean ofReplay, long known) {
        boolean paused = false;
        boolean cancelled = false;
        int rate = 0;
        long firstRetry = 0;
        Set<Skip> skips = new HashSet<>();
        for (RecordedEvent<ViewOrder> order : orders) {
            if (!span.heeds(order.sequenceNr())) {
                continue;
            }
            boolean triesAgain = false;
            switch (order.event()) {
                case ViewOrder.Paused given -> paused = true;
                case ViewOrder.Resumed given -> {
                    paused = false;
                    triesAgain = ofReplay;
                }
                case ViewOrder.RetryOrdered given -> triesAgain = true;
                case ViewOrder.EventSkipped given -> {
                    if (given.namesEvent()) {
                        skips.add(new Skip(new StreamId(given.stream()), given.sequenceNr()));
                    }
                    triesAgain = true;
                }
                case ViewOrder.RebuildOrdered ofViews -> {
                }
                case ViewOrder.RestartOrdered followed -> {
                }
                case ViewOrder.OfVersions ofViews -> {
                    // no reaction has versions
                }
                case ViewOrder.Retired given -> {
                }
                case ViewOrder.ReplayStarted begun -> rate = begun.eventsPerSecond();
                case ViewOrder.ReplayRateSet set -> rate = set.eventsPerSecond();
                case ViewOrder.ReplayCancelled given -> cancelled = true;
            }
            if (triesAgain && firstRetry == 0 && order.sequenceNr() > known) {
                firstRetry = order.sequenceNr();
            }
        }
        return new GivenOrders(orders.isEmpty() ? 0 : orders.getLast().sequenceNr(), paused, cancelled, rate,
                Set.copyOf(skips), firstRetry);
    }

    /** Whether an event is left out. */
    boolean leavesOut(StoredEvent record) {
        return skips.contains(new Skip(record.stream(), record.sequenceNr()));
    }
}

package dev.allframe.runtime.projection;

import dev.allframe.store.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Who waits for a view to reach a position, the nearest first. Thread-safe. A waiter is completed on a virtual thread
 * of its own, never on the one that writes the view.
 */
final class Waiters {

    /** Two may wait for one position. */
    private record Waiter(Position position, long number, CompletableFuture<Boolean> reached) {}

    private final NavigableSet<Waiter> waiting = new TreeSet<>(
            Comparator.comparing(Waiter::position).thenComparingLong(Waiter::number));
    private long added;

    /** Completes with true when the position is reached, with false when the view does not go on by itself. */
    CompletableFuture<Boolean> add(Position position) {
        Waiter waiter;
        synchronized (waiting) {
            waiter = new Waiter(position, ++added, new CompletableFuture<>());
            waiting.add(waiter);
        }
        CompletableFuture<Boolean> unused = waiter.reached.whenComplete((reached, failed) -> remove(waiter));
        return waiter.reached;
    }

    int size() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    private void remove(Waiter waiter) {
        synchronized (waiting) {
            waiting.remove(waiter);
        }
    }

    /** Everything up to here can be read. */
    void reached(Position position) {
        List<Waiter> served = new ArrayList<>();
        synchronized (waiting) {
            while (!waiting.isEmpty() && waiting.first().position.compareTo(position) <= 0) {
                served.add(waiting.removeFirst());
            }
        }
        complete(served, true);
    }

    /** The view does not go on by itself. */
    void stopped() {
        List<Waiter> left;
        synchronized (waiting) {
            left = new ArrayList<>(waiting);
            waiting.clear();
        }
        complete(left, false);
    }

    private static void complete(List<Waiter> waiters, boolean reached) {
        if (!waiters.isEmpty()) {
            Thread.startVirtualThread(() -> waiters.forEach(
                    waiter -> Thread.startVirtualThread(() -> waiter.reached.complete(reached))));
        }
    }
}

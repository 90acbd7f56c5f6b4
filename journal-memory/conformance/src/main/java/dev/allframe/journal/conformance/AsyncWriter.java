package dev.allframe.journal.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;

/**
 * A classic persistent actor that does not wait for its writes, and collects numbers in the order in which their
 * handlers are called.
 */
final class AsyncWriter extends AbstractPersistentActor {

    /** Numbers to be persisted together, and one that is only deferred, behind them. */
    record Numbers(int first, int last, int deferred) {}

    /** All numbers, in the order of their handlers. */
    record Handled(List<Integer> numbers) {}

    private final String id;
    private final int expected;
    private final ActorRef observer;
    private final List<Integer> handled = new ArrayList<>();

    private AsyncWriter(String id, int expected, ActorRef observer) {
        this.id = id;
        this.expected = expected;
        this.observer = observer;
    }

    /** @param expected so many handlers are called before the observer is told */
    static Props props(String id, int expected, ActorRef observer) {
        return Props.create(AsyncWriter.class, () -> new AsyncWriter(id, expected, observer));
    }

    @Override
    public String persistenceId() {
        return id;
    }

    @Override
    public Receive createReceiveRecover() {
        return emptyBehavior();
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder().match(Numbers.class, numbers -> {
            persistAllAsync(IntStream.rangeClosed(numbers.first, numbers.last).boxed().toList(), this::handled);
            deferAsync(numbers.deferred, this::handled);
        }).build();
    }

    private void handled(int number) {
        handled.add(number);
        if (handled.size() == expected) {
            observer.tell(new Handled(List.copyOf(handled)), getSelf());
        }
    }
}

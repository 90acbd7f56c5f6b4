package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.store.RecordedEvent;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * Follows the orders for a view, each in its turn and until it has succeeded. Used by the actor of the view alone,
 * which it tells the steps that are due when a piece of work is done.
 */
final class OrderFollower<K, R> {

    /** What the actor does. */
    interface Keeper<K, R> {

        /** Whether orders are not followed any more. */
        boolean isStopping();

        /** An order was followed. */
        void onFollowed(ViewOrder order, ViewWork.Obeyed<K, R> obeyed);

        /** All orders that were given were followed. */
        void onAllFollowed();

        /** An order cannot be followed; {@link #follow} is to be called after a pause. May throw, to end the actor. */
        void onFailed(Throwable cause, int failures);
    }

    private final ViewActor.Parts<K, R> parts;
    private final ActorContext<ViewActor.Message> context;
    private final Keeper<K, R> keeper;
    private final String name;
    private boolean begun;
    private boolean following;
    private boolean orderedMeanwhile;
    private long last;
    private int failures;

    OrderFollower(ViewActor.Parts<K, R> parts, ActorContext<ViewActor.Message> context, Keeper<K, R> keeper) {
        this.parts = parts;
        this.context = context;
        this.keeper = keeper;
        this.name = parts.view().type().name();
    }

    /** Begins behind the orders that were followed when the view was opened. */
    void begin(long followed) {
        last = followed;
        begun = true;
        follow();
    }

    /** Reads new orders, unless some are being followed. */
    void follow() {
        orderedMeanwhile = true;
        if (begun && !following && !keeper.isStopping()) {
            following = true;
            orderedMeanwhile = false;
            long behind = last;
            then(parts.serial().submit(() -> parts.work().newOrders(behind)), this::onRead);
        }
    }

    private void onRead(List<RecordedEvent<ViewOrder>> orders) {
        if (orders.isEmpty() || keeper.isStopping()) {
            following = false;
            failures = 0;
            keeper.onAllFollowed();
            if (orderedMeanwhile) {
                follow();
            }
            return;
        }
        RecordedEvent<ViewOrder> order = orders.getFirst();
        context.getLog().info("view '{}': {}", name, order.event());
        then(parts.serial().submit(() -> parts.work().follow(order)), obeyed -> onFollowed(order, obeyed));
    }

    private void onFollowed(RecordedEvent<ViewOrder> order, ViewWork.Obeyed<K, R> obeyed) {
        following = false;
        last = order.sequenceNr();
        if (!keeper.isStopping()) {
            keeper.onFollowed(order.event(), obeyed);
            follow();
        }
    }

    /** The same order is followed again. */
    private void onFailed(Throwable cause) {
        following = false;
        if (!keeper.isStopping()) {
            keeper.onFailed(cause, ++failures);
        }
    }

    private <T> void then(CompletionStage<T> work, Consumer<T> next) {
        context.pipeToSelf(work, (done, cause) -> new ViewActor.Step(() -> {
            if (cause == null) {
                next.accept(done);
            } else {
                onFailed(Failures.unwrapped(cause));
            }
        }));
    }
}

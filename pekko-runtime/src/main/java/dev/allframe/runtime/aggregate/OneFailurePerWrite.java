package dev.allframe.runtime.aggregate;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.JournalProtocol;

/**
 * Lets an event-sourced actor see one failure for each failed write, and not one for each event in it.
 *
 * <p>A journal reports the failure of a write of several events once for each event. The first makes the actor start again; the others arrive while it
 * recovers, are kept like commands, and when they are taken out again, Pekko 1.7 stops taking out what waits behind them: the next commands would hang.
 */
final class OneFailurePerWrite<M> extends BehaviorInterceptor<Object, M> {

    private static final int NONE = -1;

    /** The incarnation of the actor whose write has failed; ids of incarnations are not negative and never used twice. */
    private int failedIncarnation = NONE;

    private OneFailurePerWrite() {
        super(Object.class);
    }

    static <M> Behavior<M> of(Behavior<M> eventSourced) {
        return Behaviors.intercept(OneFailurePerWrite<M>::new, eventSourced).narrow();
    }

    @Override
    @SuppressWarnings("unchecked") // what the journal sends is no M, and an event-sourced behavior takes it all the same
    public Behavior<M> aroundReceive(TypedActorContext<Object> context, Object message, ReceiveTarget<M> target) {
        if (message instanceof JournalProtocol.WriteMessageFailure failure) {
            if (failure.actorInstanceId() == failedIncarnation) {
                return Behaviors.same();
            }
            failedIncarnation = failure.actorInstanceId();
        }
        return target.apply(context, (M) message);
    }
}

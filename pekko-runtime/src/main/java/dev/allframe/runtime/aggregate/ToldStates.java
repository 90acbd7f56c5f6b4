package dev.allframe.runtime.aggregate;

import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.store.StreamId;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/** Tells a listener the states of one instance. Belongs to one actor: used by its thread alone. */
final class ToldStates<S> {

    private final @Nullable StateListener<S> listener;
    private final StreamId stream;
    private final StateListener.Instance instance;
    private final ActorContext<AggregateMessage> context;

    /**
     * States of an instance.
     *
     * @param listener null for nobody
     */
    ToldStates(@Nullable StateListener<S> listener, StreamId stream, String id, Home home,
            ActorContext<AggregateMessage> context) {
        this.listener = listener;
        this.stream = stream;
        this.context = context;
        instance = new StateListener.Instance() {
            @Override
            public String id() {
                return id;
            }

            @Override
            public void send(Execute execute) {
                home.send(execute);
            }

            @Override
            public void release() {
                home.release();
            }
        };
    }

    /** The instance has this state. */
    void tell(S state, long sequenceNr, boolean recovered) {
        if (listener != null) {
            try {
                listener.onState(instance, state, sequenceNr, recovered);
            } catch (Throwable defect) {
                Defects.log(context.getLog(), "the listener of aggregate " + stream + " failed", defect);
            }
        }
    }
}

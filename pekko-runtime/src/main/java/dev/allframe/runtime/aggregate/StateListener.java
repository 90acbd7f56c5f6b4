package dev.allframe.runtime.aggregate;

import dev.allframe.runtime.aggregate.AggregateMessage.Execute;

/**
 * Is told the state of each instance of an aggregate when the instance has recovered, and after each append of its. For
 * AllFrame's own use: a user reads states from views, and acts on events in reactions.
 *
 * @param <S> the state
 */
@FunctionalInterface
public interface StateListener<S> {

    /**
     * An instance has a state: its first one, or another one with another sequence number. Called on the thread of the
     * instance's actor, which takes no command meanwhile, so that it must not block. For the states of one incarnation,
     * it is called in the order of their sequence numbers. After an append it is called before the caller has its
     * answer. It is not called where nothing was stored, and not while stored records cannot be read. An incarnation
     * begins with the state that is stored, so that each state is told at least once, or a later one is.
     *
     * @param instance what the state belongs to
     * @param state the state, as its last record has made it
     * @param sequenceNr the number of that record; 0 where the instance has none
     * @throws RuntimeException which is logged and has no other effect, as have errors
     */
    void onState(Instance instance, S state, long sequenceNr);

    /** A running instance. Its methods may be called by any thread, also when it has stopped. */
    interface Instance {

        /** The id. */
        String id();

        /** Sends it a command, wherever it lives by then. */
        void send(Execute execute);

        /**
         * Stops it when it is done with the commands that came before, whatever it may have been idle; the next command
         * starts it again. No command is lost. Does nothing where a user hosts it.
         */
        void release();
    }
}

package dev.allframe.runtime.aggregate;

import dev.allframe.runtime.aggregate.AggregateMessage.Execute;

/**
 * Is told the state of each instance of an aggregate after each recovery and after each append of the instance. For
 * AllFrame's own use: a user reads states from views, and acts on events in reactions.
 *
 * @param <S> the state
 */
@FunctionalInterface
public interface StateListener<S> {

    /**
     * Takes the state of an instance: once after its recovery, and once after each append, before the command's caller
     * is answered. Called on the thread of the instance's actor, which takes no command meanwhile: it must not block.
     * The states of one incarnation come in the order of their sequence numbers. No call is made for a command that
     * stored nothing, for a failed write, and while stored records cannot be read. A call that is lost with its process
     * is made up for by that of the next recovery, with the same state or a later one.
     *
     * @param instance the instance
     * @param state its state behind its last record
     * @param sequenceNr the number of that record; 0 where the instance has none
     * @param recovered whether it was read from what is stored, and not appended just now by this incarnation
     * @throws RuntimeException which is logged and has no other effect, as have errors
     */
    void onState(Instance instance, S state, long sequenceNr, boolean recovered);

    /** A running instance. Its methods may be called by any thread, also when it has stopped. */
    interface Instance {

        /** The id. */
        String id();

        /** Sends it a command, wherever it lives by then. */
        void send(Execute execute);

        /**
         * Stops it when it is done with the commands that came before, however short it was idle; the next command
         * starts it again. No command is lost. Does nothing where a user hosts it.
         */
        void release();
    }
}

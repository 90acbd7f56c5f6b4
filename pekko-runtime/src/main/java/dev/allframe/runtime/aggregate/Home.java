package dev.allframe.runtime.aggregate;

import org.apache.pekko.actor.typed.ActorRef;

/** Where one instance lives: what it may ask of its host. Thread-safe. */
interface Home {

    /** Sends a command to the instance, wherever it lives by then. */
    void send(AggregateMessage.Execute execute);

    /** Stops the instance in such a way that no command is lost; nothing where it has ended. */
    void release();

    /** The instance has ended. */
    default void ended() {}

    /** The home of an instance that a user hosts, who alone can stop it. */
    static Home unknown(ActorRef<AggregateMessage> instance) {
        return new Home() {
            @Override
            public void send(AggregateMessage.Execute execute) {
                instance.tell(execute);
            }

            @Override
            public void release() {
                // its user stops it
            }
        };
    }
}

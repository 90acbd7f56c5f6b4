package dev.allframe.runtime.aggregate;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;

/** Where the instances of one aggregate type live. */
public interface AggregateHost {

    /** Takes the messages of all instances and starts those that are needed. */
    ActorRef<AggregateMessage> entrance();

    /** What may be wrong when no answer comes; empty if nothing is known to be. */
    String hint();

    /**
     * Stops an instance that lives here, when it is done with the commands that came before; the next command starts it
     * again, here or elsewhere. No command is lost. An instance that does not live here, or runs nowhere, is left
     * alone: in a cluster each member releases its own.
     */
    void release(String id);

    /** Stops all instances that live here; what they are doing is done first. */
    CompletionStage<Done> stop();
}

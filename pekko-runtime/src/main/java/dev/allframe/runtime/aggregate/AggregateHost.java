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

    /** Stops all instances that live here; what they are doing is done first. */
    CompletionStage<Done> stop();
}

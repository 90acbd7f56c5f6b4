package dev.allframe.runtime.aggregate;

import dev.allframe.command.CommandError;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.eventstream.EventStream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Answers commands that were on their way to an instance when it ended: killed, or by a defect of Pekko's. Pekko gives
 * them to whoever listens for dead letters, and their callers would wait for nothing. A second answer, where two listen
 * on one actor system, finds nobody.
 */
final class LostCommands {

    /** Makes names unique: that of a listener that has just stopped may not be free yet. */
    private static final AtomicLong STARTED = new AtomicLong();

    private enum End implements NoSerializationVerificationNeeded { NOW }

    private LostCommands() {}

    /** Begins to listen; {@link #stop} ends it. */
    static ActorRef<Object> listen(ActorSystem<?> system) {
        return system.systemActorOf(Behaviors.<Object>setup(context -> {
            context.getSystem()
                    .eventStream()
                    .tell(new EventStream.Subscribe<>(DeadLetter.class, context.getSelf().narrow()));
            return Behaviors.receive(Object.class)
                    .onMessage(DeadLetter.class, LostCommands::answer)
                    .onMessageEquals(End.NOW, Behaviors::stopped)
                    .build();
        }), "allframe-lost-commands-" + STARTED.incrementAndGet(), Props.empty());
    }

    private static Behavior<Object> answer(DeadLetter letter) {
        if (letter.message() instanceof Execute execute) {
            execute.fail(CommandError.NoAnswer.notExecuted("the instance had ended before it came to the command"));
        }
        return Behaviors.same();
    }

    static void stop(ActorRef<Object> listener) {
        listener.tell(End.NOW);
    }
}

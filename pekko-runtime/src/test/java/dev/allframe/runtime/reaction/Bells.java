package dev.allframe.runtime.reaction;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.projection.ReactionType;
import dev.allframe.runtime.reaction.ReactionActor.Message;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Events to react to, and actors that do. */
final class Bells {

    record Ring() implements Command {}

    @Stored("rung")
    record Rung(int number) implements Event {}

    @Stored("state")
    record Bell() {}

    static final AggregateType<Ring, Rung, Bell> BELL = AggregateType.named("bell", Ring.class, Rung.class,
            Bell.class, new Aggregate<>() {
                @Override
                public Bell initialState() {
                    return new Bell();
                }

                @Override
                public Decision<Rung> decide(Bell bell, Ring command) {
                    return Decision.noChange();
                }

                @Override
                public Bell evolve(Bell bell, Rung event) {
                    return bell;
                }
            });

    private static final Config CONFIG = ConfigFactory.parseString("""
            allframe.reactions.restart-backoff { min = 5ms, max = 20ms }
            pekko.actor.provider = local
            pekko.loglevel = ERROR
            """).withFallback(ConfigFactory.load());

    private static final AtomicInteger STARTED = new AtomicInteger();

    private final EventStore<Rung> events;
    private final EventStoreBackend store;
    private Position last = Position.START;

    Bells(EventStoreBackend store) {
        this.store = store;
        this.events = EventStore.of(store, BELL, JacksonEventCodec.of(BELL));
    }

    static ActorSystem<Void> system() {
        return ActorSystem.create(Behaviors.empty(), "reactions", CONFIG);
    }

    /** Stores an event. */
    void ring(String id, int number) {
        last = events.append(id, ExpectedVersion.any(), List.of(new Rung(number)))
                .toCompletableFuture()
                .join()
                .lastPosition();
    }

    /** Whether the stored position of a reaction covers all events. */
    boolean areCovered(Runner runner) {
        return runner.progress.now().position().compareTo(last) >= 0;
    }

    /** A reaction that runs. */
    record Runner(ActorRef<Message> actor, ReactionProgress progress) {

        /** Ends it as a crash does: nothing is stored behind this. */
        void crash() {
            ((InternalActorRef) Adapter.toClassic(actor)).stop();
        }

        boolean hasEnded() {
            return ((InternalActorRef) Adapter.toClassic(actor)).isTerminated();
        }
    }

    Runner start(ActorSystem<?> system, ReactionType type) {
        return start(system, RegisteredReaction.of(type));
    }

    Runner start(ActorSystem<?> system, RegisteredReaction reaction) {
        ReactionProgress progress = new ReactionProgress();
        ReactionActor.Parts parts = new ReactionActor.Parts(reaction, store, ReactionSettings.of(CONFIG),
                Clock.systemUTC(), progress, () -> null);
        return new Runner(system.systemActorOf(ReactionKeeper.create(parts), "reaction-" + STARTED.incrementAndGet(),
                Props.empty()), progress);
    }
}

package dev.allframe.journal.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Classic persistent actors that do not wait for their writes: each handler must get its own event, in order. */
class ClassicPersistAsyncTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int ACTORS = 4;
    private static final int EVENTS = 20_000;
    private static final ActorSystem SYSTEM = ActorSystem.create("classic", ConfigFactory.parseString("""
            pekko.persistence.journal.plugin = "inmemory.journal"
            pekko.persistence.snapshot-store.plugin = "inmemory.snapshot"
            """).withFallback(ConfigFactory.load()));

    @AfterAll
    static void stopSystem() {
        TestKit.shutdownActorSystem(SYSTEM);
    }

    @Test
    void handlers_of_persist_async_are_called_in_order() {
        TestKit probe = new TestKit(SYSTEM);
        for (int actor = 0; actor < ACTORS; actor++) {
            ActorRef writer = SYSTEM.actorOf(Props.create(Writer.class, "writer-" + actor, probe.getRef()));
            for (int number = 1; number <= EVENTS; number++) {
                writer.tell(number, ActorRef.noSender());
            }
        }

        for (int actor = 0; actor < ACTORS; actor++) {
            assertThat(probe.expectMsgClass(LONG, Handled.class).numbers())
                    .isEqualTo(IntStream.rangeClosed(1, EVENTS).boxed().toList());
        }
    }

    record Handled(List<Integer> numbers) {}

    /** Collects its events in the order in which their handlers are called. */
    static final class Writer extends AbstractPersistentActor {
        private final String id;
        private final ActorRef observer;
        private final List<Integer> handled = new ArrayList<>();

        Writer(String id, ActorRef observer) {
            this.id = id;
            this.observer = observer;
        }

        @Override
        public String persistenceId() {
            return id;
        }

        @Override
        public Receive createReceiveRecover() {
            return emptyBehavior();
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder().match(Integer.class, number -> persistAsync(number, written -> {
                handled.add(written);
                if (handled.size() == EVENTS) {
                    observer.tell(new Handled(List.copyOf(handled)), getSelf());
                }
            })).build();
        }
    }
}

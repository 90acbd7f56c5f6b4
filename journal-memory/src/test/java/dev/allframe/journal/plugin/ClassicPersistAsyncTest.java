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
    private static final int EVENTS = 100_000;
    private static final ActorSystem SYSTEM = ActorSystem.create("classic", ConfigFactory.parseString("""
            pekko.persistence.journal.plugin = "inmemory.journal"
            pekko.persistence.snapshot-store.plugin = "inmemory.snapshot"
            """).withFallback(ConfigFactory.load()));

    @AfterAll
    static void stopSystem() {
        TestKit.shutdownActorSystem(SYSTEM);
    }

    /** The next write leaves the actor as soon as the first reply to the last one is there, while the many others are still on their way. */
    @Test
    void handlers_of_persist_async_are_called_in_order() {
        TestKit probe = new TestKit(SYSTEM);
        List<Integer> inOrder = IntStream.rangeClosed(1, EVENTS).boxed().toList();
        for (int attempt = 1; attempt <= 5; attempt++) {
            ActorRef writer = SYSTEM.actorOf(Props.create(Writer.class, "writer-" + attempt, probe.getRef()));

            writer.tell(new Range(1, EVENTS - 1), ActorRef.noSender());
            writer.tell(new Range(EVENTS, EVENTS), ActorRef.noSender());

            assertThat(probe.expectMsgClass(LONG, Handled.class).numbers().equals(inOrder)).isTrue();
        }
    }

    record Range(int first, int last) {
        List<Integer> numbers() {
            return IntStream.rangeClosed(first, last).boxed().toList();
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
            return receiveBuilder().match(Range.class, range -> persistAllAsync(range.numbers(), written -> {
                handled.add(written);
                if (handled.size() == EVENTS) {
                    observer.tell(new Handled(List.copyOf(handled)), getSelf());
                }
            })).build();
        }
    }
}

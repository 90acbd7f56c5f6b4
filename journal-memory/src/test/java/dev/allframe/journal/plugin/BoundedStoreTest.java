package dev.allframe.journal.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A full store under persistent actors: writers fail and know why, nothing is dropped, and deletes make room. */
class BoundedStoreTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final ActorSystem SYSTEM = ActorSystem.create("bounded", ConfigFactory.parseString("""
            inmemory.max-events = 20
            pekko.persistence.journal.plugin = "inmemory.journal"
            pekko.persistence.snapshot-store.plugin = "inmemory.snapshot"
            pekko.loglevel = OFF
            """).withFallback(ConfigFactory.load()));

    @AfterAll
    static void stopSystem() {
        TestKit.shutdownActorSystem(SYSTEM);
    }

    @Test
    void a_full_store_fails_the_writer_and_takes_events_again_when_others_are_deleted() {
        TestKit probe = new TestKit(SYSTEM);
        writer("first", probe).tell(IntStream.rangeClosed(1, 20).boxed().toList(), ActorRef.noSender());
        for (int number = 1; number <= 20; number++) {
            probe.expectMsgEquals(LONG, number);
        }

        for (int attempt = 1; attempt <= 30; attempt++) { // more failures than Pekko's own circuit breaker would take
            ActorRef refused = writer("second", probe);
            probe.watch(refused);
            refused.tell(List.of(attempt), ActorRef.noSender());
            assertThat(probe.expectMsgClass(LONG, Failed.class).cause()).isInstanceOf(StoreFullException.class);
            probe.expectTerminated(LONG, refused);
        }
        assertThat(Storages.get(SYSTEM).backend("inmemory").stats().events()).isEqualTo(20);

        Storages.get(SYSTEM).backend("inmemory").deleteEventsTo(new StreamId("first"), 5).toCompletableFuture().join();
        writer("second", probe).tell(List.of(1, 2, 3, 4, 5), ActorRef.noSender());
        for (int number = 1; number <= 5; number++) {
            probe.expectMsgEquals(LONG, number);
        }
    }

    private static ActorRef writer(String id, TestKit probe) {
        return SYSTEM.actorOf(Props.create(Writer.class, id, probe.getRef()));
    }

    record Failed(Throwable cause) {}

    /** Persists lists of numbers and tells which are stored, or why none is. */
    static final class Writer extends AbstractPersistentActor {
        private final String id;
        private final ActorRef observer;

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
        @SuppressWarnings("unchecked") // the test sends lists of numbers
        public Receive createReceive() {
            return receiveBuilder()
                    .match(List.class,
                            numbers -> persistAll((List<Integer>) numbers, number -> observer.tell(number, getSelf())))
                    .build();
        }

        @Override
        public void onPersistFailure(Throwable cause, @Nullable Object event, long sequenceNr) {
            observer.tell(new Failed(cause), getSelf());
        }
    }
}

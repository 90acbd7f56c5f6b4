package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Counters.POISON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.runtime.projection.Counters.CounterEvent;
import dev.allframe.runtime.projection.Counters.Numbers;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.MemoryViewStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A view whose actor, or whose served generation, is replaced at an unlucky moment. */
final class ViewRestartTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final ActorSystem<Void> SYSTEM = ActorSystem.create(Behaviors.empty(), "restarts",
            ConfigFactory.parseString("pekko.loglevel = OFF\npekko.log-dead-letters = off")
                    .withFallback(ConfigFactory.load()));

    private final InMemoryBackend store = InMemoryBackend.unbounded();
    private final EventStore<CounterEvent> events = EventStore.of(store, Counters.COUNTER,
            JacksonEventCodec.of(Counters.COUNTER));
    private final FaultyViews files = new FaultyViews(new MemoryViewStore(), () -> {});
    private final AtomicBoolean held = new AtomicBoolean();
    private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    private final KeptView<String, Numbers> view = KeptView.start(SYSTEM, Counters.PARKING, files, store, this::work,
            new ProjectionSettings(100, 0, Duration.ofMillis(10), Duration.ofDays(7), Duration.ofMillis(1),
                    Duration.ofMillis(1)),
            Refusals.none(), new PlantedFault());

    @AfterEach
    void stop() {
        view.stop().join();
        POISON.clear();
    }

    @AfterAll
    static void end() {
        SYSTEM.terminate();
    }

    private void work(Runnable piece) {
        if (held.get()) {
            waiting.add(piece);
        } else {
            Thread.startVirtualThread(piece);
        }
    }

    private void letGo() {
        held.set(false);
        waiting.forEach(Thread::startVirtualThread);
    }

    private void awaitState(ProjectionState state) {
        await().atMost(LONG).until(() -> view.users().state() == state);
    }

    private void append(String id, long number) {
        events.append(id, ExpectedVersion.any(), List.of(new CounterEvent.Counted(number)))
                .toCompletableFuture()
                .join();
    }

    private CompletionStage<?> asked(String id, long number) {
        return view.users().await(new ConsistencyToken(store.storeId(), StreamId.of("counter", id), number), LONG);
    }

    /** What the first actor has left to close is closed when the second one has begun already. */
    @Test
    void tokens_are_waited_for_behind_a_restart_that_was_quicker_than_the_closing() {
        append("a", 1);
        awaitState(ProjectionState.LIVE);
        held.set(true);
        view.actor().tell(new ViewActor.Ping(() -> {
            throw new IllegalStateException("the actor fails, says the test");
        }));
        awaitState(ProjectionState.BUILDING);

        letGo();
        awaitState(ProjectionState.LIVE);
        CompletionStage<?> later = asked("a", 2);
        append("a", 2);

        assertThat(later.toCompletableFuture().join()).isInstanceOf(ViewAnswer.Seen.class);
    }

    @Test
    void a_generation_that_was_held_back_is_served_where_the_served_one_is_damaged() {
        append("a", 1);
        append("b", 1);
        awaitState(ProjectionState.LIVE);
        POISON.add("a");
        new ViewOrders(store).give(Counters.PARKING.type().name(), new ViewOrder.RebuildOrdered("test", "", false))
                .toCompletableFuture()
                .join();
        await().atMost(LONG).until(() -> view.progress().trouble().contains("is not served, because event 1"));

        files.fail(FaultyViews.Fault.DAMAGED);

        awaitState(ProjectionState.PARKED);
        assertThat(view.users().get("a")).isEmpty();
        assertThat(view.users().get("b")).contains(new Numbers(List.of(1L)));
        await().atMost(LONG).until(() -> view.progress().trouble().isEmpty());
        await().atMost(LONG).until(() -> files.generations(Counters.PARKING.type().name()).size() == 1);
    }
}

package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static dev.allframe.runtime.projection.Happenings.THINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StreamId;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

/** A view on a disk that needs longer for each flush than there is between two. */
final class SlowFlushTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final RegisteredView<String, Row> view = RegisteredView.of(THINGS);
    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final CrashingViews views = new CrashingViews();

    @Test
    void pages_and_the_end_do_not_queue_behind_flushes() {
        views.slow(Duration.ofMillis(20));
        ServedView<String, Row> users = new ServedView<>(view, store);
        ViewOrders orders = new ViewOrders(store);
        ViewWork<String, Row> work = new ViewWork<>(view, users,
                new Generations<>(view, views, store, Clock.systemUTC(), Duration.ofDays(7)), store, orders);
        ProjectionSettings each = new ProjectionSettings(100, 0, Duration.ofMillis(1), LONG, LONG, LONG);
        ActorTestKit kit = ActorTestKit.create("slow-flush");
        try {
            ActorRef<ViewActor.Message> actor = kit.spawn(ViewActor.create(new ViewActor.Parts<>(view, users, work,
                    store, orders, new Serial(Thread::startVirtualThread), Thread::startVirtualThread, new BuildTurns(),
                    each,
                    new Progress(Clock.systemUTC()), new Refusals(() -> null, changed -> () -> {}))));
            await().until(() -> users.state() == ProjectionState.LIVE && views.flushes() > 30);

            int before = views.flushes();
            EventStore.of(store, THING, JacksonEventCodec.of(THING))
                    .append("t", ExpectedVersion.any(), List.of(new ThingEvent.Happened(1)))
                    .toCompletableFuture()
                    .join();
            ConsistencyToken token = new ConsistencyToken(store.storeId(), StreamId.of("thing", "t"), 1);
            assertThat(users.await(token, LONG).toCompletableFuture().join()).isInstanceOf(ViewAnswer.Seen.class);
            CompletableFuture<Done> stopped = new CompletableFuture<>();
            actor.tell(new ViewActor.Stop(stopped));
            stopped.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();

            assertThat(views.flushes() - before).isLessThan(10);
        } finally {
            kit.shutdownTestKit();
        }
    }
}

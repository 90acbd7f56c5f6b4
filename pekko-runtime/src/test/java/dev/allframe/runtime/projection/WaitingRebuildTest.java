package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static dev.allframe.runtime.projection.Happenings.THINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ProjectionState;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A view whose rebuild waits until another view is built. */
final class WaitingRebuildTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final RegisteredView<String, Row> view = RegisteredView.of(THINGS);
    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final ViewStore files = new MemoryViewStore();
    private final ViewOrders orders = new ViewOrders(store);
    private final ServedView<String, Row> users = new ServedView<>(view, store);
    private final Progress progress = new Progress(Clock.systemUTC());
    private final BuildTurns turns = new BuildTurns();
    private final AtomicInteger granted = new AtomicInteger();
    private final BuildTurns.Place other = turns.place(granted::incrementAndGet);
    private final ActorTestKit kit = ActorTestKit.create("waiting-rebuild");

    @BeforeEach
    void a_rebuild_waits_for_another_view() {
        happen(1);
        ViewWork<String, Row> work = new ViewWork<>(view, users,
                new Generations<>(view, files, store, Clock.systemUTC(), LONG), store, orders);
        kit.spawn(ViewActor.create(new ViewActor.Parts<>(view, users, work, store, orders,
                new Serial(Thread::startVirtualThread), Thread::startVirtualThread, turns,
                new ProjectionSettings(100, 0, Duration.ofMillis(5), LONG, Duration.ofMillis(1), LONG), progress,
                Refusals.none())));
        await().until(() -> users.state() == ProjectionState.LIVE);
        assertThat(other.take()).isTrue();
        give(new ViewOrder.RebuildOrdered("ann", "to see", false));
        await().until(() -> progress.building() == 2 && progress.isWaiting());
    }

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    private void happen(int value) {
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(), List.of(new ThingEvent.Happened(value)))
                .toCompletableFuture()
                .join();
    }

    private void give(ViewOrder order) {
        orders.give(THINGS.name(), order).toCompletableFuture().join();
    }

    private long served() {
        return Objects.requireNonNull(users.published()).tables().generation();
    }

    @Test
    void it_is_built_when_the_other_is_and_what_is_served_stays_live_meanwhile() {
        happen(2);
        await().until(() -> users.get("t").equals(Optional.of(new Row(2))));
        assertThat(served()).isEqualTo(1);
        assertThat(progress.isWaiting()).isTrue();
        assertThat(users.state()).isEqualTo(ProjectionState.LIVE);
        assertThat(progress.trouble()).isEmpty();

        other.leave();

        await().until(() -> served() == 2);
        await().until(() -> progress.building() == 0 && !progress.isWaiting());
        await().until(other::take); // the turn is given back
        assertThat(users.get("t")).contains(new Row(2));
    }

    @Test
    void other_orders_are_followed_meanwhile() {
        give(new ViewOrder.Paused("ann", "to see"));
        await().until(() -> users.state() == ProjectionState.PAUSED);
        other.leave();
        await().until(other::take); // a paused view does not keep the turn
        give(new ViewOrder.Resumed("ann", "to see"));
        await().until(() -> users.state() == ProjectionState.LIVE);
        assertThat(served()).isEqualTo(1);

        give(new ViewOrder.RebuildOrdered("ann", "again", false));
        await().until(() -> progress.building() == 3);
        other.leave();

        await().until(() -> served() == 3);
        await().until(() -> files.generations(THINGS.name()).equals(List.of(3L)));
    }

    @Test
    void a_view_that_is_retired_waits_no_more() {
        give(new ViewOrder.Retired("ann", "not wanted"));
        await().until(() -> users.state() == ProjectionState.RETIRED);
        other.leave();
        assertThat(other.take()).isTrue();
        assertThat(granted).hasValue(0);
        await().until(() -> files.views().isEmpty());
    }

    @Test
    void a_view_that_serves_nothing_any_more_does_not_wait() {
        give(new ViewOrder.Retired("ann", "not wanted"));
        give(new ViewOrder.RebuildOrdered("ann", "wanted", false));

        await().until(() -> users.state() == ProjectionState.LIVE && users.get("t").isPresent());
        assertThat(other.take()).as("the other has the turn still").isTrue();
    }
}

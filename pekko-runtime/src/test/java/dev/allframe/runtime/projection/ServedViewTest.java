package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static dev.allframe.runtime.projection.Happenings.THINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.MemoryViewStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A view as its users ask it, without an actor. */
final class ServedViewTest {

    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final RegisteredView<String, Row> view = RegisteredView.of(THINGS);
    private final ServedView<String, Row> users = new ServedView<>(view, store);

    private void happened() {
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(), List.of(new ThingEvent.Happened(1)))
                .toCompletableFuture()
                .join();
    }

    @Test
    @SuppressWarnings("NullAway") // users may not have it
    void an_await_without_a_timeout_is_refused_and_leaves_nothing_that_waits() {
        happened();
        ConsistencyToken token = new ConsistencyToken(store.storeId(), StreamId.of("thing", "t"), 1);

        assertThatNullPointerException().isThrownBy(() -> users.await(List.of(token), null)).withMessage("timeout");

        assertThat(users.waiting()).isZero();
    }

    @Test
    void damage_of_something_else_that_users_code_meets_is_none_of_the_view() {
        AtomicInteger damages = new AtomicInteger();
        users.opening((read, damaged) -> damages.incrementAndGet());
        ViewWork<String, Row> work = new ViewWork<>(view, users,
                new Generations<>(view, new MemoryViewStore(), store, Clock.systemUTC(), Duration.ofDays(7)), store,
                new ViewOrders(store));
        Generation<String, Row> building = Objects.requireNonNull(work.open().building());
        EventPage page = store.getAllEvents(view.handlers().filter(), Position.START, 10).toCompletableFuture().join();
        work.apply(building, Position.START, view.handlers().handle(page));

        assertThatThrownBy(() -> users.read(rows -> {
            throw new CorruptStoreException("of another store");
        })).isInstanceOf(CorruptStoreException.class).hasMessage("of another store");

        assertThat(damages).hasValue(0);
        work.close();
    }
}

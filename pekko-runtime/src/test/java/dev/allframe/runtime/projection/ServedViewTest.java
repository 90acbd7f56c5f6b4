package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static dev.allframe.runtime.projection.Happenings.THINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StreamId;
import java.util.List;
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
}

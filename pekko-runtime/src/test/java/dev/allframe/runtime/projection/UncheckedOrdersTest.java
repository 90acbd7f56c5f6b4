package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static dev.allframe.runtime.projection.Happenings.THINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.MemoryViewStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders to skip an event that were stored before orders were checked: a view lives on with each of them. */
final class UncheckedOrdersTest {

    private static final String SKIPPED = "allframe-projection.event-skipped";

    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final MemoryViewStore files = new MemoryViewStore();
    private final RegisteredView<String, Row> view = RegisteredView.of(THINGS);
    private final ViewOrders orders = new ViewOrders(store);

    private ServedView<String, Row> users = new ServedView<>(view, store);

    private ViewWork<String, Row> work() {
        users = new ServedView<>(view, store);
        return new ViewWork<>(view, users,
                new Generations<>(view, files, store, Clock.systemUTC(), Duration.ofDays(7)), store, orders);
    }

    private void skipped(String json) {
        Envelope record = Envelope.of(SKIPPED, 1, Payload.json(json.getBytes(StandardCharsets.UTF_8)), Set.of(),
                EventMetadata.at(Instant.EPOCH), null);
        store.append(new Append(StreamId.of("allframe-projection", THINGS.name()), ExpectedVersion.any(), "test",
                List.of(record))).toCompletableFuture().join();
    }

    private void apply(ViewWork<String, Row> work, Generation<String, Row> generation) {
        EventPage page = store.getAllEvents(view.handlers().filter(), Position.START, 100).toCompletableFuture().join();
        work.apply(generation, Position.START, view.handlers().handle(page));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"stream\":\"\",\"sequenceNr\":1,\"by\":\"ann\",\"reason\":\"x\"}",
            "{\"stream\":null,\"sequenceNr\":1,\"by\":\"ann\",\"reason\":\"x\"}",
            "{\"stream\":\"thing|t\",\"sequenceNr\":-5,\"by\":null,\"reason\":null}",
            "{\"stream\":\"thing|other\",\"sequenceNr\":1,\"by\":\"ann\",\"reason\":null}"})
    void a_view_follows_and_opens_behind_it_and_follows_what_comes_after(String json) {
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(), List.of(new ThingEvent.Happened(1)))
                .toCompletableFuture()
                .join();
        ViewWork<String, Row> first = work();
        apply(first, opened(first));
        skipped(json);

        List<RecordedEvent<ViewOrder>> given = first.newOrders(0);
        given.forEach(first::follow);

        assertThat(given).hasSize(1);
        assertThat(users.get("t")).isPresent();
        orders.give(THINGS.name(), new ViewOrder.RebuildOrdered("ann", "to see", true)).toCompletableFuture().join();
        ViewWork.Obeyed<String, Row> obeyed = first.follow(first.newOrders(1).getFirst());
        apply(first, begun(obeyed));
        assertThat(users.get("t")).isPresent();
        first.close();
        skipped(json);
        ViewWork<String, Row> again = work();
        assertThat(again.open().followed()).isEqualTo(3);
        assertThat(users.get("t")).isPresent();
        again.close();
    }

    @Test
    void an_event_that_is_skipped_without_a_reason_is_left_out() {
        skipped("{\"stream\":\"thing|t\",\"sequenceNr\":1,\"by\":\"ann\",\"reason\":null}");
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(), List.of(new ThingEvent.Happened(1)))
                .toCompletableFuture()
                .join();
        ViewWork<String, Row> work = work();

        apply(work, opened(work));

        assertThat(users.get("t")).isEmpty();
        work.close();
    }

    private static Generation<String, Row> opened(ViewWork<String, Row> work) {
        return Objects.requireNonNull(work.open().building());
    }

    private static Generation<String, Row> begun(ViewWork.Obeyed<String, Row> obeyed) {
        return Objects.requireNonNull(obeyed.begun());
    }
}

package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.Change;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.Version;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.MemoryViewStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows as they are at a position to come, whatever page that is in: on the work of a view, without actors. */
final class MomentsTest {

    private static final ProjectionType<String, Row> THINGS = ProjectionType
            .named("things", Version.version(1), String.class, Row.class)
            .from(THING, (event, info) -> switch (event) {
                case ThingEvent.Happened(int value) -> {
                    if (value < 0) {
                        throw new IllegalStateException("poison");
                    }
                    yield Change.upsert(info.id(), new Row(0), row -> new Row(row.value() + value));
                }
            });

    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final RegisteredView<String, Row> view = RegisteredView.of(THINGS);
    private final ServedView<String, Row> users = new ServedView<>(view, store);
    private final ViewWork<String, Row> work = new ViewWork<>(view, users,
            new Generations<>(view, new MemoryViewStore(), store, Clock.systemUTC(), Duration.ZERO), store,
            new ViewOrders(store));
    private final Generation<String, Row> generation = Objects.requireNonNull(work.open().building());

    private void happen(int... values) {
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(),
                        IntStream.of(values).<ThingEvent>mapToObj(ThingEvent.Happened::new).toList())
                .toCompletableFuture()
                .join();
    }

    private ViewWork.Done apply() {
        Position after = generation.fold().state().position();
        return Objects.requireNonNull(work.apply(generation, after, view.handlers()
                .handle(store.getAllEvents(view.handlers().filter(), after, 1_000).toCompletableFuture().join())));
    }

    private Position positionOf(long sequenceNr) {
        return store.getEvent(StreamId.of(THING.name(), "t"), sequenceNr)
                .toCompletableFuture()
                .join()
                .orElseThrow()
                .position();
    }

    private CompletableFuture<Optional<ViewMoment<String, Row>>> taken(Position at) {
        CompletableFuture<Optional<ViewMoment<String, Row>>> taken = new CompletableFuture<>();
        work.moments().take(at, taken);
        return taken;
    }

    private static void assertHas(CompletableFuture<Optional<ViewMoment<String, Row>>> taken, int value) {
        assertThat(taken).isCompleted();
        try (ViewMoment<String, Row> moment = taken.join().orElseThrow()) {
            assertThat(moment.rows().get("t")).contains(new Row(value));
        }
    }

    @Test
    void rows_are_taken_in_the_middle_of_a_page_at_its_end_and_where_the_view_is() {
        happen(1);
        apply();
        assertHas(taken(positionOf(1)), 1);
        happen(2, 4, 8, 16);
        List<CompletableFuture<Optional<ViewMoment<String, Row>>>> all = new ArrayList<>();
        for (long number : List.of(5, 3, 2, 3)) {
            all.add(taken(positionOf(number)));
        }
        assertThat(all).noneMatch(CompletableFuture::isDone);

        ViewWork.Done done = apply();

        assertThat(done.events()).isEqualTo(4);
        assertThat(done.state().position()).isEqualTo(positionOf(5));
        assertHas(all.get(0), 31);
        assertHas(all.get(1), 7);
        assertHas(all.get(2), 3);
        assertHas(all.get(3), 7);
        assertThat(taken(positionOf(4)).join()).as("which the view has passed").isEmpty();
    }

    @Test
    void what_nobody_waits_for_any_more_is_not_taken() {
        happen(1);
        apply();
        happen(2, 4);
        CompletableFuture<Optional<ViewMoment<String, Row>>> given = taken(positionOf(2));
        given.cancel(false);

        apply();

        assertThat(users.get("t")).contains(new Row(7));
        happen(8);
        assertThat(apply().events()).isEqualTo(1);
    }

    @Test
    void a_page_that_fails_before_the_position_ends_there() {
        happen(1);
        apply();
        happen(2, -1, 4, 8);
        CompletableFuture<Optional<ViewMoment<String, Row>>> before = taken(positionOf(2));
        CompletableFuture<Optional<ViewMoment<String, Row>>> behind = taken(positionOf(4));

        ViewWork.Done done = apply();

        assertThat(Objects.requireNonNull(done.failure()).sequenceNr()).isEqualTo(3);
        assertThat(done.state().position()).isEqualTo(positionOf(2));
        assertHas(before, 3);
        assertThat(behind).isNotDone();
        assertThat(users.get("t")).contains(new Row(3));
    }
}

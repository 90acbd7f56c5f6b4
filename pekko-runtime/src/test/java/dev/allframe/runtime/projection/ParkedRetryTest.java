package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.Change;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.Version;
import dev.allframe.projection.fold.Parked;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.MemoryViewStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Streams of more than one page of records are tried again to their end: on the work of a view, without actors. */
final class ParkedRetryTest {

    private static final StreamId STREAM = StreamId.of("thing", "t");

    /** The number whose event fails; 0 where none does. */
    private long failing = 1;

    private final RegisteredView<String, Row> view = RegisteredView.of(ProjectionType
            .named("things", Version.version(1), String.class, Row.class)
            .from(THING, (event, info) -> {
                if (info.sequenceNr() == failing) {
                    throw new IllegalStateException("a mistake in the handler");
                }
                return switch (event) {
                    case ThingEvent.Happened(int value) -> Change.put(info.id(), new Row(value));
                };
            })
            .perStream()
            .parkFailures());

    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final ViewOrders orders = new ViewOrders(store);
    private final ServedView<String, Row> users = new ServedView<>(view, store);
    private final ViewWork<String, Row> work = new ViewWork<>(view, users,
            new Generations<>(view, new MemoryViewStore(), store, Clock.systemUTC(), Duration.ofDays(7)), store,
            orders);

    private void events(int many) {
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(), IntStream.rangeClosed(1, many)
                        .<ThingEvent>mapToObj(ThingEvent.Happened::new)
                        .toList())
                .toCompletableFuture()
                .join();
    }

    /** Records of commands that changed nothing, which no handler of a view sees. */
    private void commands(int many) {
        StoredEvent first = store.getEvent(STREAM, 1).toCompletableFuture().join().orElseThrow();
        Envelope command = Envelope.of(Envelope.COMMAND_ONLY, 1, Payload.json(new byte[]{'{', '}'}), Set.of(),
                first.envelope().metadata(), null);
        for (int i = 0; i < many; i++) {
            store.append(new Append(STREAM, ExpectedVersion.any(), "w" + i, List.of(command)))
                    .toCompletableFuture()
                    .join();
        }
    }

    /** Applies everything that is stored, of which the first event is parked. */
    private Generation<String, Row> parked() {
        Generation<String, Row> generation = Objects.requireNonNull(work.open().building());
        Position after = Position.START;
        boolean atEnd = false;
        while (!atEnd) {
            EventPage page = store.getAllEvents(view.handlers().filter(), after, 10_000).toCompletableFuture().join();
            work.apply(generation, after, view.handlers().handle(page));
            after = page.next();
            atEnd = page.atEnd();
        }
        assertThat(generation.fold().parked()).extracting(Parked::firstSequenceNr).containsExactly(1L);
        return generation;
    }

    private void retry(Generation<String, Row> generation) {
        orders.give("things", new ViewOrder.RetryOrdered("somebody", "mended")).toCompletableFuture().join();
        work.newOrders(generation.fold().orders()).forEach(work::follow);
    }

    private void assertTriedToTheEnd(Row wanted) {
        Generation<String, Row> generation = parked();
        failing = 0;

        retry(generation);

        assertThat(generation.fold().parked()).isEmpty();
        assertThat(users.isAnyParked()).isFalse();
        assertThat(users.get("t")).contains(wanted);
    }

    @Test
    void a_stream_of_several_pages_is_tried_to_its_end() {
        events(3_000);

        assertTriedToTheEnd(new Row(3_000));
    }

    @Test
    void a_page_that_ends_with_a_command_is_no_failure() {
        events(999);
        commands(1);
        events(5);

        assertTriedToTheEnd(new Row(5));
    }

    @Test
    void pages_of_commands_alone_are_passed() {
        events(1);
        commands(2_100);
        events(5);

        assertTriedToTheEnd(new Row(5));
    }

    @Test
    void a_retry_stands_before_an_event_that_fails_behind_commands_and_goes_on_from_there() {
        events(1);
        commands(1_500);
        events(5);
        Generation<String, Row> generation = parked();
        failing = 1_503;

        retry(generation);

        assertThat(generation.fold().parked()).extracting(Parked::firstSequenceNr).containsExactly(1_503L);
        assertThat(users.get("t")).contains(new Row(1));

        failing = 0;
        retry(generation);

        assertThat(generation.fold().parked()).isEmpty();
        assertThat(users.get("t")).contains(new Row(5));
    }
}

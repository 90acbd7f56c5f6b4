package dev.allframe.api.testkit.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.UnknownStoredTypeException;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.store.Append;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.RecordedPage;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.Subscription;
import dev.allframe.store.VersionConflictException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The typed store, without actors, on the backend in a database. */
final class EventStoreTest {

    private record Count(int by) implements Command {}

    @Stored("counted")
    private record Counted(int by) implements Event {}

    private static final class Counter implements Aggregate<Count, Counted, Integer> {
        @Override
        public Integer initialState() {
            return 0;
        }

        @Override
        public Decision<Counted> decide(Integer sum, Count count) {
            return Decision.persist(new Counted(count.by()));
        }

        @Override
        public Integer evolve(Integer sum, Counted counted) {
            return sum + counted.by();
        }

        @Override
        public Set<String> tags(Counted counted) {
            return counted.by() < 0 ? Set.of("down") : Set.of();
        }
    }

    private static final class CounterCodec implements EventCodec<Counted> {
        @Override
        public EncodedEvent encode(Counted event) {
            return new EncodedEvent("counter.counted", 1, Integer.toString(event.by()).getBytes(UTF_8));
        }

        @Override
        public List<Counted> decode(EncodedEvent stored) {
            if (!versions().canRead(stored.type(), stored.version())) {
                throw new UnknownStoredTypeException(stored.type(), stored.version(), versions());
            }
            return List.of(new Counted(Integer.parseInt(new String(stored.bytes(), UTF_8))));
        }

        @Override
        public VersionRegistry versions() {
            return VersionRegistry.ofToday(new StoredVersion("counter.counted", 1));
        }
    }

    private static final AggregateType<Count, Counted, Integer> COUNTER = AggregateType.named("counter", Count.class,
            Counted.class, Integer.class, new Counter());
    private static final Instant NOON = Instant.parse("2024-02-29T12:00:00.123Z");
    private static final EventMetadata AT_NOON = EventMetadata.at(NOON);

    @TempDir
    private Path folder;

    private EventStoreBackend backend;
    private EventStore<Counted> store;

    @BeforeEach
    void open() {
        backend = H2Backend.open(folder, 1_000);
        store = EventStore.of(backend, COUNTER, new CounterCodec()).withClock(Clock.fixed(NOON, ZoneOffset.UTC));
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static List<Integer> counts(List<RecordedEvent<Counted>> events) {
        return events.stream().map(recorded -> recorded.event().by()).toList();
    }

    private void append(String id, Integer... counts) {
        done(store.append(id, ExpectedVersion.any(), List.of(counts).stream().map(Counted::new).toList()));
    }

    /** A record that remembers a command and holds no event. */
    private void appendCommandOnly(String id) {
        CommandRecord command = new CommandRecord("c", "f", new CommandRecord.Unchanged(), 1, 1);
        Envelope memory = Envelope.of(Envelope.COMMAND_ONLY, 1, Payload.json(new byte[0]), Set.of(), AT_NOON, command);
        done(backend.append(
                new Append(StreamId.of("counter", id), ExpectedVersion.any(), "test", List.of(memory))));
    }

    @Test
    void events_come_back_typed_with_their_place_and_time() {
        EventMetadata metadata = new EventMetadata(NOON, "c", "d", "e", Map.of("user", "anna"));
        done(store.append("a", ExpectedVersion.noStream(), List.of(new Counted(1))));
        Position last = done(store.append("a", ExpectedVersion.exactly(1), List.of(new Counted(-2)), metadata))
                .lastPosition();

        assertThat(done(store.getEvents("a", 2, 10)))
                .containsExactly(new RecordedEvent<>(StreamId.of("counter", "a"), 2, last, metadata, new Counted(-2)));
        assertThat(done(store.getEvents("a", 1, 1)).getFirst().metadata()).isEqualTo(AT_NOON);
        assertThat(done(store.getEvents("b", 1, 10))).isEmpty();
    }

    @Test
    void what_is_stored_has_the_stored_name_the_tags_and_json() {
        append("a", 1, -2);

        List<StoredEvent> stored = done(backend.getAllEvents(EventFilter.tag("down"), Position.START, 10)).events();

        assertThat(stored).extracting(StoredEvent::stream).containsExactly(StreamId.of("counter", "a"));
        assertThat(stored).extracting(StoredEvent::envelope)
                .containsExactly(Envelope.of("counter.counted", 1, Payload.json("-2".getBytes(UTF_8)),
                        Set.of("down"), AT_NOON, null));
    }

    @Test
    void a_conflict_is_the_failure_of_the_backend_and_stores_nothing() {
        append("a", 1);

        Throwable conflict = catchThrowable(
                () -> done(store.append("a", ExpectedVersion.noStream(), List.of(new Counted(2)))));

        assertThat(conflict).hasCauseInstanceOf(VersionConflictException.class)
                .hasMessageContaining("stream=counter|a expected=0 actual=1");
        assertThat(counts(done(store.getEvents("a", 1, 10)))).containsExactly(1);
    }

    @Test
    void an_append_of_nothing_and_an_id_with_a_bar_are_refused() {
        assertThat(store.append("a", ExpectedVersion.any(), List.of()).toCompletableFuture().exceptionNow())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one record");
        List<CompletionStage<?>> refused = List.of(
                store.append("a|b", ExpectedVersion.any(), List.of(new Counted(1))), store.getEvents("a|b", 1, 1),
                store.getLatestSnapshot("a|b"), store.saveSnapshot("a|b", 1, Payload.json(new byte[0])));
        assertThat(refused).allSatisfy(stage -> assertThat(stage.toCompletableFuture().exceptionNow())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must not contain '|'"));
        assertThat(backend.stats().events()).isZero();
    }

    @Test
    void all_events_are_those_of_this_aggregate_in_position_order() {
        append("a", 1);
        done(backend.append(new Append(StreamId.of("counter2", "a"), ExpectedVersion.any(), "test",
                List.of(Envelope.of("counter2.x", 1, Payload.json(new byte[0]), Set.of(), AT_NOON, null)))));
        append("b", 2, 3);
        append("a", 4);

        List<Integer> read = new ArrayList<>();
        RecordedPage<Counted> page = done(store.getAllEvents(Position.START, 2));
        read.addAll(counts(page.events()));
        while (!page.atEnd()) {
            page = done(store.getAllEvents(page.next(), 2));
            read.addAll(counts(page.events()));
        }

        assertThat(read).containsExactly(1, 2, 3, 4);
        assertThat(store.streamAllEvents(Position.START).map(RecordedEvent::id)).containsExactly("a", "b", "b", "a");
    }

    @Test
    void records_without_an_event_are_hidden_everywhere() {
        appendCommandOnly("a");
        append("a", 1);
        appendCommandOnly("a");
        List<Integer> delivered = Collections.synchronizedList(new ArrayList<>());

        assertThat(counts(done(store.getEvents("a", 1, 10)))).containsExactly(1);
        assertThat(counts(done(store.getAllEvents(Position.START, 10)).events())).containsExactly(1);
        assertThat(counts(store.streamEvents("a").toList())).containsExactly(1);
        assertThat(counts(store.streamAllEvents(Position.START).toList())).containsExactly(1);
        try (Subscription subscription = store.subscribe(Position.START,
                recorded -> delivered.add(recorded.event().by()))) {
            append("a", 2);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> delivered.size() == 2);
        }
        assertThat(delivered).containsExactly(1, 2);
    }

    @Test
    void streams_read_on_over_their_pages() {
        Integer[] many = IntStream.range(0, 2_500).boxed().toArray(Integer[]::new);
        append("a", many);

        assertThat(counts(store.streamEvents("a").toList())).containsExactly(many);
        assertThat(counts(store.streamAllEvents(Position.START).toList())).containsExactly(many);
        assertThat(counts(store.streamEvents("a").limit(3).toList())).containsExactly(0, 1, 2);
        assertThat(store.streamEvents("b")).isEmpty();
    }

    @Test
    void a_subscription_delivers_history_and_what_follows_and_resumes() {
        List<RecordedEvent<Counted>> delivered = Collections.synchronizedList(new ArrayList<>());
        append("a", 1, 2);
        try (Subscription first = store.subscribe(Position.START, delivered::add)) {
            append("b", 3);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> delivered.size() == 3);
            first.close();
            done(first.ended());
        }
        append("a", 4);
        try (Subscription second = store.subscribe(delivered.get(2).position(), delivered::add)) {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> delivered.size() == 4);
        }

        assertThat(counts(delivered)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void an_event_that_this_code_does_not_know_fails_the_read_and_ends_the_subscription() {
        append("a", 1);
        done(backend.append(new Append(StreamId.of("counter", "a"), ExpectedVersion.any(), "test",
                List.of(Envelope.of("counter.counted", 2, Payload.json(new byte[0]), Set.of(), AT_NOON, null)))));
        List<Integer> delivered = Collections.synchronizedList(new ArrayList<>());

        assertThat(catchThrowable(() -> done(store.getEvents("a", 1, 10))))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(UnknownStoredTypeException.class);
        assertThat(catchThrowable(() -> store.streamEvents("a").toList()))
                .isInstanceOf(UnknownStoredTypeException.class);
        try (Subscription subscription = store.subscribe(Position.START,
                recorded -> delivered.add(recorded.event().by()))) {
            assertThat(catchThrowable(() -> done(subscription.ended())))
                    .hasCauseInstanceOf(UnknownStoredTypeException.class);
        }
        assertThat(delivered).containsExactly(1);
    }

    @Test
    void the_latest_snapshot_of_an_instance_comes_back() {
        Payload state = Payload.json("7".getBytes(UTF_8));
        done(store.saveSnapshot("a", 3, Payload.json("5".getBytes(UTF_8))));
        done(store.saveSnapshot("a", 4, state));

        var latest = done(store.getLatestSnapshot("a")).orElseThrow();

        assertThat(latest.stream()).isEqualTo(StreamId.of("counter", "a"));
        assertThat(latest.sequenceNr()).isEqualTo(4);
        assertThat(latest.timestamp()).isEqualTo(NOON);
        assertThat(latest.payload()).isEqualTo(state);
        assertThat(done(store.getLatestSnapshot("b"))).isEmpty();
    }

    @Test
    void flush_and_counters_are_those_of_the_backend() {
        append("a", 1, 2);

        done(store.flush());

        assertThat(store.stats()).isEqualTo(backend.stats());
        assertThat(store.stats().events()).isEqualTo(2);
    }
}

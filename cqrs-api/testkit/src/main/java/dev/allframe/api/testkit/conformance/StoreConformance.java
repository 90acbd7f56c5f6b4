package dev.allframe.api.testkit.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventReader;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * What the parts of the suite share: a fresh store for each test, bounded waits, and short ways to write and to read.
 */
abstract class StoreConformance {

    static final int MAX_RECORD_BYTES = 4_096;
    static final StreamId ANNA = StreamId.of("account", "anna");
    static final StreamId BERT = StreamId.of("account", "bert");
    static final Instant NOON = Instant.parse("2024-02-29T12:00:00.123Z");

    private final EventStoreBackendConformance suite;
    private final List<EventStoreBackend> opened = new ArrayList<>();
    EventStoreBackend store;

    StoreConformance(EventStoreBackendConformance suite) {
        this.suite = suite;
        this.store = openAnother();
    }

    /** A second store, closed after the test like the first. */
    final EventStoreBackend openAnother() {
        EventStoreBackend another = suite.open(MAX_RECORD_BYTES);
        opened.add(another);
        return another;
    }

    @AfterEach
    final void close_the_stores() {
        opened.forEach(EventStoreBackend::close);
    }

    /** How long to wait for what should happen, at most. */
    final Duration patience() {
        return suite.patience();
    }

    /** What a stage completes with; a failure is thrown as it is. */
    final <T extends @Nullable Object> T done(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(suite.patience().toMillis(), MILLISECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError("a stage failed", failed);
        } catch (TimeoutException late) {
            throw new AssertionError("a stage was not done within " + suite.patience(), late);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", stopped);
        }
    }

    /** What a stage fails with, which must be of this very type. */
    final <X extends Throwable> X refused(Class<X> type, CompletionStage<?> stage) {
        Throwable failure = catchThrowable(() -> done(stage));
        assertThat(failure).isExactlyInstanceOf(type);
        return type.cast(failure);
    }

    final void eventually(String what, BooleanSupplier happened) {
        Awaitility.await(what).pollInterval(5, MILLISECONDS).atMost(suite.patience()).until(happened::getAsBoolean);
    }

    /** Runs the same work on some threads at once. */
    static CompletableFuture<Void> together(int threads, IntConsumer work) {
        return CompletableFuture.allOf(IntStream.range(0, threads)
                .mapToObj(thread -> CompletableFuture.runAsync(() -> work.accept(thread),
                        task -> Thread.ofVirtual().start(task)))
                .toArray(CompletableFuture[]::new));
    }

    /** An event with a text as payload and nothing else of interest. */
    static Envelope event(String text) {
        return Envelope.of("account.noted", 1, json(text), Set.of(), EventMetadata.at(NOON), null);
    }

    static Payload json(String text) {
        return Payload.json(text.getBytes(UTF_8));
    }

    /** Bytes of all values over and over. */
    static byte[] everyByte(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    final CompletionStage<Appended> appending(StreamId stream, ExpectedVersion expected, String... texts) {
        List<Envelope> records = Arrays.stream(texts).map(StoreConformance::event).toList();
        return store.append(new Append(stream, expected, "conformance", records));
    }

    final Appended append(StreamId stream, String... texts) {
        return done(appending(stream, ExpectedVersion.any(), texts));
    }

    final Appended append(StreamId stream, Envelope... records) {
        return done(store.append(new Append(stream, ExpectedVersion.any(), "conformance", List.of(records))));
    }

    /** Everything that is stored in a stream. */
    final List<StoredEvent> read(StreamId stream) {
        return done(store.getEvents(stream, 1, Long.MAX_VALUE, EventReader.MAX_PAGE));
    }

    final List<StoredEvent> readAll() {
        return readAll(EventFilter.all(), Position.START, EventReader.MAX_PAGE);
    }

    /** Reads page by page to the end, and checks that every page keeps what it promises. Nobody may write meanwhile. */
    final List<StoredEvent> readAll(EventFilter filter, Position after, int limit) {
        List<StoredEvent> read = new ArrayList<>();
        Position from = after;
        while (true) {
            EventPage page = done(store.getAllEvents(filter, from, limit));
            assertThat(page.events()).hasSizeLessThanOrEqualTo(limit).allMatch(filter::matches);
            read.addAll(page.events());
            if (page.atEnd()) {
                assertThat(done(store.getAllEvents(EventFilter.all(), page.next(), 1)).events())
                        .as("behind the end")
                        .isEmpty();
                return read;
            }
            assertThat(page.next()).as("the next page begins later").isGreaterThan(from);
            from = page.next();
        }
    }

    static List<String> texts(List<StoredEvent> events) {
        return events.stream().map(stored -> new String(stored.envelope().payload().bytes(), UTF_8)).toList();
    }

    static List<Long> sequenceNrs(List<StoredEvent> events) {
        return events.stream().map(StoredEvent::sequenceNr).toList();
    }

    /** {@code 1, 2, … last}. */
    static List<Long> numbersTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}

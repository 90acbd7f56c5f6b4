package dev.allframe.journal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.Registration;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is special about the store in memory; the conformance suite says the rest. */
class InMemoryBackendTest {

    private static final StreamId ONE = StreamId.of("account", "1");
    private static final StreamId TWO = StreamId.of("account", "2");

    @Test
    void a_full_store_refuses_a_whole_append_and_drops_nothing() {
        InMemoryBackend store = InMemoryBackend.bounded(3);
        join(append(store, ONE, 2));

        assertThatThrownBy(() -> join(append(store, TWO, 2))).hasCauseInstanceOf(StoreFullException.class);

        assertThat(store.stats().events()).isEqualTo(2);
        assertThat(join(store.highestSequenceNr(TWO))).isZero();
        assertThat(join(store.getStreams(null, 10))).containsExactly(ONE);
        join(append(store, TWO, 1));
        assertThat(join(store.getEvents(ONE, 1, 10, 10))).hasSize(2);
    }

    @Test
    void deletes_make_room_in_a_full_store() {
        InMemoryBackend store = InMemoryBackend.bounded(3);
        join(append(store, ONE, 3));

        join(store.deleteEventsTo(ONE, 2));

        assertThat(join(append(store, TWO, 2)).lastPosition()).isEqualTo(position(store, 5));
        assertThat(store.stats().events()).isEqualTo(3);
        assertThat(store.stats().capacityEvents()).isEqualTo(3);
        assertThatThrownBy(() -> join(append(store, ONE, 1))).hasCauseInstanceOf(StoreFullException.class);
    }

    @Test
    void a_record_above_the_limit_is_refused_with_all_of_its_append() {
        InMemoryBackend store = InMemoryBackend.open(InMemoryConfig.unbounded().withMaxRecordBytes(28));
        Append tooLarge = new Append(ONE, ExpectedVersion.any(), "test", List.of(record(10), record(11)));

        assertThatThrownBy(() -> join(store.append(tooLarge))).cause()
                .isInstanceOfSatisfying(RecordTooLargeException.class, refusal -> {
                    assertThat(refusal.bytes()).isEqualTo(29);
                    assertThat(refusal.limitBytes()).isEqualTo(28);
                });
        assertThat(store.stats().events()).isZero();
    }

    @Test
    void a_scan_through_a_long_log_finds_what_is_rare_and_steps_over_deleted_pieces() {
        InMemoryBackend store = InMemoryBackend.unbounded();
        for (int i = 0; i < 20; i++) {
            join(append(store, ONE, 10_000));
        }
        join(append(store, TWO, 1));
        join(store.deleteEventsTo(ONE, 150_000));
        join(append(store, TWO, 1));

        List<StoredEvent> found = new ArrayList<>();
        EventPage page = join(store.getAllEvents(EventFilter.entityType("nobody"), Position.START, 10));
        assertThat(page.atEnd()).isFalse();
        Position after = Position.START;
        do {
            page = join(store.getAllEvents(EventFilter.all(), after, 7_000));
            found.addAll(page.events());
            after = page.next();
        } while (!page.atEnd());

        assertThat(found).hasSize(50_002).extracting(event -> event.position().index()).isSorted();
        assertThat(found.getFirst().sequenceNr()).isEqualTo(150_001);
        assertThat(found.getLast()).extracting(StoredEvent::stream, StoredEvent::sequenceNr).containsExactly(TWO, 2L);
        assertThat(after).isEqualTo(position(store, 200_002));
    }

    @Test
    void memory_of_deleted_events_is_given_back_and_the_log_goes_on() {
        InMemoryBackend store = InMemoryBackend.unbounded();
        join(append(store, ONE, 1_500));
        join(store.deleteEventsTo(ONE, Long.MAX_VALUE));
        assertThat(store.stats()).extracting("events", "bytes").containsExactly(0L, 0L);

        join(append(store, ONE, 2));

        assertThat(join(store.getAllEvents(EventFilter.all(), Position.START, 10)).events())
                .extracting(StoredEvent::sequenceNr)
                .containsExactly(1_501L, 1_502L);
        assertThat(join(store.getEventsBackwards(ONE, Long.MAX_VALUE, 10))).extracting(StoredEvent::sequenceNr)
                .containsExactly(1_502L, 1_501L);
    }

    @Test
    void a_listener_that_throws_does_not_spoil_the_append_nor_the_others() {
        InMemoryBackend store = InMemoryBackend.unbounded();
        AtomicInteger calls = new AtomicInteger();
        try (Registration broken = store.onAppend(() -> {
            throw new IllegalStateException("a listener that breaks its contract");
        }); Registration sound = store.onAppend(calls::incrementAndGet)) {
            assertThat(join(append(store, ONE, 1)).lastSequenceNr()).isEqualTo(1);
        }
        join(append(store, ONE, 1));

        assertThat(calls).hasValue(1);
    }

    @Test
    void listeners_of_a_stream_hear_of_it_alone_and_everyone_hears_of_the_close() {
        InMemoryBackend store = InMemoryBackend.unbounded();
        AtomicInteger calls = new AtomicInteger();
        Registration twice = store.onAppend(ONE, calls::incrementAndGet);
        Registration again = store.onAppend(ONE, calls::incrementAndGet);

        join(append(store, TWO, 1));
        assertThat(calls).hasValue(0);
        join(append(store, ONE, 1));
        assertThat(calls).hasValue(2);
        twice.close();
        twice.close();
        join(append(store, ONE, 1));
        assertThat(calls).hasValue(3);
        store.close();
        store.close();
        assertThat(calls.get()).isGreaterThan(3);

        again.close();
        assertThatThrownBy(() -> join(append(store, ONE, 1))).hasCauseInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> store.onAppend(calls::incrementAndGet)).isInstanceOf(StoreClosedException.class);
    }

    @Test
    void limits_below_one_are_refused() {
        assertThatThrownBy(() -> InMemoryBackend.bounded(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> InMemoryConfig.unbounded().withMaxRecordBytes(0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static CompletionStage<Appended> append(InMemoryBackend store, StreamId stream, int records) {
        return store.append(new Append(stream, ExpectedVersion.any(), "test", Collections.nCopies(records, record(2))));
    }

    private static Envelope record(int bytes) {
        return Envelope.of("account.opened", 1, Payload.json(new byte[bytes]), Set.of(),
                EventMetadata.at(Instant.EPOCH), null);
    }

    private static Position position(InMemoryBackend store, long index) {
        return new Position(store.storeId(), 0, 0, index);
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}

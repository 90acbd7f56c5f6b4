package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What one writer can rely on. */
@Guarantee({"G2", "G3", "G4"})
abstract class AppendConformance extends StoreConformance {

    AppendConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    @Test
    void an_append_says_where_its_records_are() {
        Appended first = append(ANNA, "a", "b");
        Appended second = append(ANNA, "c");

        assertThat(read(ANNA)).extracting(StoredEvent::position).element(1).isEqualTo(first.lastPosition());
        assertThat(first).isEqualTo(new Appended(ANNA, 1, 2, first.lastPosition()));
        assertThat(second).isEqualTo(new Appended(ANNA, 3, 3, read(ANNA).getLast().position()));
    }

    @Test
    void a_completed_append_is_seen_by_every_kind_of_read() {
        Appended appended = append(ANNA, "a");

        StoredEvent stored = new StoredEvent(ANNA, 1, appended.lastPosition(), "conformance", event("a"));
        assertThat(done(store.getEvents(ANNA, 1, 1, 1))).containsExactly(stored);
        assertThat(done(store.getEventsAfter(ANNA, 0, 1))).containsExactly(stored);
        assertThat(done(store.getEventsBackwards(ANNA, 1, 1))).containsExactly(stored);
        assertThat(done(store.getEvent(ANNA, 1))).contains(stored);
        assertThat(done(store.getAllEvents(EventFilter.all(), Position.START, 1)).events()).containsExactly(stored);
        assertThat(done(store.highestSequenceNr(ANNA))).isEqualTo(1);
        assertThat(done(store.lastPosition())).isEqualTo(appended.lastPosition());
        assertThat(done(store.getStreams(null, 1))).containsExactly(ANNA);
    }

    @Test
    void records_of_one_append_follow_each_other() {
        append(ANNA, "a", "b", "c");
        append(BERT, "d");

        assertThat(texts(read(ANNA))).containsExactly("a", "b", "c");
        assertThat(sequenceNrs(read(ANNA))).containsExactly(1L, 2L, 3L);
        assertThat(texts(readAll())).containsExactly("a", "b", "c", "d");
    }

    @Test
    void each_stream_has_its_own_sequence_numbers() {
        append(ANNA, "a");
        append(BERT, "b");
        append(ANNA, "c");

        assertThat(sequenceNrs(readAll())).containsExactly(1L, 1L, 2L);
    }

    @Test
    void sequence_numbers_have_no_gap_over_refused_appends() {
        append(ANNA, "a");
        refused(VersionConflictException.class, appending(ANNA, ExpectedVersion.exactly(9), "b"));
        refused(RecordTooLargeException.class, appending(ANNA, ExpectedVersion.any(), "x".repeat(5_000)));
        append(ANNA, "c");

        assertThat(sequenceNrs(read(ANNA))).containsExactly(1L, 2L);
        assertThat(texts(read(ANNA))).containsExactly("a", "c");
    }

    @Test
    void any_accepts_a_new_stream_and_an_old_one() {
        done(appending(ANNA, ExpectedVersion.any(), "a"));
        done(appending(ANNA, ExpectedVersion.any(), "b"));

        assertThat(texts(read(ANNA))).containsExactly("a", "b");
    }

    @Test
    void no_stream_accepts_only_a_stream_that_never_had_a_record() {
        done(appending(ANNA, ExpectedVersion.noStream(), "a"));

        assertConflict(ANNA, ExpectedVersion.noStream(), 1);
        assertThat(texts(readAll())).containsExactly("a");
    }

    @Test
    void stream_exists_accepts_only_a_stream_with_a_record() {
        assertConflict(ANNA, ExpectedVersion.streamExists(), 0);

        append(ANNA, "a");
        done(appending(ANNA, ExpectedVersion.streamExists(), "b"));

        assertThat(texts(readAll())).containsExactly("a", "b");
    }

    @Test
    void exactly_accepts_that_version_alone() {
        append(ANNA, "a", "b");

        assertConflict(ANNA, ExpectedVersion.exactly(0), 2);
        assertConflict(ANNA, ExpectedVersion.exactly(1), 2);
        assertConflict(ANNA, ExpectedVersion.exactly(3), 2);
        assertConflict(ANNA, ExpectedVersion.exactly(Long.MAX_VALUE), 2);
        done(appending(ANNA, ExpectedVersion.exactly(2), "c"));

        assertThat(texts(readAll())).containsExactly("a", "b", "c");
    }

    @Test
    void a_conflict_on_a_new_stream_leaves_no_trace() {
        append(BERT, "b");

        assertConflict(ANNA, ExpectedVersion.exactly(1), 0);

        assertThat(done(store.getStreams(null, 10))).containsExactly(BERT);
        assertThat(done(store.highestSequenceNr(ANNA))).isZero();
        assertThat(store.stats().streams()).isEqualTo(1);
        done(appending(ANNA, ExpectedVersion.noStream(), "a"));
    }

    private void assertConflict(StreamId stream, ExpectedVersion expected, long actual) {
        Position before = done(store.lastPosition());
        VersionConflictException conflict = refused(VersionConflictException.class,
                appending(stream, expected, "refused 1", "refused 2"));

        assertThat(conflict.stream()).isEqualTo(stream);
        assertThat(conflict.expected()).isEqualTo(expected);
        assertThat(conflict.actual()).isEqualTo(actual);
        assertThat(done(store.highestSequenceNr(stream))).isEqualTo(actual);
        assertThat(done(store.lastPosition())).isEqualTo(before);
    }

    @Test
    void a_conflict_has_no_effect_on_appends_in_flight_around_it() {
        CompletionStage<Appended> first = appending(ANNA, ExpectedVersion.exactly(0), "a");
        CompletionStage<Appended> stale = appending(ANNA, ExpectedVersion.exactly(0), "stale");
        CompletionStage<Appended> second = appending(ANNA, ExpectedVersion.exactly(1), "b");

        assertThat(refused(VersionConflictException.class, stale).actual()).isEqualTo(1);
        assertThat(done(first).lastSequenceNr()).isEqualTo(1);
        assertThat(done(second).lastSequenceNr()).isEqualTo(2);
        assertThat(texts(readAll())).containsExactly("a", "b");
    }

    @Test
    @Guarantee("G10")
    void a_record_over_the_limit_stores_nothing_of_its_append() {
        append(ANNA, "a");

        RecordTooLargeException tooLarge = refused(RecordTooLargeException.class,
                appending(ANNA, ExpectedVersion.exactly(1), "b", "x".repeat(MAX_RECORD_BYTES + 1), "c"));

        assertThat(tooLarge.bytes()).isEqualTo(MAX_RECORD_BYTES + 1);
        assertThat(tooLarge.limitBytes()).isEqualTo(MAX_RECORD_BYTES);
        assertThat(texts(readAll())).containsExactly("a");
        assertThat(done(store.highestSequenceNr(ANNA))).isEqualTo(1);
        append(ANNA, "d");
        assertThat(texts(read(ANNA))).containsExactly("a", "d");
    }

    @Test
    void a_record_of_exactly_the_limit_is_stored() {
        byte[] bytes = everyByte(MAX_RECORD_BYTES);
        Envelope envelope = Envelope.of("blob", 1, new Payload(7, "blob", bytes), event("").tags(),
                event("").metadata(), null);

        append(ANNA, envelope, envelope);

        assertThat(read(ANNA)).extracting(StoredEvent::envelope).containsExactly(envelope, envelope);
    }

    @Test
    void the_limit_is_for_each_record_and_not_for_the_append() {
        String large = "x".repeat(MAX_RECORD_BYTES - 1);

        append(ANNA, large, large, large, large);

        assertThat(texts(read(ANNA))).containsExactly(large, large, large, large);
    }

    @Test
    void appends_in_flight_from_one_thread_keep_their_order() {
        List<CompletionStage<Appended>> inFlight = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            inFlight.add(appending(ANNA, ExpectedVersion.exactly(i), "event " + i));
            expected.add("event " + i);
        }

        assertThat(done(store.highestSequenceNr(ANNA))).as("appends called before are counted").isEqualTo(500);
        for (int i = 0; i < 500; i++) {
            assertThat(done(inFlight.get(i)).lastSequenceNr()).isEqualTo(i + 1);
        }
        assertThat(texts(read(ANNA))).isEqualTo(expected);
    }

    @Test
    void a_large_append_is_one_append() {
        String[] texts = new String[2_500];
        Arrays.setAll(texts, i -> "event " + i);

        Appended appended = append(ANNA, texts);

        assertThat(appended.firstSequenceNr()).isEqualTo(1);
        assertThat(appended.lastSequenceNr()).isEqualTo(2_500);
        assertThat(texts(read(ANNA))).containsExactly(texts);
    }

    @Test
    void the_writer_of_each_record_is_kept() {
        done(store.append(new Append(ANNA, ExpectedVersion.any(), "first incarnation", List.of(event("a")))));
        done(store.append(new Append(ANNA, ExpectedVersion.any(), "", List.of(event("b"), event("c")))));

        assertThat(read(ANNA)).extracting(StoredEvent::writer).containsExactly("first incarnation", "", "");
    }
}

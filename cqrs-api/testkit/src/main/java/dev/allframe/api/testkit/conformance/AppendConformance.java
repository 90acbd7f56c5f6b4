package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allframe.aggregate.Refusal;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
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

        assertThat(tooLarge.bytes()).isEqualTo(MAX_RECORD_BYTES + 1 + 24); // account.noted, conformance
        assertThat(tooLarge.limitBytes()).isEqualTo(MAX_RECORD_BYTES);
        assertThat(texts(readAll())).containsExactly("a");
        assertThat(done(store.highestSequenceNr(ANNA))).isEqualTo(1);
        append(ANNA, "d");
        assertThat(texts(read(ANNA))).containsExactly("a", "d");
    }

    /** Each record has one part that alone is as large as the limit; with the names of the others it is over. */
    @Test
    @Guarantee("G10")
    void every_part_of_a_record_counts_towards_the_limit() {
        String large = "x".repeat(MAX_RECORD_BYTES);
        Payload small = json("{}");
        EventMetadata noon = EventMetadata.at(NOON);
        CommandRecord.Outcome accepted = new CommandRecord.Accepted();
        Map<String, Envelope> records = new LinkedHashMap<>();
        records.put("event type", Envelope.of(large, 1, small, Set.of(), noon, null));
        records.put("manifest", Envelope.of("t", 1, new Payload(7, large, new byte[0]), Set.of(), noon, null));
        records.put("tag", Envelope.of("t", 1, small, Set.of("a", large), noon, null));
        records.put("command id", with(new EventMetadata(NOON, large, null, null, Map.of()), null));
        records.put("correlation id", with(new EventMetadata(NOON, null, large, null, Map.of()), null));
        records.put("causation id", with(new EventMetadata(NOON, null, null, large, Map.of()), null));
        records.put("name of a header", with(new EventMetadata(NOON, null, null, null, Map.of(large, "")), null));
        records.put("header", with(new EventMetadata(NOON, null, null, null, Map.of("h", large)), null));
        records.put("remembered id", with(noon, new CommandRecord(large, "f", accepted, 1, 1)));
        records.put("fingerprint", with(noon, new CommandRecord("c", large, accepted, 1, 1)));
        records.put("refusal code", with(noon, refusing(new Refusal(large, "", Map.of()))));
        records.put("refusal message", with(noon, refusing(new Refusal("code", large, Map.of()))));
        records.put("name of a detail", with(noon, refusing(new Refusal("code", "", Map.of(large, "")))));
        records.put("detail of a refusal", with(noon, refusing(new Refusal("code", "", Map.of("d", large)))));
        records.put("adapter manifest", new Envelope("t", 1, small, Set.of(), noon, null, large, null));
        records.put("adapter metadata", new Envelope("t", 1, small, Set.of(), noon, null, "",
                new Payload(7, "", everyByte(MAX_RECORD_BYTES))));
        append(ANNA, "a");

        records.forEach((part, record) -> assertThat(catchThrowable(() -> append(ANNA, event("b"), record))).as(part)
                .isExactlyInstanceOf(RecordTooLargeException.class));
        refused(RecordTooLargeException.class,
                store.append(new Append(ANNA, ExpectedVersion.any(), large, List.of(event("b")))));

        assertThat(texts(readAll())).containsExactly("a");
        assertThat(done(store.highestSequenceNr(ANNA))).isEqualTo(1);
    }

    private static Envelope with(EventMetadata metadata, @Nullable CommandRecord command) {
        return Envelope.of("t", 1, json("{}"), Set.of(), metadata, command);
    }

    private static CommandRecord refusing(Refusal refusal) {
        return new CommandRecord("c", "f", new CommandRecord.Refused(refusal), 1, 1);
    }

    /** All names and texts are 24 characters of 1, 2, 3 and 4 bytes, which are 60 bytes. */
    @Test
    void a_record_of_exactly_the_limit_is_stored_and_a_byte_more_is_refused() {
        String word = "aaaaaa\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                + "\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00";
        CommandRecord command = new CommandRecord(word, word,
                new CommandRecord.Refused(new Refusal(word, word, Map.of(word, word))), 1, 1);
        EventMetadata metadata = new EventMetadata(NOON, word, word, word, Map.of(word, word));
        int others = 60 * 19;
        byte[] bytes = everyByte(MAX_RECORD_BYTES - others - 100);
        Envelope fits = new Envelope(word, 1, new Payload(7, word, bytes), Set.of(word, word + word), metadata,
                command, word, new Payload(8, word, everyByte(100)));
        Envelope larger = new Envelope(word, 1, new Payload(7, word, bytes), Set.of(word, word + word), metadata,
                command, word, new Payload(8, word, everyByte(101)));

        done(store.append(new Append(ANNA, ExpectedVersion.any(), word, List.of(fits, fits))));
        RecordTooLargeException tooLarge = refused(RecordTooLargeException.class,
                store.append(new Append(ANNA, ExpectedVersion.any(), word, List.of(fits, larger))));

        assertThat(read(ANNA)).extracting(StoredEvent::envelope).containsExactly(fits, fits);
        assertThat(tooLarge.bytes()).isEqualTo(MAX_RECORD_BYTES + 1);
        assertThat(tooLarge.limitBytes()).isEqualTo(MAX_RECORD_BYTES);
    }

    @Test
    void the_limit_is_for_each_record_and_not_for_the_append() {
        String large = "x".repeat(MAX_RECORD_BYTES - 24);

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

package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.Appended;
import dev.allframe.store.EventFilter;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import org.junit.jupiter.api.Test;

/** What is left after {@link dev.allframe.store.EventAppender#deleteEventsTo}. */
@Guarantee("G3")
abstract class DeleteConformance extends StoreConformance {

    DeleteConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    @Test
    void records_up_to_the_sequence_number_are_deleted() {
        append(ANNA, "a", "b", "c", "d");
        append(BERT, "e", "f");

        done(store.deleteEventsTo(ANNA, 2));

        assertThat(texts(read(ANNA))).containsExactly("c", "d");
        assertThat(sequenceNrs(read(ANNA))).containsExactly(3L, 4L);
        assertThat(texts(read(BERT))).containsExactly("e", "f");
    }

    @Test
    void a_window_over_a_deleted_beginning_returns_what_is_left() {
        append(ANNA, "a", "b", "c", "d", "e");
        done(store.deleteEventsTo(ANNA, 2));

        assertThat(texts(done(store.getEvents(ANNA, 1, 4, 10)))).containsExactly("c", "d");
        assertThat(texts(done(store.getEvents(ANNA, 2, 5, 2)))).containsExactly("c", "d");
        assertThat(texts(done(store.getEventsAfter(ANNA, 0, 1)))).containsExactly("c");
        assertThat(texts(done(store.getEventsBackwards(ANNA, 4, 10)))).containsExactly("d", "c");
        assertThat(done(store.getEvents(ANNA, 1, 2, 10))).isEmpty();
        assertThat(done(store.getEventsBackwards(ANNA, 2, 10))).isEmpty();
        assertThat(done(store.getEvent(ANNA, 2))).isEmpty();
        assertThat(done(store.getEvent(ANNA, 3))).isPresent();
    }

    @Test
    void deleted_records_are_not_among_all_events() {
        append(ANNA, "a", "b");
        append(BERT, "c");
        append(ANNA, "d");

        done(store.deleteEventsTo(ANNA, 2));

        assertThat(texts(readAll())).containsExactly("c", "d");
        assertThat(texts(readAll(EventFilter.entityType("account"), Position.START, 1))).containsExactly("c", "d");
        assertThat(texts(readAll(EventFilter.eventType("account.noted"), Position.START, 1)))
                .containsExactly("c", "d");
    }

    @Test
    void the_position_of_a_deleted_record_is_still_a_place_to_begin() {
        Appended deleted = append(ANNA, "a");
        append(BERT, "b");
        done(store.deleteEventsTo(ANNA, 1));

        assertThat(texts(readAll(EventFilter.all(), deleted.lastPosition(), 10))).containsExactly("b");
    }

    @Test
    void the_largest_number_deletes_all() {
        append(ANNA, "a", "b");
        append(BERT, "c");

        done(store.deleteEventsTo(ANNA, Long.MAX_VALUE));

        assertThat(read(ANNA)).isEmpty();
        assertThat(texts(readAll())).containsExactly("c");
        assertThat(store.stats().events()).isEqualTo(1);
    }

    @Test
    void the_version_stays_when_all_records_are_deleted() {
        append(ANNA, "a", "b", "c");

        done(store.deleteEventsTo(ANNA, 3));

        assertThat(done(store.highestSequenceNr(ANNA))).isEqualTo(3);
        assertThat(done(store.getStreams(null, 10))).containsExactly(ANNA);
        assertThat(store.stats().streams()).isEqualTo(1);
    }

    @Test
    void an_append_after_deleting_all_goes_on_behind_the_version() {
        append(ANNA, "a", "b");
        done(store.deleteEventsTo(ANNA, Long.MAX_VALUE));

        Appended appended = done(appending(ANNA, ExpectedVersion.exactly(2), "c"));

        assertThat(appended.firstSequenceNr()).isEqualTo(3);
        assertThat(texts(read(ANNA))).containsExactly("c");
        assertThat(sequenceNrs(readAll())).containsExactly(3L);
    }

    @Test
    @Guarantee("G4")
    void an_emptied_stream_still_exists_for_those_who_expect_something() {
        append(ANNA, "a");
        done(store.deleteEventsTo(ANNA, Long.MAX_VALUE));

        assertThat(refused(VersionConflictException.class, appending(ANNA, ExpectedVersion.noStream(), "b")).actual())
                .isEqualTo(1);
        done(appending(ANNA, ExpectedVersion.streamExists(), "c"));
        assertThat(texts(read(ANNA))).containsExactly("c");
    }

    @Test
    void deleting_beyond_the_end_spares_records_to_come() {
        append(ANNA, "a", "b");
        done(store.deleteEventsTo(ANNA, 100));
        append(ANNA, "c");

        assertThat(texts(read(ANNA))).containsExactly("c");
        assertThat(done(store.highestSequenceNr(ANNA))).isEqualTo(3);
    }

    @Test
    void deleting_again_or_less_changes_nothing() {
        append(ANNA, "a", "b", "c");
        done(store.deleteEventsTo(ANNA, 2));
        done(store.deleteEventsTo(ANNA, 2));
        done(store.deleteEventsTo(ANNA, 1));
        done(store.deleteEventsTo(ANNA, 0));
        done(store.deleteEventsTo(ANNA, -1));

        assertThat(texts(read(ANNA))).containsExactly("c");
    }

    @Test
    void deleting_from_an_unknown_stream_creates_nothing() {
        done(store.deleteEventsTo(BERT, Long.MAX_VALUE));

        done(appending(BERT, ExpectedVersion.noStream(), "a"));
        done(store.deleteEventsTo(ANNA, 1));

        assertThat(done(store.getStreams(null, 10))).containsExactly(BERT);
        assertThat(done(store.highestSequenceNr(ANNA))).isZero();
        assertThat(texts(read(BERT))).containsExactly("a");
    }

    @Test
    void the_last_position_stays_when_its_record_is_deleted() {
        Position last = append(ANNA, "a", "b").lastPosition();
        done(store.deleteEventsTo(ANNA, Long.MAX_VALUE));

        assertThat(done(store.lastPosition())).isEqualTo(last);
        assertThat(readAll()).isEmpty();
        assertThat(append(BERT, "c").lastPosition()).isGreaterThan(last);
        assertThat(texts(readAll())).containsExactly("c");
    }

    @Test
    void many_records_of_several_streams_can_be_deleted_in_pieces() {
        for (int i = 0; i < 300; i++) {
            append(StreamId.of("account", "deleted " + i % 3), "a", "b", "c", "d");
        }
        append(ANNA, "kept");
        for (long to = 50; to <= 400; to += 50) {
            for (int i = 0; i < 3; i++) {
                done(store.deleteEventsTo(StreamId.of("account", "deleted " + i), to));
            }
        }

        assertThat(texts(readAll())).containsExactly("kept");
        append(BERT, "later");
        assertThat(texts(readAll(EventFilter.all(), Position.START, 1))).containsExactly("kept", "later");
        assertThat(done(store.highestSequenceNr(StreamId.of("account", "deleted 1")))).isEqualTo(400);
    }
}

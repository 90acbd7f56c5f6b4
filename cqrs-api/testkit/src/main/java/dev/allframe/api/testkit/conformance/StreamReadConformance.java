package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.EventReader;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.StreamPage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reading one stream, and the list of streams. */
@Guarantee("G3")
abstract class StreamReadConformance extends StoreConformance {

    StreamReadConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    @BeforeEach
    void two_streams_are_stored() {
        append(ANNA, "a1", "a2");
        append(BERT, "b1");
        append(ANNA, "a3", "a4", "a5");
    }

    @Test
    void both_ends_of_a_range_are_included() {
        assertThat(texts(done(store.getEvents(ANNA, 2, 4, 10)))).containsExactly("a2", "a3", "a4");
        assertThat(texts(done(store.getEvents(ANNA, 3, 3, 10)))).containsExactly("a3");
        assertThat(texts(done(store.getEvents(ANNA, 1, Long.MAX_VALUE, 10))))
                .containsExactly("a1", "a2", "a3", "a4", "a5");
    }

    @Test
    void a_range_may_begin_before_the_first_and_end_behind_the_last() {
        assertThat(texts(done(store.getEvents(ANNA, 0, 2, 10)))).containsExactly("a1", "a2");
        assertThat(texts(done(store.getEvents(ANNA, Long.MIN_VALUE, 1, 10)))).containsExactly("a1");
        assertThat(texts(done(store.getEvents(ANNA, 5, 100, 10)))).containsExactly("a5");
    }

    @Test
    void an_empty_range_has_no_records() {
        assertThat(done(store.getEvents(ANNA, 4, 3, 10))).isEmpty();
        assertThat(done(store.getEvents(ANNA, 6, 100, 10))).isEmpty();
        assertThat(done(store.getEvents(ANNA, 1, 0, 10))).isEmpty();
        assertThat(done(store.getEvents(ANNA, Long.MAX_VALUE, Long.MAX_VALUE, 10))).isEmpty();
        assertThat(texts(done(store.getEvents(ANNA, 3, 4, 10)))).containsExactly("a3", "a4");
    }

    @Test
    void a_page_says_the_version_of_its_stream_whatever_part_of_it_is_read() {
        for (boolean flushed : List.of(false, true)) {
            if (flushed) {
                done(store.flush());
            }
            assertPage(done(store.getStreamPage(ANNA, 1, Long.MAX_VALUE, 10)), "a1", "a2", "a3", "a4", "a5");
            assertPage(done(store.getStreamPage(ANNA, 2, 4, 10)), "a2", "a3", "a4");
            assertPage(done(store.getStreamPage(ANNA, 2, 5, 2)), "a2", "a3");
            assertPage(done(store.getStreamPage(ANNA, 0, 1, 10)), "a1");
            assertPage(done(store.getStreamPage(ANNA, 6, Long.MAX_VALUE, 10)));
            assertPage(done(store.getStreamPage(ANNA, 4, 3, 10)));
        }
        assertThat(done(store.getStreamPage(StreamId.of("account", "unknown"), 1, Long.MAX_VALUE, 10)))
                .isEqualTo(new StreamPage(List.of(), 0));
    }

    private static void assertPage(StreamPage page, String... texts) {
        assertThat(texts(page.events())).containsExactly(texts);
        assertThat(page.highestSequenceNr()).isEqualTo(5);
    }

    @Test
    void a_page_with_the_version_has_what_was_appended_since_a_flush_and_not_what_is_deleted() {
        done(store.flush());
        append(ANNA, "a6", "a7");
        StreamPage page = done(store.getStreamPage(ANNA, 1, Long.MAX_VALUE, 10));
        assertThat(texts(page.events())).containsExactly("a1", "a2", "a3", "a4", "a5", "a6", "a7");
        assertThat(page.highestSequenceNr()).isEqualTo(7);

        done(store.deleteEventsTo(ANNA, 5));
        assertThat(texts(done(store.getStreamPage(ANNA, 1, 6, 10)).events())).containsExactly("a6");

        done(store.deleteEventsTo(ANNA, Long.MAX_VALUE));
        for (boolean flushed : List.of(false, true)) {
            if (flushed) {
                done(store.flush());
            }
            assertThat(done(store.getStreamPage(ANNA, 1, Long.MAX_VALUE, 10))).isEqualTo(new StreamPage(List.of(), 7));
        }
    }

    @Test
    void the_limit_cuts_at_the_later_end() {
        assertThat(texts(done(store.getEvents(ANNA, 2, 5, 2)))).containsExactly("a2", "a3");
        assertThat(texts(done(store.getEvents(ANNA, 1, 3, 1)))).containsExactly("a1");
        assertThat(texts(done(store.getEvents(ANNA, 4, 5, Integer.MAX_VALUE)))).containsExactly("a4", "a5");
    }

    @Test
    void pages_of_any_size_cover_a_stream() {
        for (int limit = 1; limit <= 6; limit++) {
            List<StoredEvent> read = new ArrayList<>();
            List<StoredEvent> page = done(store.getEventsAfter(ANNA, 0, limit));
            while (!page.isEmpty() && read.size() < 5) {
                read.addAll(page);
                page = done(store.getEventsAfter(ANNA, page.getLast().sequenceNr(), limit));
            }
            assertThat(texts(read)).as("limit %s", limit).containsExactly("a1", "a2", "a3", "a4", "a5");
            assertThat(page).as("after the last").isEmpty();
        }
    }

    @Test
    void backwards_the_highest_comes_first() {
        assertThat(texts(done(store.getEventsBackwards(ANNA, Long.MAX_VALUE, 10))))
                .containsExactly("a5", "a4", "a3", "a2", "a1");
        assertThat(texts(done(store.getEventsBackwards(ANNA, 4, 2)))).containsExactly("a4", "a3");
        assertThat(texts(done(store.getEventsBackwards(ANNA, 1, 2)))).containsExactly("a1");
        assertThat(done(store.getEventsBackwards(ANNA, 0, 10))).isEmpty();
    }

    @Test
    void pages_backwards_cover_a_stream() {
        for (int limit = 1; limit <= 6; limit++) {
            List<StoredEvent> read = new ArrayList<>();
            List<StoredEvent> page = done(store.getEventsBackwards(ANNA, Long.MAX_VALUE, limit));
            while (!page.isEmpty() && read.size() < 5) {
                read.addAll(page);
                page = done(store.getEventsBackwards(ANNA, page.getLast().sequenceNr() - 1, limit));
            }
            assertThat(texts(read)).as("limit %s", limit).containsExactly("a5", "a4", "a3", "a2", "a1");
        }
    }

    @Test
    void one_record_is_found_by_its_number() {
        assertThat(texts(done(store.getEvent(ANNA, 4)).stream().toList())).containsExactly("a4");
        assertThat(done(store.getEvent(ANNA, 6))).isEmpty();
        assertThat(done(store.getEvent(ANNA, 0))).isEmpty();
    }

    @Test
    void an_unknown_stream_is_empty() {
        StreamId unknown = StreamId.of("account", "unknown");

        assertThat(done(store.getEvents(unknown, 1, Long.MAX_VALUE, 10))).isEmpty();
        assertThat(done(store.getEventsBackwards(unknown, Long.MAX_VALUE, 10))).isEmpty();
        assertThat(done(store.getEvent(unknown, 1))).isEmpty();
        assertThat(done(store.highestSequenceNr(unknown))).isZero();
        assertThat(done(store.highestSequenceNr(ANNA))).isEqualTo(5);
        assertThat(done(store.getStreams(null, 10))).as("reading creates nothing").containsExactly(ANNA, BERT);
    }

    @Test
    void a_page_is_never_larger_than_the_largest() {
        String[] many = new String[EventReader.MAX_PAGE / 4 + 1];
        Arrays.fill(many, "x");
        StreamId large = StreamId.of("account", "large");
        for (int i = 0; i < 4; i++) {
            append(large, many);
        }

        assertThat(done(store.getEvents(large, 1, Long.MAX_VALUE, Integer.MAX_VALUE))).hasSize(EventReader.MAX_PAGE);
        assertThat(done(store.getEventsBackwards(large, Long.MAX_VALUE, Integer.MAX_VALUE)))
                .hasSize(EventReader.MAX_PAGE);
        assertThat(done(store.getEventsAfter(large, EventReader.MAX_PAGE, Integer.MAX_VALUE))).hasSize(4);
        assertThat(readAll()).hasSize(EventReader.MAX_PAGE + 10);
    }

    @Test
    void a_page_has_room_for_one_record_or_more() {
        assertThat(texts(done(store.getEvents(ANNA, 1, 5, 1)))).containsExactly("a1");

        refused(IllegalArgumentException.class, store.getEvents(ANNA, 1, 5, 0));
        refused(IllegalArgumentException.class, store.getEventsBackwards(ANNA, 5, 0));
        refused(IllegalArgumentException.class, store.getStreams(null, -1));
    }

    @Test
    void a_page_that_was_read_does_not_change() {
        List<StoredEvent> before = done(store.getEvents(ANNA, 1, Long.MAX_VALUE, 10));
        append(ANNA, "a6");
        done(store.deleteEventsTo(ANNA, 3));

        assertThat(texts(before)).containsExactly("a1", "a2", "a3", "a4", "a5");
    }

    @Test
    void streams_come_in_the_order_of_their_ids_page_by_page() {
        List<StreamId> expected = new ArrayList<>(List.of(ANNA, BERT));
        for (String id : List.of("transfer|2", "transfer|10", "A", "a", "z", "account", "account|", "account|anna|x")) {
            append(new StreamId(id), id);
            expected.add(new StreamId(id));
        }
        expected.sort(StreamId::compareTo);

        for (int limit : List.of(1, 3, 100)) {
            List<StreamId> read = new ArrayList<>();
            List<StreamId> page = done(store.getStreams(null, limit));
            while (!page.isEmpty()) {
                assertThat(page).hasSizeLessThanOrEqualTo(limit);
                read.addAll(page);
                page = done(store.getStreams(page.getLast(), limit));
            }
            assertThat(read).as("limit %s", limit).isEqualTo(expected);
        }
    }

    @Test
    void a_page_of_streams_may_begin_behind_an_id_that_does_not_exist() {
        assertThat(done(store.getStreams(new StreamId("account|ao"), 10))).containsExactly(BERT);
        assertThat(done(store.getStreams(new StreamId("zzz"), 10))).isEmpty();
    }
}

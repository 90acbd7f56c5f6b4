package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventReader;
import dev.allframe.store.ForeignPositionException;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading everything in position order. */
@Guarantee("G3")
abstract class AllEventsConformance extends StoreConformance {

    AllEventsConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    @Test
    void records_of_all_streams_come_in_the_order_of_their_appends() {
        append(BERT, "1");
        append(ANNA, "2", "3");
        append(BERT, "4");

        List<StoredEvent> all = readAll();

        assertThat(texts(all)).containsExactly("1", "2", "3", "4");
        assertThat(all).extracting(StoredEvent::stream).containsExactly(BERT, ANNA, ANNA, BERT);
        assertThat(all).extracting(StoredEvent::position).isSortedAccordingTo(Comparator.naturalOrder());
        assertThat(all).extracting(StoredEvent::position).doesNotHaveDuplicates();
    }

    @Test
    void positions_belong_to_the_store_and_begin_behind_the_start() {
        append(ANNA, "a");

        Position first = readAll().getFirst().position();

        assertThat(first.storeId()).isEqualTo(store.storeId());
        assertThat(first.index()).isGreaterThanOrEqualTo(1);
        assertThat(first).isGreaterThan(Position.START);
    }

    @Test
    void an_empty_store_is_at_its_end() {
        EventPage empty = done(store.getAllEvents(EventFilter.all(), Position.START, 10));

        assertThat(empty.events()).isEmpty();
        assertThat(empty.atEnd()).isTrue();
        assertThat(done(store.lastPosition())).isEqualTo(Position.START);
        append(ANNA, "a");
        assertThat(texts(readAll(EventFilter.all(), empty.next(), 10))).containsExactly("a");
    }

    @Test
    void the_last_position_is_that_of_the_last_record() {
        Position first = append(ANNA, "a", "b").lastPosition();
        assertThat(done(store.lastPosition())).isEqualTo(first);

        Position second = append(BERT, "c").lastPosition();
        assertThat(done(store.lastPosition())).isEqualTo(second);
        assertThat(readAll().getLast().position()).isEqualTo(second);
    }

    @Test
    void pages_of_any_size_cover_everything() {
        append(ANNA, "1", "2", "3");
        append(BERT, "4", "5");
        append(ANNA, "6", "7");

        for (int limit = 1; limit <= 8; limit++) {
            assertThat(texts(readAll(EventFilter.all(), Position.START, limit))).as("limit %s", limit)
                    .containsExactly("1", "2", "3", "4", "5", "6", "7");
        }
    }

    @Test
    void a_full_page_says_whether_more_is_stored_behind_it() {
        append(ANNA, "1", "2", "3");

        assertThat(done(store.getAllEvents(EventFilter.all(), Position.START, 2)).atEnd()).isFalse();
        assertThat(done(store.getAllEvents(EventFilter.all(), Position.START, 3)).atEnd()).isTrue();
        assertThat(done(store.getAllEvents(EventFilter.all(), Position.START, 4)).atEnd()).isTrue();
    }

    @Test
    void reading_goes_on_behind_the_position_of_any_record() {
        append(ANNA, "1", "2");
        append(BERT, "3", "4");
        List<StoredEvent> all = readAll();

        assertThat(texts(readAll(EventFilter.all(), all.get(0).position(), 10))).containsExactly("2", "3", "4");
        assertThat(texts(readAll(EventFilter.all(), all.get(2).position(), 10))).containsExactly("4");
        assertThat(readAll(EventFilter.all(), all.get(3).position(), 10)).isEmpty();
    }

    @Test
    void the_end_of_a_read_is_the_beginning_of_the_next() {
        append(ANNA, "1");
        Position end = done(store.getAllEvents(EventFilter.all(), Position.START, 10)).next();
        append(BERT, "2");
        append(ANNA, "3");

        assertThat(texts(readAll(EventFilter.all(), end, 10))).containsExactly("2", "3");
    }

    @Test
    void the_end_of_a_read_that_found_nothing_is_behind_what_it_looked_at() {
        append(ANNA, "1", "2");
        EventFilter never = EventFilter.tag("never");

        EventPage page = done(store.getAllEvents(never, Position.START, 10));
        while (!page.atEnd()) {
            page = done(store.getAllEvents(never, page.next(), 10));
        }
        append(BERT, "3");

        assertThat(texts(readAll(EventFilter.all(), page.next(), 10))).containsExactly("3");
    }

    @Test
    void a_page_is_never_larger_than_the_largest() {
        String[] many = new String[EventReader.MAX_PAGE / 2 + 1];
        Arrays.fill(many, "x");
        append(ANNA, many);
        append(BERT, many);

        EventPage page = done(store.getAllEvents(EventFilter.all(), Position.START, Integer.MAX_VALUE));

        assertThat(page.events()).hasSizeLessThanOrEqualTo(EventReader.MAX_PAGE);
        assertThat(page.atEnd()).isFalse();
        assertThat(readAll()).hasSize(EventReader.MAX_PAGE + 2);
    }

    @Test
    void a_page_has_room_for_one_record_or_more() {
        append(ANNA, "a", "b");

        assertThat(texts(done(store.getAllEvents(EventFilter.all(), Position.START, 1)).events()))
                .containsExactly("a");
        refused(IllegalArgumentException.class, store.getAllEvents(EventFilter.all(), Position.START, 0));
    }

    @Test
    @Guarantee("G10")
    void a_position_of_another_store_is_refused() {
        append(ANNA, "a");
        Position own = done(store.lastPosition());
        Position foreign = new Position(openAnother().storeId(), own.partition(), own.epoch(), own.index());
        Position invented = new Position("no store", 0, 0, 0);

        refused(ForeignPositionException.class, store.getAllEvents(EventFilter.all(), foreign, 10));
        refused(ForeignPositionException.class, store.getAllEvents(EventFilter.all(), invented, 10));
        assertThat(texts(readAll())).containsExactly("a");
    }

    @Test
    void stores_share_nothing() {
        append(ANNA, "a");

        assertThat(done(openAnother().getAllEvents(EventFilter.all(), Position.START, 10)).events()).isEmpty();
        assertThat(done(openAnother().highestSequenceNr(ANNA))).isZero();
        assertThat(texts(readAll())).containsExactly("a");
    }
}

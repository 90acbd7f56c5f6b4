package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.DurableState;
import dev.allframe.store.DurableStatePage;
import dev.allframe.store.ForeignPositionException;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The changes of durable states in position order. */
@Guarantee("G3")
abstract class StateChangeConformance extends StoreConformance {

    StateChangeConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    private DurableState upsert(StreamId id, long revision, String tag) {
        return done(store.upsertState(id, revision, json("value"), tag));
    }

    private List<DurableState> changes(Predicate<DurableState> wanted, Position after, int limit) {
        List<DurableState> read = new ArrayList<>();
        Position from = after;
        while (true) {
            DurableStatePage page = done(store.getStateChanges(wanted, from, limit));
            assertThat(page.changes()).hasSizeLessThanOrEqualTo(limit);
            read.addAll(page.changes());
            if (page.atEnd()) {
                return read;
            }
            assertThat(page.next()).as("the next page begins later").isGreaterThan(from);
            from = page.next();
        }
    }

    private List<DurableState> changes() {
        return changes(change -> true, Position.START, 100);
    }

    @Test
    void changes_come_in_the_order_in_which_they_were_made() {
        DurableState bert = upsert(BERT, 1, "");
        DurableState anna = upsert(ANNA, 1, "");

        assertThat(changes()).containsExactly(bert, anna);
        assertThat(anna.position()).isGreaterThan(bert.position());
    }

    @Test
    void of_each_id_only_the_last_change_is_there() {
        upsert(ANNA, 1, "");
        DurableState bert = upsert(BERT, 1, "");
        upsert(ANNA, 2, "");
        DurableState anna = upsert(ANNA, 3, "");

        assertThat(changes()).containsExactly(bert, anna);
    }

    @Test
    void a_delete_is_a_change() {
        upsert(ANNA, 1, "");
        DurableState bert = upsert(BERT, 1, "");
        DurableState deleted = done(store.deleteState(ANNA, 2));

        assertThat(changes()).containsExactly(bert, deleted);
    }

    @Test
    void changes_begin_behind_a_position() {
        DurableState anna = upsert(ANNA, 1, "");
        DurableState bert = upsert(BERT, 1, "");

        assertThat(changes(change -> true, anna.position(), 10)).containsExactly(bert);
        assertThat(changes(change -> true, bert.position(), 10)).isEmpty();
        DurableState again = upsert(ANNA, 2, "");
        assertThat(changes(change -> true, bert.position(), 10)).containsExactly(again);
    }

    @Test
    void changes_are_delivered_page_by_page() {
        List<DurableState> expected = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            expected.add(upsert(StreamId.of("state", "s" + i), 1, i % 7 == 0 ? "rare" : ""));
        }
        List<DurableState> rare = expected.stream().filter(change -> change.tag().equals("rare")).toList();
        assertThat(rare).hasSize(5);

        for (int limit : List.of(1, 4, 30, 100)) {
            assertThat(changes(change -> true, Position.START, limit)).as("limit %s", limit).isEqualTo(expected);
            assertThat(changes(change -> change.tag().equals("rare"), Position.START, limit)).isEqualTo(rare);
        }
    }

    @Test
    void the_end_of_a_read_is_the_beginning_of_the_next() {
        Position empty = done(store.getStateChanges(change -> true, Position.START, 10)).next();
        DurableState anna = upsert(ANNA, 1, "");
        assertThat(changes(change -> true, empty, 10)).containsExactly(anna);

        DurableStatePage nothingWanted = done(store.getStateChanges(change -> false, Position.START, 10));
        assertThat(nothingWanted.changes()).isEmpty();
        assertThat(nothingWanted.atEnd()).isTrue();
        DurableState bert = upsert(BERT, 1, "");
        assertThat(changes(change -> true, nothingWanted.next(), 10)).containsExactly(bert);
    }

    @Test
    void an_event_is_no_change_of_a_state() {
        append(ANNA, "event");
        DurableState bert = upsert(BERT, 1, "");
        append(BERT, "event");

        assertThat(changes()).containsExactly(bert);
    }

    @Test
    void a_refused_change_is_not_there() {
        DurableState one = upsert(ANNA, 1, "");
        refused(VersionConflictException.class, store.upsertState(ANNA, 1, json("x"), ""));
        refused(VersionConflictException.class, store.deleteState(BERT, 4));

        assertThat(changes()).containsExactly(one);
    }

    @Test
    @Guarantee("G10")
    void a_position_of_another_store_is_refused() {
        DurableState one = upsert(ANNA, 1, "");

        refused(ForeignPositionException.class,
                store.getStateChanges(change -> true, new Position("no store", 0, 0, 1), 10));
        refused(ForeignPositionException.class,
                store.getStateChanges(change -> true, new Position(openAnother().storeId(), 0, 0, 0), 10));
        assertThat(changes()).containsExactly(one);
    }

    @Test
    void a_page_has_room_for_one_change_or_more() {
        DurableState one = upsert(ANNA, 1, "");

        assertThat(done(store.getStateChanges(change -> true, Position.START, 1)).changes()).containsExactly(one);
        refused(IllegalArgumentException.class, store.getStateChanges(change -> true, Position.START, 0));
        refused(IllegalArgumentException.class, store.getStateIds(null, 0));
    }

    @Test
    void no_change_appears_behind_what_a_reader_has_seen() {
        int threads = 4;
        int changes = 200;
        CompletableFuture<Void> writers = together(threads, thread -> {
            for (int i = 0; i < changes; i++) {
                upsert(StreamId.of("state", thread + "-" + i), 1, "");
            }
        });

        List<DurableState> seen = new ArrayList<>();
        AtomicReference<Position> position = new AtomicReference<>(Position.START);
        eventually("the reader sees all", () -> {
            DurableStatePage page = done(store.getStateChanges(change -> true, position.get(), 50));
            seen.addAll(page.changes());
            position.set(page.next());
            return seen.size() >= threads * changes;
        });
        done(writers);

        assertThat(seen).isEqualTo(changes()).doesNotHaveDuplicates();
        assertThat(seen).extracting(DurableState::position).isSortedAccordingTo(Comparator.naturalOrder());
    }
}

package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.DurableState;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** One value for an id, with its revisions. */
@Guarantee("G4")
abstract class DurableStateConformance extends StoreConformance {

    DurableStateConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    private DurableState upsert(StreamId id, long revision, String value) {
        return done(store.upsertState(id, revision, json(value), ""));
    }

    private DurableState state(StreamId id) {
        return done(store.getState(id)).orElseThrow();
    }

    private void assertConflict(CompletionStage<DurableState> change, long revisionBefore, long actual) {
        VersionConflictException conflict = refused(VersionConflictException.class, change);
        assertThat(conflict.stream()).isEqualTo(ANNA);
        assertThat(conflict.expected()).isEqualTo(ExpectedVersion.exactly(revisionBefore));
        assertThat(conflict.actual()).isEqualTo(actual);
    }

    @Test
    void a_value_comes_back_as_it_was_set() {
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Payload payload = new Payload(-3, "manifest", new byte[]{0, -1, 7});

        DurableState set = done(store.upsertState(ANNA, 1, payload, "tag"));

        assertThat(set).isEqualTo(new DurableState(ANNA, 1, set.position(), set.timestamp(), payload, "tag"));
        assertThat(set.deleted()).isFalse();
        assertThat(set.position().storeId()).isEqualTo(store.storeId());
        assertThat(set.position()).isGreaterThan(Position.START);
        assertThat(set.timestamp()).isBetween(before, Instant.now());
        assertThat(set.timestamp()).isEqualTo(set.timestamp().truncatedTo(ChronoUnit.MILLIS));
        assertThat(done(store.getState(ANNA))).contains(set);
    }

    @Test
    void there_is_no_state_where_none_was_set() {
        upsert(BERT, 1, "b");

        assertThat(done(store.getState(ANNA))).isEmpty();
        assertThat(done(store.getState(BERT))).isPresent();
    }

    @Test
    void each_change_has_the_next_revision_and_replaces_the_value() {
        upsert(ANNA, 1, "one");
        DurableState two = done(store.upsertState(ANNA, 2, json("two"), "tag"));
        assertThat(state(ANNA)).isEqualTo(two);

        DurableState three = upsert(ANNA, 3, "");

        assertThat(state(ANNA)).isEqualTo(three);
        assertThat(three.payload()).isEqualTo(json(""));
        assertThat(three.tag()).isEmpty();
        assertThat(three.revision()).isEqualTo(3);
    }

    @Test
    void a_revision_that_is_not_the_next_is_refused() {
        assertConflict(store.upsertState(ANNA, 2, json("x"), ""), 1, 0);
        assertThat(done(store.getState(ANNA))).isEmpty();

        upsert(ANNA, 1, "one");
        DurableState two = upsert(ANNA, 2, "two");
        assertConflict(store.upsertState(ANNA, 1, json("x"), ""), 0, 2);
        assertConflict(store.upsertState(ANNA, 2, json("x"), ""), 1, 2);
        assertConflict(store.upsertState(ANNA, 4, json("x"), ""), 3, 2);

        assertThat(state(ANNA)).isEqualTo(two);
    }

    @Test
    void a_revision_below_the_first_is_refused() {
        upsert(BERT, 1, "b");

        refused(VersionConflictException.class, store.upsertState(ANNA, 0, json("x"), ""));
        refused(VersionConflictException.class, store.upsertState(ANNA, -1, json("x"), ""));
        refused(VersionConflictException.class, store.deleteState(ANNA, 0));

        assertThat(done(store.getState(ANNA))).isEmpty();
        assertThat(done(store.getStateIds(null, 10))).containsExactly(BERT);
    }

    @Test
    void after_a_delete_the_state_says_so_and_keeps_revision_and_tag() {
        done(store.upsertState(ANNA, 1, json("one"), "tag"));

        DurableState deleted = done(store.deleteState(ANNA, 2));

        assertThat(deleted)
                .isEqualTo(new DurableState(ANNA, 2, deleted.position(), deleted.timestamp(), null, "tag"));
        assertThat(deleted.deleted()).isTrue();
        assertThat(state(ANNA)).isEqualTo(deleted);
        assertThat(done(store.getStateIds(null, 10))).isEmpty();
        assertThat(store.stats().states()).isZero();
    }

    @Test
    void a_delete_with_another_revision_is_refused() {
        assertConflict(store.deleteState(ANNA, 5), 4, 0);
        DurableState one = upsert(ANNA, 1, "one");

        assertConflict(store.deleteState(ANNA, 1), 0, 1);
        assertConflict(store.deleteState(ANNA, 3), 2, 1);

        assertThat(state(ANNA)).isEqualTo(one);
    }

    @Test
    void a_state_is_created_anew_with_the_revision_after_the_delete() {
        upsert(ANNA, 1, "one");
        done(store.deleteState(ANNA, 2));

        assertConflict(store.upsertState(ANNA, 1, json("x"), ""), 0, 2);
        DurableState again = upsert(ANNA, 3, "again");

        assertThat(state(ANNA)).isEqualTo(again);
        assertThat(again.revision()).isEqualTo(3);
        assertThat(done(store.getStateIds(null, 10))).containsExactly(ANNA);
    }

    @Test
    void a_delete_counts_as_a_change_even_where_nothing_is() {
        DurableState deleted = done(store.deleteState(ANNA, 1));
        assertThat(state(ANNA)).isEqualTo(deleted);
        assertThat(deleted.tag()).isEmpty();

        assertThat(done(store.deleteState(ANNA, 2)).revision()).isEqualTo(2);
        assertThat(state(ANNA).revision()).isEqualTo(2);
    }

    @Test
    void changes_in_flight_from_one_thread_keep_their_order() {
        List<CompletionStage<DurableState>> inFlight = new ArrayList<>();
        for (int revision = 1; revision <= 200; revision++) {
            inFlight.add(store.upsertState(ANNA, revision, json("value " + revision), ""));
        }
        inFlight.forEach(this::done);

        assertThat(state(ANNA).revision()).isEqualTo(200);
        assertThat(state(ANNA).payload()).isEqualTo(json("value 200"));
    }

    @Test
    void of_writers_with_the_same_revision_one_wins() {
        Map<Long, String> winners = new ConcurrentHashMap<>();
        List<String> twice = Collections.synchronizedList(new ArrayList<>());
        done(together(4, thread -> {
            for (long revision = 1; revision <= 100; revision++) {
                String value = "thread " + thread + " at " + revision;
                try {
                    if (winners.put(upsert(ANNA, revision, value).revision(), value) != null) {
                        twice.add(value);
                    }
                } catch (VersionConflictException lost) {
                    assertThat(lost.actual()).isGreaterThanOrEqualTo(revision);
                }
            }
        }));

        assertThat(twice).as("won what another had won").isEmpty();
        assertThat(winners).hasSize(100);
        assertThat(state(ANNA).revision()).isEqualTo(100);
        assertThat(state(ANNA).payload()).isEqualTo(json(String.valueOf(winners.get(100L))));
    }

    @Test
    void states_and_streams_with_the_same_id_have_nothing_in_common() {
        append(ANNA, "event");
        upsert(ANNA, 1, "state");
        done(store.deleteEventsTo(ANNA, Long.MAX_VALUE));
        append(ANNA, "event");
        done(store.upsertState(BERT, 1, json("state"), ""));

        assertThat(state(ANNA).revision()).isEqualTo(1);
        assertThat(done(store.highestSequenceNr(ANNA))).isEqualTo(2);
        assertThat(done(store.getStreams(null, 10))).containsExactly(ANNA);
        assertThat(readAll()).hasSize(1);
    }

    @Test
    void ids_with_a_value_come_in_order_page_by_page() {
        List<StreamId> expected = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            StreamId id = StreamId.of("state", "" + (char) ('z' - i));
            upsert(id, 1, "x");
            expected.addFirst(id);
        }
        done(store.deleteState(expected.remove(7), 2));

        for (int limit : List.of(1, 4, 100)) {
            List<StreamId> read = new ArrayList<>();
            List<StreamId> page = done(store.getStateIds(null, limit));
            while (!page.isEmpty()) {
                assertThat(page).hasSizeLessThanOrEqualTo(limit);
                read.addAll(page);
                page = done(store.getStateIds(page.getLast(), limit));
            }
            assertThat(read).as("limit %s", limit).isEqualTo(expected);
        }
    }
}

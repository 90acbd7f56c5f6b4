package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.Appended;
import dev.allframe.store.BackendStats;
import dev.allframe.store.ChangesRefused;
import dev.allframe.store.EventFilter;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoreClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Identity, counters, flush and close. */
abstract class LifecycleConformance extends StoreConformance {

    LifecycleConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    @Test
    void a_store_has_an_id_of_its_own_that_does_not_change() {
        String id = store.storeId();
        append(ANNA, "a");
        done(store.deleteEventsTo(ANNA, 1));
        append(ANNA, "b");

        assertThat(id).isNotEmpty().isEqualTo(store.storeId()).isNotEqualTo(openAnother().storeId());
        assertThat(store.stats().storeId()).isEqualTo(id);
        assertThat(readAll().getFirst().position().storeId()).isEqualTo(id);
    }

    @Test
    void counters_count_what_is_there() {
        assertCounters(0, 0, 0, 0, 0);

        append(ANNA, "123", "4567");
        append(BERT, "8");
        assertCounters(3, 2, 0, 0, 8);

        done(store.saveSnapshot(new Snapshot(ANNA, 1, NOON, json("12345"), null)));
        done(store.saveSnapshot(new Snapshot(ANNA, 2, NOON, json("1"), null)));
        done(store.saveSnapshot(new Snapshot(ANNA, 1, NOON, json("12"), null)));
        assertCounters(3, 2, 2, 0, 11);

        done(store.upsertState(ANNA, 1, json("1234567"), ""));
        done(store.upsertState(ANNA, 2, json("123456"), ""));
        done(store.upsertState(BERT, 1, json("1"), ""));
        assertCounters(3, 2, 2, 2, 18);

        done(store.deleteEventsTo(ANNA, 1));
        done(store.deleteSnapshots(ANNA, SnapshotCriteria.exactly(2)));
        done(store.deleteState(BERT, 2));
        assertCounters(2, 2, 1, 1, 13);
    }

    private void assertCounters(long events, long streams, long snapshots, long states, long bytes) {
        BackendStats stats = store.stats();
        assertThat(stats.withChangesRefused(null))
                .isEqualTo(new BackendStats(store.storeId(), stats.durability(), events, streams, snapshots,
                        states, bytes, stats.capacityEvents(), stats.tiers(), stats.writes()));
        assertThat(stats.durability()).isNotEmpty();
        assertThat(stats.capacityEvents()).isPositive();
    }

    @Test
    void a_flush_changes_nothing_that_is_read() {
        append(ANNA, "a", "b");
        append(BERT, "c");
        done(store.upsertState(ANNA, 1, json("state"), ""));
        done(store.saveSnapshot(new Snapshot(ANNA, 1, NOON, json("snapshot"), null)));
        Position last = done(store.lastPosition());

        done(store.flush());
        done(store.flush());

        assertThat(texts(readAll())).containsExactly("a", "b", "c");
        assertThat(done(store.lastPosition())).isEqualTo(last);
        assertThat(done(store.getState(ANNA))).isPresent();
        assertThat(done(store.getLatestSnapshot(ANNA, SnapshotCriteria.all()))).isPresent();
        done(appending(ANNA, ExpectedVersion.exactly(2), "d"));
        assertThat(texts(read(ANNA))).containsExactly("a", "b", "d");
    }

    @Test
    void a_flush_waits_for_appends_called_before_it() {
        List<CompletionStage<Appended>> inFlight = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            inFlight.add(appending(ANNA, ExpectedVersion.any(), "event " + i));
        }
        inFlight.forEach(this::done);
        done(store.flush());

        assertThat(read(ANNA)).hasSize(100);
    }

    @Test
    @Guarantee("G10")
    void a_closed_store_refuses_to_write() {
        append(ANNA, "a");
        assertThat(texts(read(ANNA))).containsExactly("a");
        store.close();

        refusesAsClosed(appending(ANNA, ExpectedVersion.any(), "b"));
        refusesAsClosed(store.deleteEventsTo(ANNA, 1));
        refusesAsClosed(store.saveSnapshot(new Snapshot(ANNA, 1, NOON, json("x"), null)));
        refusesAsClosed(store.deleteSnapshots(ANNA, SnapshotCriteria.all()));
        refusesAsClosed(store.upsertState(ANNA, 1, json("x"), ""));
        refusesAsClosed(store.deleteState(ANNA, 1));
        refusesAsClosed(store.flush());
    }

    @Test
    void a_store_says_whether_it_takes_changes_and_why_not() {
        append(ANNA, "a");
        assertThat(store.changesRefused()).isNull();
        assertThat(store.stats().changesRefused()).isNull();
        store.close();

        ChangesRefused closed = Objects.requireNonNull(store.changesRefused());
        assertThat(closed).isEqualTo(store.stats().changesRefused());
        assertThat(closed.reason()).contains(store.storeId()).contains("closed");
        assertThat(closed.lasting()).isTrue();
    }

    @Test
    @Guarantee("G10")
    void a_closed_store_refuses_to_read() {
        append(ANNA, "a");
        assertThat(texts(read(ANNA))).containsExactly("a");
        store.close();

        refusesAsClosed(store.getEvents(ANNA, 1, 10, 10));
        refusesAsClosed(store.getStreamPage(ANNA, 1, 10, 10));
        refusesAsClosed(store.getEventsAfter(ANNA, 0, 10));
        refusesAsClosed(store.getEventsBackwards(ANNA, 1, 10));
        refusesAsClosed(store.getEvent(ANNA, 1));
        refusesAsClosed(store.getAllEvents(EventFilter.all(), Position.START, 10));
        refusesAsClosed(store.highestSequenceNr(ANNA));
        refusesAsClosed(store.lastPosition());
        refusesAsClosed(store.getStreams(null, 10));
        refusesAsClosed(store.getLatestSnapshot(ANNA, SnapshotCriteria.all()));
        refusesAsClosed(store.getState(ANNA));
        refusesAsClosed(store.getStateChanges(change -> true, Position.START, 10));
        refusesAsClosed(store.getStateIds(null, 10));
    }

    /** The default methods wrap the failure of what they call, which {@code done} takes off again. */
    private void refusesAsClosed(CompletionStage<?> stage) {
        refused(StoreClosedException.class, stage);
    }

    @Test
    @Guarantee("G10")
    void a_closed_store_takes_no_registrations() {
        append(ANNA, "a");
        assertThat(texts(read(ANNA))).containsExactly("a");
        store.close();

        assertThatThrownBy(() -> store.onAppend(() -> {})).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> store.onAppend(ANNA, () -> {})).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> store.onStateChange(() -> {})).isInstanceOf(StoreClosedException.class);
    }

    @Test
    void a_closed_store_still_says_its_id_and_its_last_counters() {
        append(ANNA, "123", "4567");
        String id = store.storeId();

        store.close();

        assertThat(store.storeId()).isEqualTo(id);
        assertCounters(2, 1, 0, 0, 7);
    }

    @Test
    void closing_twice_does_nothing() {
        append(ANNA, "a");
        assertThat(texts(read(ANNA))).containsExactly("a");

        store.close();
        store.close();

        refusesAsClosed(store.lastPosition());
    }

    @Test
    void close_waits_for_appends_under_way() {
        List<CompletionStage<Appended>> inFlight = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            inFlight.add(appending(ANNA, ExpectedVersion.any(), "event " + i));
        }
        store.close();

        assertThat(inFlight).allMatch(append -> append.toCompletableFuture().isDone());
        assertThat(done(inFlight.getLast()).lastSequenceNr()).isEqualTo(100);
    }
}

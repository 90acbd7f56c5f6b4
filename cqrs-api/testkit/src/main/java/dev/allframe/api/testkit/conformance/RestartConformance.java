package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.aggregate.Refusal;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.Appended;
import dev.allframe.store.BackendStats;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is there after the store was closed and opened again: everything. */
abstract class RestartConformance extends StoreConformance {

    private final DurableBackendConformance suite;

    RestartConformance(DurableBackendConformance suite) {
        super(suite);
        this.suite = suite;
    }

    private void restart() {
        store.close();
        store = suite.reopen(store, MAX_RECORD_BYTES);
    }

    @AfterEach
    void close_the_reopened_store() {
        store.close();
    }

    @Test
    void records_come_back_with_every_part_and_the_same_positions() {
        CommandRecord command = new CommandRecord("c", "f",
                new CommandRecord.Refused(new Refusal("no", "No.", Map.of("a", "b"))), 1, 1);
        append(ANNA, new Envelope("account.opened", 2, new Payload(7, "m", new byte[]{0, -1}), Set.of("t"),
                new EventMetadata(NOON, "c", "d", "e", Map.of("h", "v")), command, "am",
                new Payload(8, "n", new byte[]{1})));
        append(BERT, "b");
        append(ANNA, "c", "d");
        List<StoredEvent> before = readAll();

        restart();

        assertThat(before).hasSize(4);
        assertThat(readAll()).isEqualTo(before);
        assertThat(texts(read(BERT))).containsExactly("b");
        assertThat(readAll(EventFilter.tag("t"), Position.START, 1)).containsExactly(before.getFirst());
    }

    @Test
    @Guarantee("G9")
    void stored_types_stay() {
        append(ANNA, StoredTypeConformance.typed("account.opened", 1));
        done(store.flush());
        append(BERT, StoredTypeConformance.typed("account.opened", 2));

        restart();

        assertThat(done(store.getStoredTypes())).containsExactlyInAnyOrder(
                new StoredType("account", "account.opened", 1), new StoredType("account", "account.opened", 2));
    }

    @Test
    void the_id_of_the_store_stays() {
        String id = store.storeId();
        append(ANNA, "a");

        restart();

        assertThat(store.storeId()).isEqualTo(id);
        assertThat(texts(readAll())).containsExactly("a");
    }

    @Test
    @Guarantee("G4")
    void versions_stay_and_appends_go_on_behind_them() {
        Position last = append(ANNA, "a", "b").lastPosition();

        restart();

        refused(VersionConflictException.class, appending(ANNA, ExpectedVersion.noStream(), "x"));
        assertThat(done(store.lastPosition())).isEqualTo(last);
        Appended appended = done(appending(ANNA, ExpectedVersion.exactly(2), "c"));
        assertThat(appended.firstSequenceNr()).isEqualTo(3);
        assertThat(appended.lastPosition()).isGreaterThan(last);
        assertThat(texts(readAll())).containsExactly("a", "b", "c");
    }

    @Test
    void positions_given_before_are_places_to_begin() {
        Position first = append(ANNA, "a").lastPosition();
        append(BERT, "b");

        restart();
        append(ANNA, "c");

        assertThat(texts(readAll(EventFilter.all(), first, 1))).containsExactly("b", "c");
    }

    @Test
    void deleted_records_stay_deleted_and_the_version_stays() {
        append(BERT, "a", "b");
        Position last = append(ANNA, "c", "d").lastPosition();
        done(store.deleteEventsTo(ANNA, Long.MAX_VALUE));
        done(store.deleteEventsTo(BERT, 1));

        restart();

        assertThat(texts(readAll())).containsExactly("b");
        assertThat(read(ANNA)).isEmpty();
        assertThat(done(store.highestSequenceNr(ANNA))).isEqualTo(2);
        assertThat(done(store.getStreams(null, 10))).containsExactly(ANNA, BERT);
        assertThat(done(store.lastPosition())).isEqualTo(last);
        assertThat(done(appending(ANNA, ExpectedVersion.exactly(2), "e")).lastPosition()).isGreaterThan(last);
    }

    @Test
    void refused_appends_leave_nothing() {
        append(ANNA, "a");
        refused(VersionConflictException.class, appending(ANNA, ExpectedVersion.noStream(), "x"));
        refused(RecordTooLargeException.class,
                appending(BERT, ExpectedVersion.any(), "x", "x".repeat(MAX_RECORD_BYTES + 1)));

        restart();

        assertThat(texts(readAll())).containsExactly("a");
        assertThat(done(store.getStreams(null, 10))).containsExactly(ANNA);
    }

    @Test
    void snapshots_come_back_and_deleted_ones_do_not() {
        Snapshot kept = new Snapshot(ANNA, 2, NOON, json("two"), new Payload(9, "meta", new byte[]{5}));
        done(store.saveSnapshot(new Snapshot(ANNA, 2, NOON, json("replaced"), null)));
        done(store.saveSnapshot(kept));
        done(store.saveSnapshot(new Snapshot(ANNA, 4, NOON, json("four"), null)));
        done(store.deleteSnapshots(ANNA, SnapshotCriteria.exactly(4)));

        restart();

        assertThat(done(store.getLatestSnapshot(ANNA, SnapshotCriteria.all()))).contains(kept);
    }

    @Test
    void states_come_back_with_their_revisions_and_their_order() {
        DurableState anna = done(store.upsertState(ANNA, 1, json("a"), "tag"));
        done(store.upsertState(BERT, 1, json("b"), "tag"));
        DurableState bert = done(store.deleteState(BERT, 2));

        restart();

        assertThat(done(store.getState(ANNA))).contains(anna);
        assertThat(done(store.getState(BERT))).contains(bert);
        assertThat(done(store.getStateChanges(change -> true, Position.START, 10)).changes())
                .containsExactly(anna, bert);
        refused(VersionConflictException.class, store.upsertState(BERT, 1, json("x"), ""));
        DurableState again = done(store.upsertState(BERT, 3, json("c"), ""));
        assertThat(done(store.getStateChanges(change -> true, bert.position(), 10)).changes()).containsExactly(again);
        assertThat(done(store.getStateIds(null, 10))).containsExactly(ANNA, BERT);
    }

    @Test
    void counters_count_what_came_back() {
        append(ANNA, "a", "b");
        append(BERT, "c");
        done(store.deleteEventsTo(ANNA, 1));
        done(store.saveSnapshot(new Snapshot(ANNA, 2, NOON, json("s"), null)));
        done(store.upsertState(ANNA, 1, json("v"), ""));

        restart();

        BackendStats stats = store.stats();
        assertThat(List.of(stats.events(), stats.streams(), stats.snapshots(), stats.states()))
                .containsExactly(2L, 2L, 1L, 1L);
    }

    @Test
    void many_restarts_lose_and_repeat_nothing() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            done(appending(ANNA, ExpectedVersion.exactly(2L * i), "first " + i, "second " + i));
            expected.addAll(List.of("first " + i, "second " + i));
            if (i % 2 == 0) {
                done(store.flush());
            }
            restart();
        }

        assertThat(texts(readAll())).isEqualTo(expected);
        assertThat(sequenceNrs(read(ANNA))).isEqualTo(numbersTo(20));
    }

    @Test
    void of_appends_around_the_close_those_are_there_that_were_acknowledged() {
        ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
        AtomicInteger count = new AtomicInteger();
        CompletableFuture<Void> writers = together(4, thread -> {
            StreamId stream = StreamId.of("account", "of thread " + thread);
            try {
                for (int i = 0; i < 100_000; i++) {
                    append(stream, thread + " " + i);
                    acknowledged.add(thread + " " + i);
                    count.incrementAndGet();
                }
            } catch (StoreClosedException closed) {
                return; // this append is refused, and is not there later
            }
        });
        eventually("some appends", () -> count.get() > 100);

        store.close();
        done(writers);
        restart();

        assertThat(texts(readAll())).containsExactlyInAnyOrderElementsOf(acknowledged);
    }
}

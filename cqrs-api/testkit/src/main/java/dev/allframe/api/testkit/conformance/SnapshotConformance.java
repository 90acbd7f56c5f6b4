package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@link dev.allframe.store.SnapshotStore}. */
abstract class SnapshotConformance extends StoreConformance {

    SnapshotConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    private Snapshot save(StreamId stream, long sequenceNr, Instant time, String state) {
        return save(new Snapshot(stream, sequenceNr, time, json(state), null));
    }

    private Snapshot save(Snapshot snapshot) {
        done(store.saveSnapshot(snapshot));
        return snapshot;
    }

    private @Nullable Snapshot latest(SnapshotCriteria criteria) {
        return done(store.getLatestSnapshot(ANNA, criteria)).orElse(null);
    }

    private static SnapshotCriteria between(Instant earliest, Instant last) {
        return new SnapshotCriteria(0, Long.MAX_VALUE, earliest, last);
    }

    @Test
    void a_snapshot_comes_back_as_it_was_saved() {
        Snapshot plain = save(new Snapshot(ANNA, 1, NOON, json("{\"balance\":1}"), null));
        Snapshot full = save(new Snapshot(BERT, Long.MAX_VALUE, Instant.parse("1969-12-31T23:59:59.999Z"),
                new Payload(-7, "manifest", new byte[]{0, -1}), new Payload(8, "", new byte[0])));

        assertThat(latest(SnapshotCriteria.all())).isEqualTo(plain);
        assertThat(done(store.getLatestSnapshot(BERT, SnapshotCriteria.all()))).contains(full);
    }

    @Test
    void an_empty_state_and_one_as_large_as_a_record_are_kept() {
        Snapshot empty = save(ANNA, 1, NOON, "");
        assertThat(latest(SnapshotCriteria.all())).isEqualTo(empty);

        Snapshot large = save(ANNA, 2, NOON, "x".repeat(MAX_RECORD_BYTES));
        assertThat(latest(SnapshotCriteria.all())).isEqualTo(large);
    }

    @Test
    void a_stream_without_snapshots_has_none() {
        save(BERT, 1, NOON, "of another stream");

        assertThat(done(store.getLatestSnapshot(ANNA, SnapshotCriteria.all()))).isEqualTo(Optional.empty());
        assertThat(done(store.getLatestSnapshot(BERT, SnapshotCriteria.all()))).isPresent();
    }

    @Test
    void a_snapshot_needs_no_events_and_makes_none() {
        Snapshot before = save(ANNA, 0, NOON, "before the first");

        assertThat(latest(SnapshotCriteria.all())).isEqualTo(before);
        assertThat(latest(SnapshotCriteria.exactly(0))).isEqualTo(before);
        assertThat(done(store.highestSequenceNr(ANNA))).isZero();
        assertThat(done(store.getStreams(null, 10))).isEmpty();
        assertThat(readAll()).isEmpty();
    }

    @Test
    void the_latest_has_the_highest_sequence_number_whenever_it_was_saved() {
        save(ANNA, 5, NOON, "five");
        Snapshot ten = save(ANNA, 10, NOON.minusSeconds(60), "ten");
        save(ANNA, 7, NOON.plusSeconds(60), "seven");

        assertThat(latest(SnapshotCriteria.all())).isEqualTo(ten);
    }

    @Test
    void a_snapshot_with_the_same_sequence_number_is_replaced() {
        save(ANNA, 5, NOON, "old");
        Snapshot replacement = save(new Snapshot(ANNA, 5, NOON.minusSeconds(1), json("new"), json("metadata")));

        assertThat(latest(SnapshotCriteria.all())).isEqualTo(replacement);
        assertThat(latest(between(NOON, NOON))).isNull();
        assertThat(store.stats().snapshots()).isEqualTo(1);
    }

    @Test
    void bounds_of_sequence_numbers_are_included() {
        Snapshot three = save(ANNA, 3, NOON, "three");
        Snapshot six = save(ANNA, 6, NOON, "six");

        assertThat(latest(SnapshotCriteria.upTo(6))).isEqualTo(six);
        assertThat(latest(SnapshotCriteria.upTo(5))).isEqualTo(three);
        assertThat(latest(SnapshotCriteria.upTo(3))).isEqualTo(three);
        assertThat(latest(SnapshotCriteria.upTo(2))).isNull();
        assertThat(latest(SnapshotCriteria.exactly(3))).isEqualTo(three);
        assertThat(latest(SnapshotCriteria.exactly(4))).isNull();
        assertThat(latest(new SnapshotCriteria(6, 9, Instant.MIN, Instant.MAX))).isEqualTo(six);
        assertThat(latest(new SnapshotCriteria(7, 9, Instant.MIN, Instant.MAX))).isNull();
        assertThat(latest(new SnapshotCriteria(9, 0, Instant.MIN, Instant.MAX))).isNull();
    }

    @Test
    void bounds_of_time_are_included() {
        Snapshot early = save(ANNA, 3, NOON, "early");
        Snapshot late = save(ANNA, 6, NOON.plusMillis(10), "late");

        assertThat(latest(between(NOON, NOON.plusMillis(10)))).isEqualTo(late);
        assertThat(latest(between(NOON, NOON.plusMillis(9)))).isEqualTo(early);
        assertThat(latest(between(NOON.plusMillis(1), Instant.MAX))).isEqualTo(late);
        assertThat(latest(between(NOON.plusMillis(1), NOON.plusMillis(9)))).isNull();
        assertThat(latest(between(NOON, NOON))).isEqualTo(early);
        assertThat(latest(new SnapshotCriteria(6, 6, NOON, NOON))).as("both bounds count").isNull();
    }

    @Test
    void snapshots_that_are_meant_are_deleted() {
        Snapshot two = save(ANNA, 2, NOON, "two");
        save(ANNA, 4, NOON, "four");
        Snapshot six = save(ANNA, 6, NOON, "six");
        Snapshot other = save(BERT, 4, NOON, "of another stream");

        done(store.deleteSnapshots(ANNA, SnapshotCriteria.exactly(4)));

        assertThat(latest(SnapshotCriteria.upTo(5))).isEqualTo(two);
        assertThat(latest(SnapshotCriteria.all())).isEqualTo(six);
        assertThat(done(store.getLatestSnapshot(BERT, SnapshotCriteria.all()))).contains(other);
        assertThat(store.stats().snapshots()).isEqualTo(3);
    }

    @Test
    void snapshots_are_deleted_up_to_a_number_or_a_time() {
        save(ANNA, 2, NOON, "two");
        save(ANNA, 4, NOON.plusMillis(1), "four");
        save(ANNA, 6, NOON.plusMillis(2), "six");
        Snapshot eight = save(ANNA, 8, NOON.plusMillis(3), "eight");

        done(store.deleteSnapshots(ANNA, SnapshotCriteria.upTo(4)));
        assertThat(latest(SnapshotCriteria.upTo(5))).isNull();
        assertThat(store.stats().snapshots()).isEqualTo(2);

        done(store.deleteSnapshots(ANNA, between(Instant.MIN, NOON.plusMillis(2))));
        assertThat(latest(SnapshotCriteria.upTo(7))).isNull();
        assertThat(latest(SnapshotCriteria.all())).isEqualTo(eight);
    }

    @Test
    void deleting_all_leaves_none_and_deleting_none_is_no_error() {
        save(ANNA, 2, NOON, "two");
        save(ANNA, 4, NOON, "four");
        done(store.deleteSnapshots(ANNA, SnapshotCriteria.exactly(3)));
        done(store.deleteSnapshots(BERT, SnapshotCriteria.all()));
        assertThat(store.stats().snapshots()).isEqualTo(2);

        done(store.deleteSnapshots(ANNA, SnapshotCriteria.all()));
        assertThat(latest(SnapshotCriteria.all())).isNull();

        Snapshot again = save(ANNA, 2, NOON, "again");
        assertThat(latest(SnapshotCriteria.all())).isEqualTo(again);
    }

    @Test
    void snapshots_stay_when_events_are_deleted() {
        append(ANNA, "1", "2");
        Snapshot snapshot = save(ANNA, 2, NOON, "two");

        done(store.deleteEventsTo(ANNA, Long.MAX_VALUE));

        assertThat(latest(SnapshotCriteria.all())).isEqualTo(snapshot);
    }
}

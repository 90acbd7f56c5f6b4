package dev.allframe.journal.allsource.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsAppended;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsDeleted;
import dev.allframe.journal.allsource.engine.log.LogEntry.SnapshotSaved;
import dev.allframe.journal.allsource.engine.log.LogEntry.SnapshotsDeleted;
import dev.allframe.journal.allsource.engine.log.LogEntry.StateChanged;
import dev.allframe.journal.allsource.tables.Backing;
import dev.allframe.journal.allsource.tables.MemoryKeyValues;
import dev.allframe.journal.allsource.tables.Tables;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StateStoreTest {

    static final String STORE = "store-1";
    static final StreamId ANNA = StreamId.of("account", "anna");
    static final StreamId BERT = StreamId.of("account", "bert");
    static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    Path directory;

    private Tables tables(Backing backing) {
        return Tables.create(backing, Table.STATE, directory.resolve("state"));
    }

    static Payload json(String text) {
        return Payload.json(text.getBytes(StandardCharsets.UTF_8));
    }

    static LogEntry event(StreamId stream, String type, int version) {
        Envelope envelope = Envelope.of(type, version, json("{}"), Set.of(),
                new EventMetadata(NOON, null, null, null, Map.of()), null);
        return new EventsAppended(stream, "w", 1, 1, List.of(envelope));
    }

    static LogEntry snapshot(StreamId stream, long sequenceNr, long millis, String state) {
        return new SnapshotSaved(new Snapshot(stream, sequenceNr, NOON.plusMillis(millis), json(state), null));
    }

    static LogEntry changed(StreamId id, long revision, long change, @Nullable String value, String tag) {
        return new StateChanged(new DurableState(id, revision, new Position(STORE, 0, 0, change), NOON,
                value == null ? null : json(value), tag));
    }

    private static void apply(StateStore state, @Nullable LogEntry... log) {
        List<AppliedEntry> applied = new ArrayList<>();
        for (@Nullable LogEntry entry : log) {
            applied.add(new AppliedEntry(state.appliedLsn() + 1 + applied.size(), entry));
        }
        state.apply(applied);
    }

    @ParameterizedTest
    @EnumSource
    void snapshots_are_found_by_number_and_time(Backing backing) {
        try (Tables tables = tables(backing)) {
            StateStore state = StateStore.open(tables.entries(), STORE);
            apply(state, snapshot(ANNA, 5, 0, "five"), snapshot(ANNA, 10, -60, "ten"), snapshot(ANNA, 7, 60, "seven"),
                    snapshot(ANNA, 5, 1, "5"));

            assertThat(state.latestSnapshot(ANNA, SnapshotCriteria.all()).orElseThrow().sequenceNr()).isEqualTo(10);
            assertThat(state.latestSnapshot(ANNA, SnapshotCriteria.upTo(9)).orElseThrow().payload())
                    .isEqualTo(json("seven"));
            assertThat(state.latestSnapshot(ANNA, new SnapshotCriteria(0, 9, Instant.MIN, NOON.plusMillis(1)))
                    .orElseThrow()).isEqualTo(new Snapshot(ANNA, 5, NOON.plusMillis(1), json("5"), null));
            assertThat(state.latestSnapshot(ANNA, new SnapshotCriteria(9, 0, Instant.MIN, Instant.MAX))).isEmpty();
            assertThat(state.latestSnapshot(BERT, SnapshotCriteria.all())).isEmpty();
            assertThat(state.snapshots(ANNA, SnapshotCriteria.all(), 10)).extracting(Snapshot::sequenceNr)
                    .containsExactly(10L, 7L, 5L);
            assertThat(state.counters()).isEqualTo(new StateCounters(4, 0, 3, 9, 0, 0, 0));
        }
    }

    @ParameterizedTest
    @EnumSource
    void snapshots_that_are_meant_are_deleted_also_those_of_the_same_batch(Backing backing) {
        try (Tables tables = tables(backing)) {
            StateStore state = StateStore.open(tables.entries(), STORE);
            apply(state, snapshot(ANNA, 1, 0, "a"), snapshot(ANNA, 2, 5, "b"), snapshot(BERT, 2, 0, "c"));
            apply(state, snapshot(ANNA, 3, 0, "d"),
                    new SnapshotsDeleted(ANNA, 1, 3, NOON.toEpochMilli(), NOON.toEpochMilli()),
                    snapshot(ANNA, 4, 0, "e"));

            assertThat(state.snapshots(ANNA, SnapshotCriteria.all(), 10)).extracting(Snapshot::sequenceNr)
                    .containsExactly(4L, 2L);
            assertThat(state.snapshots(BERT, SnapshotCriteria.all(), 10)).hasSize(1);
            apply(state, new SnapshotsDeleted(ANNA, 0, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE));
            assertThat(state.counters().snapshots()).isEqualTo(1);
            assertThat(state.counters().snapshotBytes()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void streams_of_types_that_have_a_snapshot_may_have_one_before_and_after_the_state_is_opened_again(
            Backing backing) {
        StreamId order = StreamId.of("order", "o-1");
        StreamId foreign = new StreamId("foreign");
        StreamId longer = StreamId.of("accounts", "anna");
        try (Tables tables = tables(backing)) {
            StateStore state = StateStore.open(tables.entries(), STORE);
            assertThat(state.mayHaveSnapshot(ANNA)).isFalse();
            apply(state, snapshot(ANNA, 1, 0, "a"), snapshot(BERT, 1, 0, "b"), snapshot(foreign, 1, 0, "f"),
                    snapshot(StreamId.of("zebra", "z"), 1, 0, "z"), event(order, "ordered", 1));

            for (StateStore opened : List.of(state, StateStore.open(tables.entries(), STORE))) {
                assertThat(List.of(ANNA, BERT, StreamId.of("account", "new"), foreign, StreamId.of("zebra", "y")))
                        .allMatch(opened::mayHaveSnapshot);
                assertThat(List.of(order, longer)).noneMatch(opened::mayHaveSnapshot);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void with_very_many_types_of_snapshots_any_stream_may_have_one(Backing backing) {
        try (Tables tables = tables(backing)) {
            StateStore state = StateStore.open(tables.entries(), STORE);
            for (int i = 0; i < SnapshotTypes.MOST; i++) {
                apply(state, snapshot(StreamId.of("type" + i, "a"), 1, 0, "a"));
            }
            assertThat(state.mayHaveSnapshot(ANNA)).isFalse();
            assertThat(StateStore.open(tables.entries(), STORE).mayHaveSnapshot(ANNA)).isFalse();

            apply(state, snapshot(BERT, 1, 0, "b"));

            assertThat(state.mayHaveSnapshot(ANNA)).isTrue();
            assertThat(state.mayHaveSnapshot(StreamId.of("order", "o-1"))).isTrue();
            assertThat(StateStore.open(tables.entries(), STORE).mayHaveSnapshot(StreamId.of("order", "o"))).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void of_each_durable_state_the_last_change_is_kept(Backing backing) {
        try (Tables tables = tables(backing)) {
            StateStore state = StateStore.open(tables.entries(), STORE);
            apply(state, changed(ANNA, 1, 1, "one", "tag"), changed(BERT, 1, 2, "b", ""),
                    changed(ANNA, 2, 3, "two", "t"));
            apply(state, changed(ANNA, 3, 4, null, "t"));

            assertThat(state.state(ANNA).orElseThrow())
                    .isEqualTo(new DurableState(ANNA, 3, new Position(STORE, 0, 0, 4), NOON, null, "t"));
            assertThat(state.changesAfter(0, 10).changes()).extracting(DurableState::id).containsExactly(BERT, ANNA);
            assertThat(state.changesAfter(0, 1).atEnd()).isFalse();
            assertThat(state.changesAfter(2, 1).changes()).extracting(DurableState::revision).containsExactly(3L);
            assertThat(state.changesAfter(2, 1).atEnd()).isTrue();
            assertThat(state.changesAfter(4, 1)).isEqualTo(new StateChanges(List.of(), true));
            assertThat(state.stateIds(null, 10)).containsExactly(BERT);
            assertThat(state.stateIds(BERT, 10)).isEmpty();
            assertThat(state.counters()).isEqualTo(new StateCounters(4, 0, 0, 0, 1, 1, 4));
        }
    }

    @ParameterizedTest
    @EnumSource
    void deletes_are_counted_once_and_types_are_kept(Backing backing) {
        try (Tables tables = tables(backing)) {
            StateStore state = StateStore.open(tables.entries(), STORE);
            assertThat(state.deletedTo(ANNA)).isZero();
            apply(state, new EventsDeleted(ANNA, 5), new EventsDeleted(ANNA, 3), new EventsDeleted(BERT, 0),
                    new EventsDeleted(ANNA, 7), event(ANNA, "opened", 1), event(ANNA, "opened", 3000),
                    event(new StreamId("x"), "opened", 1), event(ANNA, "opened", 1), event(ANNA, "allframe.command", 1),
                    null);

            assertThat(state.deletedTo(ANNA)).isEqualTo(7);
            assertThat(state.deletedTo(BERT)).isZero();
            assertThat(state.counters().deletedEvents()).isEqualTo(7);
            List<String> deleted = new ArrayList<>();
            state.forEachDeleted((stream, to) -> deleted.add(stream + " " + to));
            assertThat(deleted).containsExactly("account|anna 7");
            state.flush();
            StateStore again = StateStore.open(tables.crash(), STORE);
            assertThat(again.types()).containsExactly(new StoredType("", "opened", 1),
                    new StoredType("account", "opened", 1), new StoredType("account", "opened", 3000));
            assertThat(again.appliedLsn()).isEqualTo(10);
            assertThat(again.deletedTo(ANNA)).isEqualTo(7);
        }
    }

    @Test
    void entries_that_change_nothing_here_write_nothing_and_are_applied_all_the_same() {
        try (MemoryKeyValues entries = MemoryKeyValues.remembering(Table.STATE)) {
            StateStore state = StateStore.open(entries, STORE);
            apply(state, event(ANNA, "opened", 1));
            int before = entries.batches();

            apply(state, event(ANNA, "opened", 1), event(BERT, "opened", 1), null);

            assertThat(entries.batches()).isEqualTo(before);
            assertThat(state.appliedLsn()).isEqualTo(4);
            state.flush();
            assertThat(StateStore.open(entries.crash(), STORE).appliedLsn()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_log_that_begins_too_late_is_refused(Backing backing) {
        try (Tables tables = tables(backing)) {
            StateStore state = StateStore.open(tables.entries(), STORE);
            apply(state, new EventsDeleted(ANNA, 5));

            assertThatThrownBy(() -> state.apply(List.of(new AppliedEntry(3, new EventsDeleted(ANNA, 9)))))
                    .isInstanceOf(CorruptStoreException.class);

            assertThat(state.deletedTo(ANNA)).isEqualTo(5);
            assertThat(state.appliedLsn()).isEqualTo(1);
        }
    }

    private static List<@Nullable LogEntry> randomLog(Random random, int length) {
        List<@Nullable LogEntry> log = new ArrayList<>();
        long change = 0;
        for (int i = 0; i < length; i++) {
            StreamId stream = StreamId.of("account", "s" + random.nextInt(6));
            long nr = random.nextInt(8);
            log.add(switch (random.nextInt(7)) {
                case 0, 1 -> snapshot(stream, nr, random.nextInt(5), "x".repeat(random.nextInt(30)));
                case 2 -> new SnapshotsDeleted(stream, nr, nr + random.nextInt(4), NOON.toEpochMilli(),
                        NOON.toEpochMilli() + random.nextInt(5));
                case 3 -> new EventsDeleted(stream, random.nextInt(40));
                case 4, 5 ->
                    changed(stream, i, ++change, random.nextInt(4) == 0 ? null : "v" + i, "t" + random.nextInt(2));
                default ->
                    random.nextBoolean() ? null : event(stream, "e" + random.nextInt(4), 1 + random.nextInt(3));
            });
        }
        return log;
    }

    private static List<AppliedEntry> part(List<@Nullable LogEntry> log, long afterLsn, long toLsn) {
        List<AppliedEntry> part = new ArrayList<>();
        for (long lsn = afterLsn + 1; lsn <= toLsn; lsn++) {
            part.add(new AppliedEntry(lsn, log.get((int) lsn - 1)));
        }
        return part;
    }

    @ParameterizedTest
    @EnumSource
    void a_state_does_what_maps_do_through_crashes(Backing backing) {
        Random random = new Random(Seeds.next());
        List<@Nullable LogEntry> log = randomLog(random, 1_000);
        try (Tables tables = tables(backing)) {
            StateStore state = StateStore.open(tables.entries(), STORE);
            long flushed = 0;
            while (state.appliedLsn() < log.size()) {
                long from = Math.max(0, state.appliedLsn() - random.nextInt(20));
                state.apply(part(log, from, Math.min(log.size(), state.appliedLsn() + 1 + random.nextInt(15))));
                StateModel.of(log.subList(0, (int) state.appliedLsn())).check(state);
                switch (random.nextInt(12)) {
                    case 0 -> {
                        state.flush();
                        flushed = state.appliedLsn();
                    }
                    case 1 -> {
                        state = StateStore.open(tables.crash(), STORE);
                        assertThat(state.appliedLsn()).isEqualTo(flushed);
                    }
                    default -> {
                    }
                }
            }
        }
    }

    @Test
    void the_log_applied_again_from_any_moment_gives_the_same_bytes() {
        Random random = new Random(Seeds.next());
        List<@Nullable LogEntry> log = randomLog(random, 300);
        MemoryKeyValues entries = MemoryKeyValues.remembering(Table.STATE);
        StateStore state = StateStore.open(entries, STORE);
        while (state.appliedLsn() < log.size()) {
            state.apply(
                    part(log, state.appliedLsn(), Math.min(log.size(), state.appliedLsn() + 1 + random.nextInt(5))));
        }
        state.flush();
        List<String> expected = Tables.dump(entries, Table.STATE);

        for (int moment = 0; moment <= entries.batches(); moment++) {
            MemoryKeyValues left = entries.crashTo(moment);
            StateStore again = StateStore.open(left, STORE);
            again.apply(part(log, random.nextInt((int) again.appliedLsn() + 1), log.size()));
            again.flush();

            assertThat(Tables.dump(left, Table.STATE)).as("from moment %s", moment).isEqualTo(expected);
        }
        assertThat(entries.batches()).isGreaterThan(50);
    }
}

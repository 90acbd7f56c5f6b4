package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.journal.allsource.engine.CompactedStore.KeptTables;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.CrashReplay;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.FaultPlan;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.upkeep.CompactionReport;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * The power is lost after every operation of a compaction, and calls of the disk fail in it: there is the old state or
 * the new one, and no file too many.
 */
final class CompactionCrashTest {

    private static final long SEED = seed();

    private static long seed() {
        String given = System.getProperty("test.seed", "");
        long seed = given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
        System.out.println("test.seed=" + seed);
        return seed;
    }

    /** Three segments with deletes, sealed. */
    private static CompactedStore filled(Disk disk) {
        CompactedStore store = new CompactedStore(disk);
        for (int i = 0; i < 3; i++) {
            store.append("account|1", 7);
            store.append("account|2", 4);
            store.append("gone|1", 2);
            store.flush();
        }
        store.delete("account|1", 9);
        store.delete("gone|1", 6);
        store.append("account|2", 1);
        return store;
    }

    private static void assertWhole(String where, CompactedStore store, List<StoredEvent> expected) throws IOException {
        assertThat(store.all()).as(where).isEqualTo(expected);
        assertThat(store.numbers("account|1")).as(where).hasSize(12).first().isEqualTo(10L);
        assertThat(store.numbers("account|2")).as(where).hasSize(13);
        assertThat(store.numbers("gone|1")).as(where).isEmpty();
        assertThat(store.version("gone|1")).as(where).isEqualTo(6);
    }

    /** After a compaction there is one segment, and no file that is not its own. */
    private static void assertCompacted(String where, CompactedStore store) throws IOException {
        assertThat(store.sealedIds()).as(where).hasSize(1);
        long id = store.sealedIds().getFirst();
        // A segment that is being loaded ahead is deleted when that has ended.
        await().untilAsserted(() -> assertThat(store.files()).as(where)
                .containsExactly(String.format(Locale.ROOT, "%020d.parquet", id),
                        String.format(Locale.ROOT, "%020d.rows", id)));
    }

    @Test
    void a_power_loss_at_any_point_leaves_the_old_segments_or_the_new_one() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        CompactedStore store = filled(disk);
        List<StoredEvent> expected = store.all();
        disk.record();
        store.compact();
        KeptTables tables = store.tables;
        UUID storeId = UUID.fromString(store.backend.storeId());
        Random random = new Random(SEED);
        Set<Integer> segments = new HashSet<>();

        for (CrashReplay replay = new CrashReplay(disk);; replay.next()) {
            for (CrashMode mode : CrashMode.values()) {
                // the index may be ahead of the manifest here, or behind it; the state has what was forced before the
                // first operation
                KeptTables left = tables.afterCrash(random.nextInt(5) / 4.0, random.nextInt(5) / 4.0);
                String where = "seed " + SEED + ", " + mode + " " + replay;
                SimulatedDisk found = replay.crash(mode, random);
                segments.add(Manifest.load(found, CompactedStore.DIRECTORY, storeId).orElseThrow().segments().size());
                try (CompactedStore again = new CompactedStore(found, left, Long.MAX_VALUE)) {
                    assertWhole(where, again, expected);
                    again.flush();
                    again.compact();
                    assertWhole(where + ", compacted", again, expected);
                    assertCompacted(where, again);
                }
            }
            if (replay.atEnd()) {
                break;
            }
        }
        assertThat(segments).containsExactlyInAnyOrder(3, 1);
        store.close();
    }

    @Test
    void a_power_loss_while_a_store_is_closed_that_is_compacted_loses_nothing() throws IOException {
        Random random = new Random(SEED);
        boolean off = true;
        for (int change = 1; off; change++) {
            SimulatedDisk disk = new SimulatedDisk();
            PowerCut machine = new PowerCut(disk, Long.MAX_VALUE, random.nextBoolean());
            CompactedStore store = filled(machine);
            List<StoredEvent> expected = store.all();
            machine.offAfter(change);
            CompletionStage<CompactionReport> compacted = store.backend.compact();
            try {
                store.close();
            } catch (StoreFailedException withoutPower) {
                assertThat(machine.isOff()).isTrue();
            }
            assertThat(compacted.toCompletableFuture()).isDone();
            off = machine.isOff();
            CrashMode mode = CrashMode.any(random);
            String where = "seed " + SEED + ", " + mode + " at change " + change + ", " + machine;
            KeptTables left = store.tables.afterCrash(random.nextInt(5) / 4.0, random.nextInt(5) / 4.0);
            try (CompactedStore again = new CompactedStore(disk.crash(mode, random), left, Long.MAX_VALUE)) {
                assertWhole(where, again, expected);
                again.flush();
                again.compact();
                assertWhole(where + ", compacted", again, expected);
                assertCompacted(where, again);
            }
        }
    }

    @Test
    void a_call_of_the_disk_that_fails_loses_nothing_now_or_later() throws IOException {
        int failed = 0;
        for (FaultPlan.Kind kind : FaultPlan.Kind.values()) {
            for (int call = 1;; call++) {
                SimulatedDisk disk = new SimulatedDisk();
                CompactedStore store = filled(disk);
                List<StoredEvent> expected = store.all();
                String where = kind + " at call " + call;
                long failing = disk.calls() + call;
                disk.plan(FaultPlan.once(failing, kind));
                try {
                    store.compact();
                } catch (CompletionException refusedThen) {
                    failed++;
                    assertThat(store.backend.compactionFailures()).as(where).isPositive();
                }
                boolean reached = disk.calls() >= failing;
                disk.plan(FaultPlan.NONE);
                assertThat(store.all()).as(where).isEqualTo(expected);
                try {
                    store.append("account|2", 1);
                    store.flush();
                } catch (CompletionException unknown) { // the manifest, or the log, whose thread works meanwhile
                    assertThat(unknown).as(where)
                            .hasMessageMatching("(?s).*(sealing has failed|the log has failed|the log failed).*");
                }
                List<StoredEvent> more = new ArrayList<>(store.all());
                assertThat(more).as(where).hasSizeBetween(expected.size(), expected.size() + 1);
                store.reopen();
                assertThat(store.all()).as(where).isEqualTo(more);
                store.flush();
                store.compact();
                assertThat(store.all()).as(where).isEqualTo(more);
                assertCompacted(where, store);
                store.close();
                if (!reached) {
                    break; // the compaction ended before that call
                }
            }
        }
        assertThat(failed).isGreaterThan(10);
    }
}

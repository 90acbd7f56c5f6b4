package dev.allframe.journal.allsource.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.CrashReplay;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.wal.LogRun.Parts;
import dev.allframe.store.CorruptStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The power is lost after every single operation of every workload, in every mode, and while the log recovers from
 * that.
 */
class WalCrashTest {

    /** Of each operation and each mode in which chance decides what is left. */
    private static final int RANDOM_STATES = Seeds.count("crash.logs", 8);

    private final long seed = Seeds.next();
    private int states;

    @Test
    void what_was_promised_outlives_a_power_loss_after_any_operation() throws IOException {
        for (Map.Entry<String, Workloads.Workload> workload : Workloads.all().entrySet()) {
            assertThat(violations(workload.getKey(), workload.getValue(), Parts.SOUND)).isEmpty();
        }
        System.out.println("power was lost " + states + " times");
    }

    @Test
    void power_may_be_lost_again_at_any_point_of_a_recovery() throws IOException {
        for (Map.Entry<String, Workloads.Workload> workload : Workloads.all().entrySet()) {
            Random random = new Random(seed);
            LogRun run = recorded(workload.getValue(), Parts.SOUND);
            CrashReplay replay = new CrashReplay(run.disk);
            while (true) {
                for (CrashMode mode : CrashMode.values()) {
                    SimulatedDisk left = replay.crash(mode, random);
                    recoverAndLosePower(workload.getKey() + " " + mode + " " + replay, left, run, replay.boundary(),
                            random);
                }
                if (replay.atEnd()) {
                    break;
                }
                replay.next();
            }
        }
        System.out.println("power was lost " + states + " times while recovering");
    }

    private void recoverAndLosePower(String where, SimulatedDisk left, LogRun run, int boundary, Random random)
            throws IOException {
        left.record();
        Parts.SOUND.open(left, LogRun.SMALL, run.releasedAt(boundary), (lsn, entry, bytes) -> {});
        CrashReplay recovery = new CrashReplay(left);
        while (true) {
            CrashMode mode = CrashMode.any(random);
            states++;
            assertThat(new LogChecker(Parts.SOUND, LogRun.SMALL).check(recovery.crash(mode, random), run.given(),
                    run.promisedAt(boundary), run.releasedAt(boundary)))
                    .as("seed %s, %s, then %s %s", seed, where, mode, recovery)
                    .isEmpty();
            if (recovery.atEnd()) {
                return;
            }
            recovery.next();
        }
    }

    private static LogRun recorded(Workloads.Workload workload, Parts parts)
            throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        disk.record();
        LogRun run = new LogRun(disk, LogRun.SMALL, parts);
        workload.run(run);
        return run;
    }

    /** Loses power everywhere, and says what was wrong then. */
    private List<String> violations(String name, Workloads.Workload workload, Parts parts)
            throws IOException {
        Random random = new Random(seed);
        LogRun run = recorded(workload, parts);
        LogChecker checker = new LogChecker(parts, LogRun.SMALL);
        List<String> violations = new ArrayList<>();
        CrashReplay replay = new CrashReplay(run.disk);
        while (true) {
            for (CrashMode mode : CrashMode.values()) {
                boolean one = mode == CrashMode.KEEP_ALL || mode == CrashMode.LOSE_ALL;
                for (int i = 0; i < (one ? 1 : RANDOM_STATES); i++) {
                    states++;
                    checker.check(replay.crash(mode, random), run.given(), run.promisedAt(replay.boundary()),
                            run.releasedAt(replay.boundary()))
                            .ifPresent(text -> violations.add(
                                    "seed " + seed + ", " + name + ", " + mode + " " + replay + ": " + text));
                }
            }
            if (replay.atEnd()) {
                return violations;
            }
            replay.next();
        }
    }

    private List<String> violations(Parts parts) throws IOException {
        List<String> all = new ArrayList<>();
        for (String name : List.of("groups longer than a sector", "segments fill up")) {
            all.addAll(violations(name, Workloads.named(name), parts));
        }
        return all;
    }

    @Test
    void the_checker_finds_a_disk_that_does_not_force_files() throws IOException {
        var lying = new Parts(BrokenDisks::withoutForce, Parts.SOUND.tornEnd(), Parts.SOUND.consumer());

        assertThat(violations(lying)).anyMatch(text -> text.contains("were promised"));
    }

    @Test
    void the_checker_finds_a_disk_that_does_not_force_names() throws IOException {
        var lying = new Parts(BrokenDisks::withoutForcedNames, Parts.SOUND.tornEnd(), Parts.SOUND.consumer());

        assertThat(violations(lying)).anyMatch(text -> text.contains("were promised"));
    }

    @Test
    void the_checker_finds_a_recovery_that_takes_every_torn_end_for_damage() throws IOException {
        TornEnd refusing = (file, bytes, from, to, fileBytes, lsn, checksum) -> {
            throw CorruptStoreException.at(file, from, "planted");
        };

        assertThat(violations(new Parts(disk -> disk, refusing, all -> all)))
                .anyMatch(text -> text.contains("planted"));
    }

    @Test
    void the_checker_finds_entries_that_are_lost_doubled_or_out_of_order() throws IOException {
        assertThat(violations(delivering((all, lsn, entry) -> {
            if (lsn != 2) {
                all.entry(lsn, entry, 0);
            }
        }))).anyMatch(text -> text.contains("entry 3 comes after entry 1"));
        assertThat(violations(delivering((all, lsn, entry) -> {
            all.entry(lsn, entry, 0);
            if (lsn == 2) {
                all.entry(lsn, entry, 0);
            }
        }))).anyMatch(text -> text.contains("entry 2 comes after entry 2"));
        assertThat(violations(delivering((all, lsn, entry) -> all.entry(lsn,
                lsn == 2 ? LogRun.event(7, 1) : entry, 0))))
                .anyMatch(text -> text.contains("entry 2 is not what was appended"));
    }

    private interface Delivery {
        void deliver(WalConsumer all, long lsn, LogEntry entry);
    }

    private static Parts delivering(Delivery delivery) {
        return new Parts(disk -> disk, Parts.SOUND.tornEnd(),
                all -> new WalConsumer() {
                    @Override
                    public void entry(long lsn, LogEntry entry, int bytes) {
                        delivery.deliver(all, lsn, entry);
                    }

                    @Override
                    public void mark(long lsn) {
                        all.mark(lsn);
                    }
                });
    }
}

package dev.allframe.journal.allsource.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.FaultPlan;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.wal.LogRun.Parts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every single call of every workload fails, once or from then on. */
class WalFaultTest {

    /** How often each call fails; what a power loss leaves afterwards is another each time. */
    private static final int ROUNDS = Seeds.count("crash.calls", 1);

    private final long seed = Seeds.next();
    private int cases;

    @Test
    void what_was_promised_outlives_a_failure_of_any_call() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(violations(Parts.SOUND, seed + round)).isEmpty();
        }
        System.out.println("failed calls: " + cases);
    }

    @Test
    void the_checker_finds_a_recovery_that_trusts_what_it_reads_after_a_failed_force() throws IOException {
        assertThat(violations(new Parts(BrokenDisks::withoutRewriting, Parts.SOUND.tornEnd(), Parts.SOUND.consumer()),
                seed)).anyMatch(text -> text.contains("after going on"));
    }

    private List<String> violations(Parts parts, long roundSeed) throws IOException {
        List<String> violations = new ArrayList<>();
        for (Map.Entry<String, Workloads.Workload> workload : Workloads.all().entrySet()) {
            long calls = callsOf(workload.getValue());
            for (FaultPlan.Kind kind : FaultPlan.Kind.values()) {
                for (long call = 1; call <= calls; call++) {
                    for (FaultPlan plan : List.of(FaultPlan.once(call, kind), FaultPlan.forever(call, kind))) {
                        cases++;
                        violation(workload.getValue(), plan, parts, roundSeed).ifPresent(text -> violations.add(
                                "seed " + roundSeed + ", " + workload.getKey() + ", " + plan + ": " + text));
                    }
                }
            }
        }
        return violations;
    }

    private static long callsOf(Workloads.Workload workload) throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        workload.run(new LogRun(disk, LogRun.SMALL, Parts.SOUND));
        return disk.calls();
    }

    /** Runs until something fails; then either the process starts again on the same machine, or the power is lost. */
    private Optional<String> violation(Workloads.Workload workload, FaultPlan plan, Parts parts, long roundSeed) {
        SimulatedDisk disk = new SimulatedDisk();
        disk.record();
        disk.plan(plan);
        LogRun run = null;
        boolean failed = false;
        try {
            run = new LogRun(disk, LogRun.SMALL, parts);
            workload.run(run);
        } catch (IOException planned) {
            failed = true;
            Optional<String> notStopped = run == null ? Optional.empty() : goesOn(run, planned);
            if (notStopped.isPresent()) {
                return notStopped;
            }
        }
        disk.plan(FaultPlan.NONE);
        return outcome(disk, run, parts, failed, new Random(roundSeed));
    }

    private static Optional<String> goesOn(LogRun run, IOException planned) {
        if (planned instanceof NoSpaceException) {
            return Optional.empty();
        }
        try {
            LogRun.append(run.log(), LogRun.event(1, 1));
            return Optional.of("takes entries after " + planned);
        } catch (IOException | IllegalArgumentException refused) {
            return refused instanceof IOException ? Optional.empty() : Optional.of("goes on after " + planned);
        }
    }

    private Optional<String> outcome(SimulatedDisk disk, @Nullable LogRun run, Parts parts, boolean failed,
            Random random) {
        List<byte[]> given = run == null ? List.of() : run.given();
        long promised = run == null ? 0 : run.promisedAt(disk.boundary());
        long released = run == null ? 0 : run.releasedAt(disk.boundary());
        LogChecker checker = new LogChecker(parts, LogRun.SMALL);
        for (CrashMode mode : CrashMode.values()) {
            Optional<String> wrong = checker.check(disk.crash(mode, random), given, promised, released)
                    .map(text -> "power lost, " + mode + ": " + text);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return checker.check(disk, given, promised, released)
                .map(text -> (failed ? "" : "unnoticed, ") + "started again: " + text);
    }

    @Test
    void after_a_failed_force_nothing_is_written_any_more() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        LogRun run = new LogRun(disk, LogRun.SMALL, Parts.SOUND);
        run.append(2, 20);
        disk.plan(FaultPlan.once(disk.calls() + 2, FaultPlan.Kind.IO_ERROR));

        assertThatThrownBy(run::force).isInstanceOf(IOException.class).hasMessageContaining("the log has failed");

        long calls = disk.calls();
        WalLog log = run.log();
        assertThatThrownBy(log::force).isInstanceOf(IOException.class).hasMessageContaining("failed before");
        assertThatThrownBy(log::roll).isInstanceOf(IOException.class);
        assertThatThrownBy(log::idle).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> log.releaseTo(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> LogRun.append(log, LogRun.event(3, 1))).isInstanceOf(IOException.class);
        assertThat(disk.calls()).isEqualTo(calls);
    }

    @Test
    void without_room_for_a_segment_an_entry_is_refused_and_taken_when_there_is_room() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        disk.limit(2 * 2_048 + 1_000);
        LogRun run = new LogRun(disk, LogRun.SMALL, Parts.SOUND);
        run.append(3, 500);
        run.append(3, 500);
        run.force();

        assertThatThrownBy(() -> run.append(500)).isInstanceOf(NoSpaceException.class);
        assertThatThrownBy(() -> run.append(500)).isInstanceOf(NoSpaceException.class);
        assertThat(run.log().numbers().lastLsn()).isEqualTo(6);
        assertThat(disk.list(LogRun.DIRECTORY)).as("a file that was begun gives its room back").hasSize(2);
        run.append(100);
        run.force();

        disk.limit(Long.MAX_VALUE);
        run.append(500);
        run.force();
        assertThat(run.log().numbers().lastLsn()).isEqualTo(8);
        assertThat(new LogChecker(Parts.SOUND, LogRun.SMALL)
                .check(disk.crash(CrashMode.LOSE_ALL, new Random(0)), run.given(), 8, 0)).isEmpty();
    }

    @Test
    void a_log_on_a_full_disk_opens_and_takes_entries_when_there_is_room() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        LogRun run = new LogRun(disk, LogRun.SMALL, Parts.SOUND);
        run.append(3, 100);
        run.close();
        disk.limit(disk.usedBytes());

        List<Long> delivered = new ArrayList<>();
        WalLog log = Parts.SOUND.open(disk, LogRun.SMALL, 0, (lsn, entry, bytes) -> delivered.add(lsn));

        assertThat(delivered).containsExactly(1L, 2L, 3L);
        assertThatThrownBy(() -> LogRun.append(log, LogRun.event(4, 1))).isInstanceOf(NoSpaceException.class);
        assertThatThrownBy(() -> LogRun.append(log, LogRun.event(4, 1))).isInstanceOf(NoSpaceException.class);
        log.force();
        log.idle();
        disk.limit(Long.MAX_VALUE);
        assertThat(LogRun.append(log, LogRun.event(4, 1))).isEqualTo(5);
        log.force();
    }

    @Test
    void a_full_disk_while_rolling_leaves_the_new_segment_to_the_next_entry() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        disk.limit(2_048);
        LogRun run = new LogRun(disk, LogRun.SMALL, Parts.SOUND);
        run.append(10);

        run.roll();

        assertThatThrownBy(() -> run.append(10)).isInstanceOf(NoSpaceException.class);
        disk.limit(Long.MAX_VALUE);
        run.append(10);
        run.force();
        assertThat(new LogChecker(Parts.SOUND, LogRun.SMALL)
                .check(disk.crash(CrashMode.LOSE_ALL, new Random(0)), run.given(), 2, 0)).isEmpty();
    }
}

package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.FaultPlan;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.store.Append;
import dev.allframe.store.ChangesRefused;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StreamId;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Calls of the disk fail: what was acknowledged stays, what fails says so, and everything ends. */
@Guarantee({"G1", "G4", "G10"})
class EngineFaultTest {

    private static final StreamId STREAM = new StreamId("account|1");
    private static final List<FaultPlan.Kind> KINDS = List.of(FaultPlan.Kind.values());
    private static final int CASES = Seeds.count("crash.faults", 160);

    private final long seed = Seeds.next();

    private static Append append(long expected) {
        return new Append(STREAM, ExpectedVersion.exactly(expected), "writer", List.of(Envelope.of("happened", 1,
                Payload.json("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)), Set.of(),
                EventMetadata.at(Model.NOW), null)));
    }

    @Test
    void a_repeat_after_a_failed_force_is_not_told_that_the_first_was_stored() {
        SimulatedDisk disk = new SimulatedDisk();
        StoreLife.Running running = new StoreLife(new Random(seed), disk).open(disk);
        Stages.get(running.store.append(append(0)));
        assertThat(running.store.changesRefused()).isNull();
        disk.plan(FaultPlan.forever(1, FaultPlan.Kind.IO_ERROR));

        assertThatThrownBy(() -> Stages.get(running.store.append(append(1)))).isInstanceOf(StoreFailedException.class);
        assertThatThrownBy(() -> Stages.get(running.store.append(append(1)))).isInstanceOf(StoreFailedException.class);

        assertThat(Stages.get(running.store.getEventsAfter(STREAM, 0, 10))).hasSize(1);
        ChangesRefused refused = Objects.requireNonNull(running.store.changesRefused());
        assertThat(refused).isEqualTo(running.store.stats().changesRefused());
        assertThat(refused.reason()).contains("the disk of store").doesNotContain("null");
        assertThat(refused.lasting()).as("until it is opened anew").isTrue();
        running.close();
    }

    @Test
    void the_version_of_a_stream_whose_events_are_all_deleted_outlives_sealing() {
        SimulatedDisk disk = new SimulatedDisk();
        StoreLife life = new StoreLife(new Random(seed), disk);
        StoreLife.Running running = life.open(disk);
        Stages.get(running.store.append(append(0)));
        Stages.get(running.store.deleteEventsTo(STREAM, 1));

        Stages.get(running.store.flush());

        assertThat(Stages.get(running.store.highestSequenceNr(STREAM))).isEqualTo(1);
        assertThat(Stages.get(running.store.getAllEvents(EventFilter.all(), Position.START, 10)).atEnd()).isTrue();
        assertThat(running.close()).isNull();
    }

    @Test
    void whichever_call_fails_everything_is_answered_and_what_was_acknowledged_stays() {
        for (int i = 0; i < CASES; i++) {
            fail(seed + i);
        }
    }

    @Test
    void whichever_call_of_a_close_fails_nothing_is_lost() {
        for (FaultPlan.Kind kind : KINDS) {
            boolean more = true;
            for (int call = 1; more; call++) {
                boolean once = failClosing(kind, call, false);
                more = failClosing(kind, call, true) || once;
            }
        }
    }

    /** Says whether the call was reached. */
    private boolean failClosing(FaultPlan.Kind kind, int call, boolean forever) {
        Random random = new Random(seed);
        StoreLife life = new StoreLife(random, new SimulatedDisk());
        StoreLife.Running running = life.open(life.disk());
        for (int i = 0; i < 40; i++) {
            life.submit(running);
        }
        life.awaitAnswers(() -> false);
        long failing = life.disk().calls() + call;
        life.disk().plan(forever ? FaultPlan.forever(failing, kind) : FaultPlan.once(failing, kind));
        running.close();
        boolean reached = life.disk().calls() >= failing;
        life.disk().plan(FaultPlan.NONE);
        CrashMode mode = CrashMode.any(random);
        try {
            if (call % 2 == 0) {
                life.restart();
            } else {
                life.crash(mode);
            }
            StoreLife.Running again = life.open(life.disk());
            life.verify(again);
            life.settle(again);
            life.submit(again);
            life.awaitAnswers(() -> false);
            life.verifySealed(again);
            assertThat(again.close()).isNull();
        } catch (RuntimeException | Error failed) {
            throw new AssertionError("-Dtest.seed=" + seed + ", call " + call + " of closing, " + kind + ", " + forever
                    + ", " + mode + "\n" + life + "\nfiles: " + Files.dump(life.disk()), failed);
        }
        return reached;
    }

    private static void fail(long caseSeed) {
        Random random = new Random(caseSeed);
        StoreLife life = new StoreLife(random, new SimulatedDisk());
        FaultPlan.Kind kind = KINDS.get(random.nextInt(KINDS.size()));
        long call = 1 + random.nextLong(600);
        FaultPlan plan = random.nextBoolean() ? FaultPlan.once(call, kind) : FaultPlan.forever(call, kind);
        try {
            life.disk().plan(plan);
            StoreLife.Running running = opened(life);
            if (running != null) {
                for (int burst = 0; burst < 12; burst++) {
                    life.submit(running);
                    life.submit(running);
                    life.awaitAnswers(() -> true);
                }
                life.disk().plan(FaultPlan.NONE);
                life.verify(running);
                life.end(running);
            }
            life.disk().plan(FaultPlan.NONE);
            if (random.nextBoolean()) {
                life.restart();
            } else {
                life.crash(CrashMode.any(random));
            }
            StoreLife.Running again = life.open(life.disk());
            life.verify(again);
            life.settle(again);
            life.submit(again);
            life.awaitAnswers(() -> false);
            life.verifySealed(again);
            assertThat(again.close()).isNull();
        } catch (RuntimeException | Error failed) {
            life.disk().plan(FaultPlan.NONE);
            throw new AssertionError("-Dtest.seed=" + caseSeed + ", " + plan + "\n" + life + "\nfiles: "
                    + Files.dump(life.disk()), failed);
        }
    }

    private static StoreLife.@Nullable Running opened(StoreLife life) {
        try {
            return life.open(life.disk());
        } catch (StoreFailedException failed) {
            return null;
        }
    }
}

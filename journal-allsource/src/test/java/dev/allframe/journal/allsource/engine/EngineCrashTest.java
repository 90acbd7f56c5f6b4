package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.store.StoreFailedException;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The power goes off at any change of the disk, while the store writes, seals, opens or closes. */
@Guarantee({"G1", "G2", "G3"})
class EngineCrashTest {

    private static final int LIVES = Seeds.count("crash.lives", 30);
    private static final int CRASHES = Seeds.count("crash.crashes", 8);

    private final long seed = Seeds.next();
    private int states;

    @Test
    void what_was_acknowledged_outlives_any_crash_and_what_was_not_is_there_whole_or_not_at_all() {
        long begun = System.nanoTime();
        for (int life = 0; life < LIVES; life++) {
            liveThroughCrashes(seed + life);
        }
        System.out.printf(Locale.ROOT, "crash states: %d, %.0f a second%n", states,
                states * 1e9 / (System.nanoTime() - begun));
    }

    private void liveThroughCrashes(long lifeSeed) {
        Random random = new Random(lifeSeed);
        StoreLife life = new StoreLife(random, new SimulatedDisk());
        for (int crash = 0; crash < CRASHES; crash++) {
            CrashMode mode = CrashMode.any(random);
            long changes = random.nextInt(4) == 0 ? 1 + random.nextInt(30) : 1 + random.nextInt(400);
            PowerCut machine = new PowerCut(life.disk(), changes, random.nextBoolean());
            try {
                runUntilOff(life, machine, random);
                life.crash(mode);
                states++;
                verifyTwice(life, random.nextBoolean());
            } catch (RuntimeException | Error failed) {
                throw new AssertionError("-Dtest.seed=" + lifeSeed + ", crash " + crash + ", " + mode + ", " + machine
                        + "\n" + life + "\nfiles: " + Files.dump(life.disk()), failed);
            }
        }
    }

    @Test
    void the_power_goes_off_at_each_change_that_closing_makes() {
        long changes = 0;
        for (boolean more = true; more;) {
            changes++;
            boolean whenIdle = closeUntilOff(seed, changes, true);
            more = closeUntilOff(seed, changes, false) || whenIdle;
        }
        assertThat(changes).as("changes of a close").isGreaterThan(5);
    }

    /** Says whether the power went off. */
    private static boolean closeUntilOff(long lifeSeed, long changes, boolean idle) {
        Random random = new Random(lifeSeed);
        StoreLife life = new StoreLife(random, new SimulatedDisk());
        PowerCut machine = new PowerCut(life.disk(), Long.MAX_VALUE, changes % 2 == 0);
        StoreLife.Running running = life.open(machine);
        for (int i = 0; i < 40; i++) {
            life.submit(running);
        }
        life.awaitAnswers(() -> false);
        if (idle) { // so that the log ends in a mark that was not forced
            long last = machine.changesMade();
            await().pollInterval(Duration.ofMillis(5)).until(() -> machine.changesMade() > last);
        }
        machine.offAfter(changes);
        running.close();
        boolean off = machine.isOff();
        CrashMode mode = CrashMode.any(random);
        life.crash(mode);
        try {
            verifyTwice(life, true);
        } catch (RuntimeException | Error failed) {
            throw new AssertionError("-Dtest.seed=" + lifeSeed + ", change " + changes + " of closing, " + mode + ", "
                    + machine + "\n" + life + "\nfiles: " + Files.dump(life.disk()), failed);
        }
        return off;
    }

    private static void runUntilOff(StoreLife life, PowerCut machine, Random random) {
        StoreLife.Running running = opened(life, machine);
        if (running != null) {
            int bursts = 1 + random.nextInt(20);
            for (int i = 0; i < bursts && !machine.isOff(); i++) {
                int inFlight = 1 + random.nextInt(6);
                for (int j = 0; j < inFlight; j++) {
                    life.submit(running);
                }
                life.awaitAnswers(machine::isOff);
            }
            if (random.nextInt(3) == 0 && !machine.isOff()) {
                machine.offAfter(1 + random.nextInt(40));
            }
            RuntimeException failed = random.nextInt(4) == 0 ? life.end(running) : running.close();
            StoreLife.check(failed == null || machine.isOff(), "cannot be closed: " + failed);
        }
        StoreLife.check(machine.openHandles() == 0, machine.openHandles() + " files are left open");
    }

    private static StoreLife.@Nullable Running opened(StoreLife life, PowerCut machine) {
        try {
            return life.open(machine);
        } catch (StoreFailedException failed) {
            StoreLife.check(machine.isOff(), "refuses to open with " + failed);
            return null;
        }
    }

    /** Recovering what a crash left, and then what the recovery left, gives the same. */
    private static void verifyTwice(StoreLife life, boolean sealed) {
        StoreLife.Running first = life.open(life.disk());
        life.verify(first);
        life.settle(first);
        StoreLife.check(life.end(first) == null, "cannot be closed");
        life.restart();
        StoreLife.Running second = life.open(life.disk());
        life.verify(second);
        if (sealed) {
            life.verifySealed(second);
        }
        StoreLife.check(life.end(second) == null, "cannot be closed");
        life.restart();
    }
}

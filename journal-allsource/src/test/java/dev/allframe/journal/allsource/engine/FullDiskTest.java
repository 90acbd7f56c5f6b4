package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The disk runs out of room in the middle of different work: that is told, reads go on, and when there is room
 * everything goes on with nothing lost.
 */
@Guarantee({"G1", "G4", "G10"})
class FullDiskTest {

    private static final int SCRIPTS = Seeds.count("full.scripts", 10);

    private final long seed = Seeds.next();
    private int refused;

    /** What the store does when the room ends. */
    private enum Moment {
        APPEND, ROLL, SEAL, COMPACTION, SNAPSHOT
    }

    @Test
    void a_store_outlives_a_full_disk_at_any_moment() {
        Moment[] moments = Moment.values();
        for (int i = 0; i < SCRIPTS; i++) {
            run(moments[i % moments.length], seed + i);
        }
        System.out.println("full disk: " + SCRIPTS + " scripts, " + refused + " refusals");
        assertThat(refused).isPositive();
    }

    private void run(Moment moment, long scriptSeed) {
        Random random = new Random(scriptSeed);
        StoreLife life = new StoreLife(random, new SimulatedDisk());
        try {
            StoreLife.Running running = life.open(life.disk());
            for (int i = 0; i < 30; i++) {
                life.submit(running);
            }
            life.awaitAnswers(() -> false);
            life.disk().limit(life.disk().usedBytes() + random.nextInt(moment == Moment.APPEND ? 200 : 4000));
            runOut(moment, life, running);
            life.verify(running);
            life.disk().limit(Long.MAX_VALUE);
            await().atMost(Duration.ofSeconds(15)).until(() -> Stages.failure(running.store.flush()) == null);
            for (int i = 0; i < 20; i++) {
                StoreLife.check(!isFull(Stages.failure(life.submit(running))), "refused though there is room");
            }
            life.awaitAnswers(() -> true);
            life.verify(running);
            life.verifySealed(running);
            Stages.get(running.store.compact());
            life.verify(running);
            StoreLife.check(life.end(running) == null, "cannot be closed");
            life.crash(CrashMode.LOSE_ALL);
            StoreLife.Running again = life.open(life.disk());
            life.verify(again);
            StoreLife.check(again.close() == null, "cannot be closed");
        } catch (RuntimeException | Error failed) {
            throw new AssertionError("-Dtest.seed=" + scriptSeed + ", " + moment + "\n" + life + "\nfiles: "
                    + Files.dump(life.disk()), failed);
        }
    }

    /** Works until the disk is full; what is refused says so. */
    private void runOut(Moment moment, StoreLife life, StoreLife.Running running) {
        int found = 0;
        for (int i = 0; i < 80 && found < 3; i++) {
            CompletionStage<?> answer = switch (moment) {
                case APPEND, ROLL -> life.submit(running);
                case SEAL -> i % 4 == 3 ? running.store.flush() : life.submit(running);
                case COMPACTION -> i % 8 == 7 ? running.store.compact() : life.submit(running);
                case SNAPSHOT -> life.submit(running, snapshot(i));
            };
            if (isFull(Stages.failure(answer))) {
                found++;
            }
            life.awaitAnswers(() -> true);
        }
        refused += found;
    }

    private static Operation snapshot(int number) {
        return new Operation.SaveSnapshot(new Snapshot(new StreamId("account|1"), number, Model.NOW,
                Payload.json(new byte[200]), null));
    }

    private static boolean isFull(@Nullable RuntimeException failure) {
        StoreLife.check(failure == null || failure instanceof StoreFullException
                || failure instanceof VersionConflictException, "failed with " + failure);
        return failure instanceof StoreFullException;
    }
}

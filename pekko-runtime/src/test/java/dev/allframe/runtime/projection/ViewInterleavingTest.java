package dev.allframe.runtime.projection;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens to a view, and in whatever order: no answer that it has seen a write misses it, who asks has an
 * answer in time, and in the end its rows are those of an independent fold. A seed repeats what is done, and not what
 * threads make of it.
 *
 * <p>Each of these faults, put in by hand, turns it red within 300 interleavings: {@link ViewWork} publishes a page's
 * position before the page is written; {@link Published#isParked} is false; {@link ServedView} reads rows from another
 * field than the position, which is set behind it.
 */
@Guarantee({"G6", "G7"})
final class ViewInterleavingTest {

    private static final int STEPS = 40;
    private static final int AT_ONCE = 4;

    private static final ActorSystem<Void> SYSTEM = ActorSystem.create(Behaviors.empty(), "interleavings",
            ConfigFactory.parseString("pekko.loglevel = OFF\npekko.log-dead-letters = off")
                    .withFallback(ConfigFactory.load()));
    private static final ExecutorService THREADS = Executors.newFixedThreadPool(4);

    @AfterAll
    static void end() {
        SYSTEM.terminate();
        THREADS.shutdownNow();
    }

    @Test
    void no_interleaving_lets_a_seen_write_be_missing() throws Exception {
        int count = Integer.getInteger("view.interleavings", 300);
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("replay with -Dtest.seed=" + seed + " -Dview.interleavings=1");
        Queue<String> mistakes = new ConcurrentLinkedQueue<>();
        AtomicLong seen = new AtomicLong();
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService drivers = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < count; i++) {
                long own = i == 0 ? seed : new Random(seed + i).nextLong();
                running.add(drivers.submit(() -> {
                    if (mistakes.size() < 5) {
                        run(own, mistakes, seen);
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }

        assertThat(mistakes).isEmpty();
        assertThat(seen.get()).as("answers that were compared").isGreaterThan(count);
    }

    private static void run(long seed, Queue<String> mistakes, AtomicLong seen) {
        Interleaving interleaving = new Interleaving(SYSTEM, THREADS, seed);
        Queue<String> made = new ConcurrentLinkedQueue<>();
        try {
            made = interleaving.run(STEPS);
        } catch (RuntimeException failed) {
            mistakes.add("-Dtest.seed=" + seed + " " + failed + " " + interleaving.mistakes() + " "
                    + interleaving.done());
        }
        seen.addAndGet(interleaving.seen());
        if (!made.isEmpty()) {
            mistakes.add("-Dtest.seed=" + seed + " " + made + " " + interleaving.done());
        }
    }
}

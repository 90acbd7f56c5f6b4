package dev.allframe.runtime.projection;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.FolderInMemory;
import dev.allframe.api.testkit.Guarantee;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to a view, and in whatever order: no answer that it has seen a write misses it, who asks has an
 * answer in time, and in the end its rows are those of an independent fold. On both storages of views. A seed repeats
 * what is done, and not what threads make of it.
 */
@Guarantee({"G6", "G7"})
final class ViewInterleavingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int STEPS = 40;
    private static final int AT_ONCE = 4;

    /** So many interleavings find a planted fault, or the trial is of no use. */
    private static final int ENOUGH = 1_000;

    private static final ActorSystem<Void> SYSTEM = ActorSystem.create(Behaviors.empty(), "interleavings",
            ConfigFactory.parseString("pekko.loglevel = OFF\npekko.log-dead-letters = off")
                    .withFallback(ConfigFactory.load()));
    private static final ExecutorService THREADS = Executors.newFixedThreadPool(4);

    private final Queue<String> mistakes = new ConcurrentLinkedQueue<>();
    private final AtomicLong seen = new AtomicLong();
    private final AtomicInteger tried = new AtomicInteger();

    @AfterAll
    static void end() {
        SYSTEM.terminate();
        THREADS.shutdownNow();
    }

    @Test
    void no_interleaving_in_memory_lets_a_seen_write_be_missing() throws Exception {
        int count = Integer.getInteger("view.interleavings", 300);

        tryAll(count, ViewFiles::memory, PlantedFault::new, PATIENCE, mistake -> true);

        assertThat(mistakes).isEmpty();
        assertThat(seen.get()).as("answers that were compared").isGreaterThan(count);
    }

    @Test
    void no_interleaving_on_disk_lets_a_seen_write_be_missing(
            @TempDir(factory = FolderInMemory.class) Path directory) throws Exception {
        int count = Integer.getInteger("view.interleavings.disk", 40);

        tryAll(count, () -> ViewFiles.rocks(directory), PlantedFault::new, PATIENCE, mistake -> true);

        assertThat(mistakes).isEmpty();
        assertThat(seen.get()).as("answers that were compared").isGreaterThan(count);
    }

    @Test
    void a_position_that_is_published_before_its_rows_is_found() throws Exception {
        assertFound(PlantedFault::publishedEarly);
    }

    @Test
    void parked_streams_of_which_nobody_is_told_are_found() throws Exception {
        assertFound(PlantedFault::parkedIgnored);
    }

    @Test
    void a_position_of_another_generation_than_the_rows_is_found() throws Exception {
        assertFound(PlantedFault::generationApart);
    }

    private void assertFound(Supplier<PlantedFault> fault) throws Exception {
        tryAll(ENOUGH, ViewFiles::memory, fault, Duration.ofSeconds(2), ViewInterleavingTest::isMissing);

        System.out.println("found by " + tried + " interleavings");
        assertThat(mistakes).anyMatch(ViewInterleavingTest::isMissing);
    }

    private static boolean isMissing(String mistake) {
        return mistake.contains("has seen");
    }

    /** Goes on until what is looked for is found. */
    private void tryAll(int count, Supplier<ViewFiles> files, Supplier<PlantedFault> fault, Duration patience,
            Predicate<String> wanted) throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("replay with -Dtest.seed=" + seed + " -Dview.interleavings=1 -Dview.interleavings.disk=1");
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService drivers = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < count; i++) {
                long own = i == 0 ? seed : new Random(seed + i).nextLong();
                running.add(drivers.submit(() -> {
                    if (mistakes.stream().noneMatch(wanted)) {
                        run(own, files.get(), fault.get(), patience);
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    private void run(long seed, ViewFiles files, PlantedFault fault, Duration patience) {
        tried.incrementAndGet();
        Interleaving interleaving = new Interleaving(SYSTEM, THREADS, files, fault, patience, seed);
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

package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Sums.VIEW;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.views.Balances.BALANCES;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.FolderInMemory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.journal.allsource.views.RocksViewStore;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.Range;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.projection.Sums.Sum;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.views.Balances.AccountRow;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bit flips in any file of a view, while the view is closed or while it is served: every answer is right or refused
 * by a typed failure, and the view comes back by itself, with the rows that it had or with new ones.
 */
@Guarantee({"G7", "G10"})
final class DamagedViewTest {

    private static final LocalDate DAY = LocalDate.of(2026, 1, 2);
    private static final long MEMORY_BYTES = 8L << 20;
    private static final long PATIENCE_SECONDS = 30;
    private static final ProjectionSettings SETTINGS = new ProjectionSettings(300, 0, Duration.ofMillis(20),
            Duration.ofDays(7), Duration.ofMillis(1), Duration.ofMillis(4));
    private static final ActorSystem<Void> SYSTEM = ActorSystem.create(Behaviors.empty(), "damaged-views",
            ConfigFactory.parseString("pekko.loglevel = OFF\npekko.log-dead-letters = off")
                    .withFallback(ConfigFactory.load()));
    private static final ExecutorService THREADS = Executors.newFixedThreadPool(2);

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final InMemoryBackend store = InMemoryBackend.unbounded();
    private final Sums sums = new Sums(store);
    private final KeptView<String, Sum> inMemory = kept(new MemoryViewStore());
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final List<String> done = new ArrayList<>();

    @AfterAll
    static void end() {
        SYSTEM.terminate();
        THREADS.shutdownNow();
    }

    private KeptView<String, Sum> kept(ViewStore files) {
        return KeptView.start(SYSTEM, VIEW, files, store, THREADS, SETTINGS, Refusals.none(), new PlantedFault());
    }

    /** With all of AllFrame around it. */
    @Test
    void a_node_comes_up_over_a_damaged_view(@TempDir(factory = FolderInMemory.class) Path temporary)
            throws Exception {
        System.out.println("replay with -Dtest.seed=" + seed);
        Path whole = temporary.resolve("whole");
        Map<String, AccountRow> rows;
        try (AllFrame bank = bank(whole)) {
            for (int i = 0; i < 20; i++) {
                CommandResult<AccountEvent> opened = bank.commands()
                        .dispatchAndWait(ACCOUNT, "acc-" + i, new Open("owner " + i % 7, czk(100L * i), DAY),
                                CommandOptions.none().within(Duration.ofSeconds(PATIENCE_SECONDS)));
                bank.view(BALANCES).get("acc-" + i, opened.orThrow().token()).toCompletableFuture().join();
            }
            rows = rows(bank);
        }
        assertThat(rows).hasSize(20);
        for (int i = 0; i < Integer.getInteger("view.flips.node", 3); i++) {
            Path copy = temporary.resolve("copy-" + i);
            FlippedBit.copy(whole, copy);
            FlippedBit flipped = FlippedBit.in(copy.resolve("views"), random);
            try (AllFrame bank = bank(copy)) {
                String what = "-Dtest.seed=" + seed + " " + flipped;
                until(() -> what + ": " + bank.health(), () -> bank.health().isUp() && isAnswered(bank, rows, what));
            }
            ViewFiles.delete(copy);
        }
    }

    private static AllFrame bank(Path directory) {
        return AllFrame
                .standalone("damaged", ConfigFactory.parseString("allframe.storage = allsource\nallsource.dir = \""
                        + directory + "\"").withFallback(ConfigFactory.load()))
                .aggregate(ACCOUNT)
                .projection(BALANCES)
                .start();
    }

    private static boolean isAnswered(AllFrame bank, Map<String, AccountRow> rows, String what) {
        try {
            assertThat(rows(bank)).as(what).isEqualTo(rows);
            return true;
        } catch (CorruptStoreException | ViewNotReadyException refused) {
            return false;
        }
    }

    private static Map<String, AccountRow> rows(AllFrame bank) {
        Map<String, AccountRow> rows = new TreeMap<>();
        bank.view(BALANCES).range(Range.all()).entries().forEach(entry -> rows.put(entry.key(), entry.row()));
        return rows;
    }

    @Test
    void a_flipped_bit_is_refused_or_mended_and_changes_no_answer(
            @TempDir(factory = FolderInMemory.class) Path temporary) throws Exception {
        System.out.println("replay with -Dtest.seed=" + seed);
        int trials = Integer.getInteger("view.flips", 200);
        Path whole = build(temporary.resolve("whole"));
        for (int i = 0; i < trials; i++) {
            Path copy = temporary.resolve("copy-" + i);
            FlippedBit.copy(whole, copy);
            String what = "-Dtest.seed=" + seed + ", trial " + i;
            try {
                trial(copy, random.nextBoolean());
            } catch (AssertionError | RuntimeException wrong) {
                throw new AssertionError(what + ": " + done, wrong);
            }
            ViewFiles.delete(copy);
        }

        System.out.println("flipped bits: " + outcomes);
        assertThat(outcomes.keySet()).anyMatch(outcome -> outcome.endsWith("built anew"))
                .anyMatch(outcome -> outcome.endsWith("kept"));
    }

    /** Three files of each table, of which the last has the newest rows, and a generation that is not the first. */
    private Path build(Path directory) {
        RocksViewStore files = RocksViewStore.open(directory, MEMORY_BYTES);
        KeptView<String, Sum> first = kept(files);
        awaitRight(first);
        for (int i = 0; i < 2; i++) {
            for (int counter = 0; counter < 60; counter++) {
                sums.append(Sums.counter(random.nextInt(1_000)), 1);
            }
            awaitRight(first);
            first.stop().join();
            files.close();
            files = RocksViewStore.open(directory, MEMORY_BYTES);
            first = kept(files);
        }
        awaitRight(first);
        first.stop().join();
        files.close();
        return directory;
    }

    private void trial(Path directory, boolean whileServed) throws IOException {
        done.clear();
        String flipped = whileServed ? "" : flip(directory);
        RocksViewStore files = RocksViewStore.open(directory, MEMORY_BYTES);
        KeptView<String, Sum> view = kept(files);
        if (whileServed) {
            awaitUp(view);
            flipped = flip(directory);
        } else {
            sums.asked(view.users(), digest()); // whatever it is at that moment
        }
        sums.asked(view.users(), digest());
        if (random.nextBoolean()) {
            appendAndAsk(view);
        }
        awaitRight(view);
        stop(view);
        files.close();
        if (random.nextInt(4) == 0) {
            done.add("opened again");
            files = RocksViewStore.open(directory, MEMORY_BYTES);
            view = kept(files);
            awaitRight(view);
            stop(view);
            files.close();
        }
        String outcome = flipped + (whileServed ? ", served: " : ", closed: ")
                + (isAside(directory) ? "built anew" : "kept");
        outcomes.merge(outcome, 1, Integer::sum);
    }

    /** Damage that nobody has met may fail the last flush: then the next opening meets it. */
    private void stop(KeptView<String, Sum> view) {
        view.stop().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).handle((stopped, failed) -> {
            if (failed != null) {
                done.add("the last flush failed: " + failed);
            }
            return stopped;
        }).join();
    }

    private void appendAndAsk(KeptView<String, Sum> view) {
        for (int i = 0; i < 4; i++) {
            sums.append(Sums.counter(random.nextInt(1_000)), 1);
        }
        String last = Sums.counter(random.nextInt(1_000));
        ConsistencyToken token = sums.append(last, 1);
        var answer = view.users()
                .get(last, token, Duration.ofMillis(200))
                .toCompletableFuture()
                .handle((got, failed) -> {
                    if (failed != null) {
                        done.add("a question failed: " + failed);
                    }
                    return got;
                })
                .join();
        if (answer instanceof ViewAnswer.Seen<Optional<Sum>>(var row)) {
            assertThat(row).contains(sums.expected(last));
        }
    }

    private String digest() {
        ServedView<String, Sum> right = inMemory.users();
        until(() -> "the view in memory", () -> {
            Published now = right.published();
            return now != null && now.state().position().index() == sums.end();
        });
        return Objects.requireNonNull(right.published()).state().digest().toString();
    }

    private void awaitUp(KeptView<String, Sum> view) {
        until(() -> "the view: it is " + view.users().state() + ", " + view.progress().trouble(),
                () -> isUp(view));
    }

    private boolean isUp(KeptView<String, Sum> view) {
        Published now = view.users().published();
        return view.users().state() == ProjectionState.PARKED && view.progress().trouble().isEmpty() && now != null
                && now.state().position().index() == sums.end();
    }

    private void awaitRight(KeptView<String, Sum> view) {
        String digest = digest();
        List<RuntimeException> refused = new ArrayList<>();
        until(() -> "right answers: it is " + view.users().state() + ", " + view.progress().trouble() + refused,
                () -> {
                    refused.clear();
                    refused.addAll(sums.asked(view.users(), digest));
                    return refused.isEmpty() && isUp(view);
                });
    }

    private static void until(Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("in vain waited for " + what.get());
            }
            LockSupport.parkNanos(500_000);
        }
    }

    /** The kind of file in which a bit has flipped. */
    private String flip(Path directory) throws IOException {
        FlippedBit flipped = FlippedBit.in(directory, random);
        done.add(flipped.place());
        return flipped.kind();
    }

    private static boolean isAside(Path directory) throws IOException {
        try (Stream<Path> names = Files.list(directory.resolve("views").resolve(VIEW.type().name()))) {
            return names.anyMatch(name -> name.getFileName().toString().endsWith(".aside"));
        }
    }
}

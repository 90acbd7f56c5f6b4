package dev.allframe.runtime;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.api.testkit.fixture.WatchProbe;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.projection.ViewComparison;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.store.ConsistencyToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two versions that make the same rows, compared, switched and rolled back while both go on at different speeds. */
@Timeout(180)
@Guarantee("G6")
final class ReplacingUnderLoadTest {

    private static final long SEED = Long.getLong("test.seed", System.nanoTime());
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Order ORDER = Order.of("the test", "to see what happens");
    private static final int WRITERS = 3;
    private static final int WALLETS = 40;
    private static final int ROUNDS = 20;

    record Puts(long amount, long puts) {}

    /** The same rows as versions make them that are slow at random. */
    private static ProjectionType<String, Puts> puts(int version) {
        return ProjectionType.named("puts", version(version), String.class, Puts.class)
                .from(WALLET, (event, info) -> onWallet(version, event, info));
    }

    private static Change<String, Puts> onWallet(int version, WalletEvent event, EventInfo info) {
        if ((info.id() + info.sequenceNr()).hashCode() % (60 * version) == 0) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(300));
        }
        return switch (event) {
            case WalletEvent.WasPut(var amount, var note) -> upsert(info.id(), new Puts(0, 0),
                    row -> new Puts(row.amount() + amount.longValueExact(), row.puts() + 1));
            case WalletEvent.WasTaken taken -> none();
            case WalletEvent.Exploded exploded -> none();
        };
    }

    private static final ProjectionType<String, Puts> OLD = puts(1);
    private static final ProjectionType<String, Puts> NEW = puts(2).replacing(OLD);

    private final AtomicBoolean over = new AtomicBoolean();

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** Pays and reads what was paid, until it is told that it is enough; gives what every wallet has. */
    private Map<String, Long> write(AllFrame allFrame, int writer) {
        Random random = new Random(SEED + writer);
        Map<String, Long> paid = new TreeMap<>();
        while (!over.get()) {
            String wallet = "w" + writer + "-" + random.nextInt(WALLETS);
            ConsistencyToken token = allFrame.commands().dispatchAndWait(WALLET, wallet, put(1)).orThrow().token();
            long now = paid.merge(wallet, 1L, Long::sum);
            if (random.nextInt(4) == 0) {
                ViewAnswer<Optional<Puts>> answer = done(allFrame.view(NEW).get(wallet, token, PATIENCE));
                assertThat(answer).as("replay with -Dtest.seed=%s", SEED)
                        .isEqualTo(new ViewAnswer.Seen<>(Optional.of(new Puts(now, now))));
            }
        }
        return paid;
    }

    private static boolean isServed(AllFrame allFrame) {
        ProjectionMetadata now = allFrame.projections().describe("puts");
        return now.generation() > 0 && Objects.requireNonNull(now.other()).generation() > 0;
    }

    @Test
    void comparisons_find_no_difference_tokens_hold_and_who_watches_has_all_rows() {
        Random random = new Random(SEED);
        try (AllFrame allFrame = AllFrame
                .standalone("load", ConfigFactory.parseString("allframe.storage = memory")
                        .withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .projection(NEW)
                .start()) {
            WatchProbe<String, Puts> watched = WatchProbe.of(allFrame.view(NEW).watch());
            List<CompletableFuture<Map<String, Long>>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                writers.add(CompletableFuture.supplyAsync(() -> write(allFrame, writer), Thread::startVirtualThread));
            }
            Awaitility.await().atMost(PATIENCE).until(() -> isServed(allFrame));
            long last = 0;
            for (int round = 0; round < ROUNDS; round++) {
                if (random.nextBoolean()) {
                    done(allFrame.projections().switchTo(random.nextBoolean() ? NEW : OLD, PATIENCE, ORDER));
                } else {
                    ViewComparison found = done(allFrame.projections().compare("puts", 5, told -> {}));
                    assertThat(found.differences()).as("replay with -Dtest.seed=%s", SEED).isEmpty();
                    assertThat(found.digest()).isEqualTo(found.otherDigest());
                    assertThat(found.position().index()).isGreaterThanOrEqualTo(last);
                    last = found.position().index();
                }
            }
            over.set(true);
            Map<String, Long> paid = new TreeMap<>();
            writers.forEach(writer -> paid.putAll(done(writer)));
            assertThat(paid).hasSizeGreaterThan(WRITERS);
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
                Map<String, Long> rows = new TreeMap<>();
                watched.rows().forEach((wallet, row) -> rows.put(wallet, row.puts()));
                assertThat(rows).as("replay with -Dtest.seed=%s", SEED).isEqualTo(paid);
            });
            watched.cancel();
        }
    }
}

package dev.allframe.benchmarks;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.benchmarks.MoneyTransfers.Transfer;
import dev.allframe.benchmarks.Wallets.WalletCommand.Put;
import dev.allframe.benchmarks.baretransfer.BareTransfers;
import dev.allframe.command.CommandOptions;
import dev.allframe.runtime.AllFrame;
import dev.allframe.saga.SagaStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * What a saga of two steps costs beside bare commands with ids, and beside the same transfer as a saga that is written
 * by hand on bare Pekko; all on the durable store. A saga of AllFrame has ended when the view of all sagas says so, the
 * one by hand when its actor has stored its end.
 *
 * <p>Arguments, all optional: {@code --seconds 4 --rounds 5 --wallets 1000 --in-flight 200 --parts all,half --dir
 * <temp>}. The part {@code half} starts sagas at half of the rate at which they were found to end, and prints how long
 * each took.
 */
public final class SagaBenchmark {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String COMMON = """
            pekko.loglevel = ERROR
            pekko.stdout-loglevel = ERROR
            pekko.persistence.max-concurrent-recoveries = 1000
            allframe.storage = allsource
            allframe.max-in-flight = 100000
            pekko.persistence.journal.plugin = allsource.journal
            """;

    private final Options options;
    private final Duration time;
    private final int rounds;
    private final int wallets;
    private final int inFlight;
    private final Path folder;

    /** So that no id is used twice. */
    private final AtomicLong numbers = new AtomicLong();

    private SagaBenchmark(Options options) {
        this.options = options;
        this.time = options.seconds("--seconds", "4");
        this.rounds = options.number("--rounds", 5);
        this.wallets = options.number("--wallets", 1_000);
        this.inFlight = options.number("--in-flight", 200);
        this.folder = Path.of(options.text("--dir", System.getProperty("java.io.tmpdir")));
    }

    /** Runs the parts that are asked for. */
    public static void main(String[] args) throws Exception {
        SagaBenchmark benchmark = new SagaBenchmark(new Options(args));
        Path ours = Folders.fresh(benchmark.folder);
        Path byHand = Folders.fresh(benchmark.folder);
        try {
            benchmark.run(ours, byHand);
        } finally {
            Folders.delete(ours);
            Folders.delete(byHand);
        }
        System.exit(0);
    }

    private void run(Path ours, Path byHand) throws Exception {
        ActorSystem<Void> bare = ActorSystem.create(Behaviors.empty(), "bare",
                ConfigFactory.parseResources("bare-transfer.conf").withFallback(config(byHand)));
        try (AllFrame allFrame = AllFrame.standalone("sagas", config(ours))
                .aggregate(Wallets.WALLET)
                .saga(MoneyTransfers.TRANSFER)
                .start()) {
            BareTransfers transfers = new BareTransfers(bare);
            fill(allFrame, transfers);
            String parts = options.text("--parts", "all,half");
            if (parts.contains("all")) {
                compare(allFrame, transfers);
            }
            if (parts.contains("half")) {
                half(allFrame);
            }
        } finally {
            bare.terminate();
            bare.getWhenTerminated().toCompletableFuture().join();
        }
    }

    private static Config config(Path store) {
        return ConfigFactory.parseString(String.format(Locale.ROOT, "allsource.dir = \"%s\"%n", store) + COMMON)
                .withFallback(ConfigFactory.load());
    }

    private static String wallet(long number) {
        return "w" + number;
    }

    private void fill(AllFrame allFrame, BareTransfers transfers) {
        List<CompletableFuture<?>> filled = new ArrayList<>();
        for (int i = 0; i < wallets; i++) {
            filled.add(allFrame.commands()
                    .dispatch(Wallets.WALLET, wallet(i), new Put(1_000_000_000),
                            CommandOptions.none().within(PATIENCE))
                    .thenAccept(result -> result.orThrow())
                    .toCompletableFuture());
            filled.add(transfers.fill(wallet(i), 1_000_000_000).toCompletableFuture());
        }
        filled.forEach(CompletableFuture::join);
    }

    private void compare(AllFrame allFrame, BareTransfers transfers) throws Exception {
        new Comparison(String.format(Locale.ROOT,
                "a transfer of two steps between %,d wallets, %,d in flight, %d rounds of %s, java %s, %d processors",
                wallets, inFlight, rounds, time, System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors()))
                .with("a command with an id", () -> load((instance, number) -> allFrame.commands()
                        .dispatch(Wallets.WALLET, wallet(instance), new Put(1),
                                CommandOptions.withCommandId("c" + numbers.incrementAndGet())
                                        .within(PATIENCE))
                        .thenAccept(result -> result.orThrow())))
                .with("saga of two steps", () -> load((instance, number) -> saga(allFrame)))
                .with("saga by hand on bare Pekko", () -> load((instance, number) -> {
                    long next = numbers.incrementAndGet();
                    return transfers.transfer("t" + next, wallet(next % wallets), wallet((next + 1) % wallets), 1);
                }))
                .run(rounds);
    }

    private Comparison.Result load(Load.Target target) throws InterruptedException {
        return Comparison.Result.of(Load.run(target, wallets, inFlight, time), null);
    }

    private CompletionStage<?> saga(AllFrame allFrame) {
        long next = numbers.incrementAndGet();
        return allFrame.sagas()
                .start(MoneyTransfers.TRANSFER, "t" + next,
                        new Transfer(wallet(next % wallets), wallet((next + 1) % wallets), 1))
                .thenCompose(saga -> saga.ended())
                .thenAccept(end -> {
                    if (end.phase() != SagaStatus.Phase.COMPLETED) {
                        throw new IllegalStateException(end.toString());
                    }
                });
    }

    /** Sagas that are started at half of the rate at which as many as may be under way end. */
    private void half(AllFrame allFrame) throws InterruptedException {
        double full = load((instance, number) -> saga(allFrame)).perSecond();
        List<Comparison.Result> results = new ArrayList<>();
        double loadBefore = Comparison.load();
        for (int round = 0; round < rounds; round++) {
            results.add(paced(allFrame, Math.max(1, (long) (full / 2))));
        }
        Comparison.print(String.format(Locale.ROOT, "from when a saga is due to start until it is seen to have ended;"
                + " %,.0f a second were found with %,d in flight", full, inFlight), loadBefore, "half of the rate",
                results);
    }

    private Comparison.Result paced(AllFrame allFrame, long rate) {
        Histogram latency = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        long count = rate * time.toMillis() / 1_000;
        List<CompletableFuture<?>> ended = new ArrayList<>();
        long cpu = Load.processCpuNanos();
        long begin = System.nanoTime();
        for (long i = 0; i < count; i++) {
            long due = begin + i * TimeUnit.SECONDS.toNanos(1) / rate;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            ended.add(saga(allFrame).thenRun(() -> latency.recordValue(System.nanoTime() - due))
                    .toCompletableFuture());
        }
        ended.forEach(CompletableFuture::join);
        return new Comparison.Result(count / ((System.nanoTime() - begin) / 1e9),
                (Load.processCpuNanos() - cpu) / 1e3 / count, latency, null);
    }
}

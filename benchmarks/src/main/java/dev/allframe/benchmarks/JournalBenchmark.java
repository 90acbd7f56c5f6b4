package dev.allframe.benchmarks;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.command.CommandOptions;
import dev.allframe.runtime.AllFrame;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Events per second through Pekko persistence: bare event-sourced actors with 100 bytes of text as Jackson CBOR on the
 * durable journal, on a bare log, on our journal in memory and on Pekko's journal in memory, which keeps objects and
 * serializes nothing; and our command bus, with JSON, on the durable journal.
 *
 * <p>Arguments, all optional: {@code --seconds 3 --rounds 5 --entities 100,10000 --in-flight 1000 --delay-force 0
 * --variants all --dir <temp>}. The delay is added to every force. {@code --variants} is a text that the names of the
 * variants must contain, besides the first, which is the peer.
 */
public final class JournalBenchmark {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    static final String COMMON = """
            pekko.loglevel = ERROR
            pekko.stdout-loglevel = ERROR
            pekko.actor.serialization-bindings { "dev.allframe.benchmarks.Keeper$CborSerializable" = jackson-cbor }
            pekko.persistence.max-concurrent-recoveries = 1000
            allframe.max-in-flight = 100000
            """;

    private final Options options;
    private final Duration time;
    private final Path folder;

    private JournalBenchmark(Options options) {
        this.options = options;
        this.time = options.seconds("--seconds", "3");
        this.folder = Path.of(options.text("--dir", System.getProperty("java.io.tmpdir")));
    }

    /** Runs the comparison and prints a table for each number of entities. */
    public static void main(String[] args) throws Exception {
        JournalBenchmark benchmark = new JournalBenchmark(new Options(args));
        for (int entities : benchmark.options.numbers("--entities", "100,10000")) {
            benchmark.compare(entities);
        }
        System.exit(0);
    }

    private void compare(int entities) throws Exception {
        int inFlight = options.number("--in-flight", 1_000);
        int rounds = options.number("--rounds", 5);
        Duration delay = options.delay("--delay-force");
        Comparison comparison = new Comparison(String.format(Locale.ROOT,
                "%,d entities, %,d commands in flight, %s added to each force, %d rounds of %s, java %s, %d processors",
                entities, inFlight, delay, rounds, time, System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors()));
        comparison.with("bare, Pekko's in-memory journal",
                () -> bare(entities, inFlight, "pekko.persistence.journal.plugin = pekko.persistence.journal.inmem",
                        null));
        if (wanted("bare, inmemory.journal")) {
            comparison.with("bare, inmemory.journal",
                    () -> bare(entities, inFlight, "pekko.persistence.journal.plugin = inmemory.journal", null));
        }
        if (wanted("bare, a bare log")) {
            comparison.with("bare, a bare log", () -> bareLog(entities, inFlight, delay));
        }
        if (wanted("bare, allsource.journal")) {
            comparison.with("bare, allsource.journal", () -> durable((config, disk) -> bare(entities, inFlight,
                    "pekko.persistence.journal.plugin = allsource.journal\n" + config, disk), delay));
        }
        if (wanted("command bus, allsource")) {
            comparison.with("command bus, allsource", () -> durable((config, disk) -> commandBus(entities, inFlight,
                    "allframe.storage = allsource\n" + config, disk), delay));
        }
        comparison.run(rounds);
    }

    private boolean wanted(String variant) {
        String part = options.text("--variants", "all");
        return part.equals("all") || variant.contains(part);
    }

    private interface OnDisk {
        Comparison.Result run(String config, MeteredDisk disk) throws InterruptedException;
    }

    /** Runs on a durable store of its own. */
    private Comparison.Result durable(OnDisk body, Duration delay) throws InterruptedException {
        Path store = Folders.fresh(folder);
        try {
            MeteredDisk disk = new MeteredDisk(delay);
            MeteredProvider.use(store, disk);
            return body.run(String.format(Locale.ROOT, """
                    allsource.dir = "%s"
                    allsource.provider = "%s"
                    """, store, MeteredProvider.class.getName()), disk);
        } finally {
            Folders.delete(store);
        }
    }

    /** The limit: a journal that forces what it is given, and does nothing else. */
    private Comparison.Result bareLog(int entities, int inFlight, Duration delay) throws InterruptedException {
        Path log = Folders.fresh(folder);
        try {
            MeteredDisk disk = new MeteredDisk(delay);
            BareLogJournal.use(log, disk);
            return bare(entities, inFlight, String.format(Locale.ROOT, """
                    pekko.persistence.journal.plugin = bare-log
                    bare-log { class = "%s", dir = "%s" }
                    """, BareLogJournal.class.getName(), log), disk);
        } finally {
            Folders.delete(log);
        }
    }

    private Comparison.Result bare(int entities, int inFlight, String journal, @Nullable MeteredDisk disk)
            throws InterruptedException {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bare", config(journal));
        try {
            List<ActorRef<Keeper.Command>> keepers = new ArrayList<>();
            for (int i = 0; i < entities; i++) {
                keepers.add(system.systemActorOf(Keeper.create("k" + i, Set.of()), "k" + i, Props.empty()));
            }
            return measure((instance, number) -> {
                CompletableFuture<Long> done = new CompletableFuture<>();
                keepers.get(instance).tell(new Keeper.Keep(Prose.byChance().piece(number), done));
                return done;
            }, entities, inFlight, disk);
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    private Comparison.Result commandBus(int entities, int inFlight, String storage, MeteredDisk disk)
            throws InterruptedException {
        try (AllFrame allFrame = AllFrame.standalone("allframe", config(storage)).aggregate(Tills.TILL).start()) {
            CommandOptions patient = CommandOptions.none().within(TIMEOUT);
            return measure((instance, number) -> allFrame.commands()
                    .dispatch(Tills.TILL, "t" + instance,
                            new Tills.PayIn(1 + number % 1_000, Prose.byChance().piece(number)),
                            patient)
                    .thenApply(result -> result.orThrow()), entities, inFlight, disk);
        }
    }

    private Comparison.Result measure(Load.Target target, int entities, int inFlight, @Nullable MeteredDisk disk)
            throws InterruptedException {
        Load.run(target, entities, Math.max(inFlight, Math.min(entities, 1_000)), time.dividedBy(3));
        if (disk != null) {
            disk.reset();
        }
        Load.Measured measured = Load.run(target, entities, inFlight, time);
        Histogram forces = disk == null ? null : disk.forces();
        return Comparison.Result.of(measured, forces);
    }

    private static Config config(String more) {
        return ConfigFactory.parseString(more)
                .withFallback(ConfigFactory.parseString(COMMON))
                .withFallback(ConfigFactory.load());
    }
}

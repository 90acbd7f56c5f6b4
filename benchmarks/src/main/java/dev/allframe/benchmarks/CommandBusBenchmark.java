package dev.allframe.benchmarks;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.command.CommandOptions;
import dev.allframe.runtime.AllFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.pattern.StatusReply;

/**
 * Commands per second and latency through the command bus on memory storage, beside the same aggregate on bare Pekko
 * with the same hosting, ask and reply.
 *
 * <p>All variants run in one JVM and take turns, round by round, each on a fresh actor system that is warmed up for a
 * quarter of the time; the figures are medians over the rounds, and ratios are taken within a round: their median and,
 * for commands per second, the lowest and the highest. Processor time for a command is the steadier figure where other
 * programs use the machine too. Arguments, all optional:
 * {@code --seconds 4 --rounds 5 --in-flight 200 --instances 100,10000 --hosting local,cluster}.
 */
public final class CommandBusBenchmark {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final String COMMON = """
            pekko.loglevel = WARNING
            pekko.stdout-loglevel = WARNING
            pekko.actor.default-dispatcher.fork-join-executor.minimum-runnable = 4
            pekko.actor.serialization-bindings { "dev.allframe.benchmarks.BareTill$CborSerializable" = jackson-cbor }
            allframe.max-in-flight = 100000
            """;

    private static final String CLUSTER = """
            pekko.actor.provider = cluster
            pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
            pekko.cluster.jmx.enabled = off
            pekko.cluster.downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
            """;

    /**
     * One thing that takes its turn in every round, with an actor system and a store of its own each time, so that no
     * round pays for the last.
     *
     * @param base the place of the variant that it is compared with
     */
    private record Variant(String name, int base, Supplier<Running> start) {}

    private record Running(Load.Target target, Runnable close) {}

    private CommandBusBenchmark() {}

    /** Runs the comparison and prints a table for each hosting and number of instances. */
    public static void main(String[] args) throws InterruptedException {
        Duration time = Duration.ofMillis((long) (1_000 * Double.parseDouble(option(args, "--seconds", "4"))));
        int rounds = Integer.parseInt(option(args, "--rounds", "5"));
        int inFlight = Integer.parseInt(option(args, "--in-flight", "200"));
        System.out.printf(Locale.ROOT,
                "java %s, %d processors, %d commands in flight, %d rounds of %s after one to warm up%n",
                System.getProperty("java.version"), Runtime.getRuntime().availableProcessors(), inFlight, rounds, time);
        for (String hosting : option(args, "--hosting", "local,cluster").split(",", -1)) {
            for (String instances : option(args, "--instances", "100,10000").split(",", -1)) {
                compare(hosting, Integer.parseInt(instances), inFlight, rounds, time);
            }
        }
    }

    private static String option(String[] args, String name, String otherwise) {
        int at = Arrays.asList(args).indexOf(name);
        return at < 0 ? otherwise : args[at + 1];
    }

    private static void compare(String hosting, int instances, int inFlight, int rounds, Duration time)
            throws InterruptedException {
        boolean cluster = switch (hosting) {
            case "local" -> false;
            case "cluster" -> true;
            default ->
                throw new IllegalArgumentException("--hosting is local, cluster or both with a comma, not " + hosting);
        };
        List<Variant> variants = List.of(new Variant("bare Pekko, Jackson on", 0, () -> bare(cluster, true, false)),
                new Variant("bare Pekko, Jackson off", 0, () -> bare(cluster, false, false)),
                new Variant("AllFrame", 0, () -> allFrame(cluster, false)),
                new Variant("bare Pekko, command ids", 3, () -> bare(cluster, true, true)),
                new Variant("AllFrame, command ids", 3, () -> allFrame(cluster, true)));
        List<List<Load.Measured>> measured = new ArrayList<>();
        variants.forEach(variant -> measured.add(new ArrayList<>()));
        for (int round = 0; round <= rounds; round++) {
            for (int i = 0; i < variants.size(); i++) {
                Running running = variants.get(i).start.get();
                Load.run(running.target, instances, inFlight, time.dividedBy(4));
                Load.Measured result = Load.run(running.target, instances, inFlight, time);
                running.close.run();
                System.gc();
                if (round > 0) {
                    measured.get(i).add(result);
                }
            }
        }
        print(hosting, instances, variants, measured);
    }

    private static void print(String hosting, int instances, List<Variant> variants,
            List<List<Load.Measured>> measured) {
        System.out.printf(Locale.ROOT, "%n%s hosting, %,d instances%n%-28s %10s %6s %12s %8s %6s %8s %8s %9s%n",
                hosting,
                instances, "", "commands/s", "ratio", "from - to",
                "cpu µs", "ratio", "p50 µs", "p99 µs", "p999 µs");
        for (int i = 0; i < variants.size(); i++) {
            List<Load.Measured> base = measured.get(variants.get(i).base);
            List<Load.Measured> rounds = measured.get(i);
            System.out.printf(Locale.ROOT, "%-28s %,10.0f %6.2f %12s %8.1f %6.2f %,8.0f %,8.0f %,9.0f%n",
                    variants.get(i).name,
                    median(rounds, Load.Measured::perSecond), median(ratios(rounds, base, Load.Measured::perSecond)),
                    spread(ratios(rounds, base, Load.Measured::perSecond)), median(rounds, Load.Measured::cpuMicros),
                    median(ratios(rounds, base, Load.Measured::cpuMicros)), median(rounds, result -> result.micros(50)),
                    median(rounds, result -> result.micros(99)), median(rounds, result -> result.micros(99.9)));
        }
    }

    private static double[] ratios(List<Load.Measured> rounds, List<Load.Measured> base,
            Function<Load.Measured, Double> figure) {
        double[] ratios = new double[rounds.size()];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = figure.apply(rounds.get(round)) / figure.apply(base.get(round));
        }
        return ratios;
    }

    private static String spread(double[] ratios) {
        return String.format(Locale.ROOT, "%.2f - %.2f", Arrays.stream(ratios).min().orElse(0),
                Arrays.stream(ratios).max().orElse(0));
    }

    private static double median(List<Load.Measured> results, Function<Load.Measured, Double> figure) {
        return median(results.stream().mapToDouble(figure::apply).toArray());
    }

    private static double median(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static Config config(boolean cluster, String more) {
        return ConfigFactory.parseString(more)
                .withFallback(ConfigFactory.parseString(COMMON))
                .withFallback(ConfigFactory.parseString(cluster ? CLUSTER : ""))
                .withFallback(ConfigFactory.load());
    }

    private static Running allFrame(boolean cluster, boolean identified) {
        AllFrame allFrame = AllFrame.standalone("allframe", config(cluster, "allframe.storage = memory"))
                .aggregate(Tills.TILL)
                .start();
        CommandOptions patient = CommandOptions.none().within(TIMEOUT);
        return new Running((instance, number) -> allFrame.commands()
                .dispatch(Tills.TILL, "t" + instance, new Tills.PayIn(1 + number % 1_000, "reference " + number),
                        identified
                                ? CommandOptions.withCommandId(commandId(number)).within(TIMEOUT)
                                : patient)
                .thenApply(result -> result.orThrow()), allFrame::close);
    }

    private static Running bare(boolean cluster, boolean serialized, boolean identified) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bare",
                config(cluster, String.format(Locale.ROOT, """
                        pekko.persistence.journal.plugin = "pekko.persistence.journal.inmem"
                        pekko.persistence.journal.inmem.test-serialization = %s
                        """, serialized ? "on" : "off")));
        Load.Target target;
        if (cluster) {
            Cluster.get(system).manager().tell(Join.create(Cluster.get(system).selfMember().address()));
            EntityTypeKey<BareTill.Command> key = EntityTypeKey.create(BareTill.Command.class, "bare-till");
            ClusterSharding sharding = ClusterSharding.get(system);
            sharding.init(Entity.of(key, context -> BareTill.create(context.getEntityId()))
                    .withStopMessage(BareTill.Stop.INSTANCE));
            target = (instance, number) -> sharding.entityRefFor(key, "t" + instance)
                    .<Long>askWithStatus(replyTo -> payIn(instance, number, identified, replyTo), TIMEOUT);
        } else {
            ActorRef<BareTill.Command> host = system.systemActorOf(BareTill.localHost(), "tills", Props.empty());
            target = (instance, number) -> AskPattern.<BareTill.Command, Long>askWithStatus(host,
                    replyTo -> payIn(instance, number, identified, replyTo),
                    TIMEOUT, system.scheduler());
        }
        return new Running(target, () -> {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        });
    }

    private static BareTill.PayIn payIn(int instance, long number, boolean identified,
            ActorRef<StatusReply<Long>> replyTo) {
        long amount = 1 + number % 1_000;
        String reference = "reference " + number;
        return new BareTill.PayIn("t" + instance, amount, reference,
                identified ? BareTill.Identity.of(commandId(number), amount, reference) : null, replyTo);
    }

    /** Another one for each command, in the second round of a variant too. */
    private static String commandId(long number) {
        return "c" + number + "-" + System.nanoTime();
    }
}

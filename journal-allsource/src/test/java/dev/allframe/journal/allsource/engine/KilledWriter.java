package dev.allframe.journal.allsource.engine;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.tables.RocksMemory;
import dev.allframe.journal.plugin.Storages;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * The process that is killed. Persistent actors write to its store without end, while other threads flush, compact and
 * back it up. It says on its output what was acknowledged, each line in one piece and ended by a dot, so that one that
 * is cut is noticed.
 *
 * <p>It starts before it is known what it is to do, because starting takes longer than living: the first line of its
 * input says so.
 */
final class KilledWriter {

    static final String STOP = "stop";

    private static final OutputStream OUTPUT = new FileOutputStream(FileDescriptor.out);
    private static final int FAILED = 1;

    private static volatile boolean stopping;
    private static volatile @Nullable CrashPoints places;

    private KilledWriter() {}

    /** What the process is told to do. */
    record Task(Path store, Path backup, long seed, int time, String place) {

        String line() {
            return String.join("\t", store.toString(), backup.toString(), Long.toString(seed), Integer.toString(time),
                    place);
        }

        static Task of(String line) {
            String[] parts = line.split("\t", -1);
            return new Task(Path.of(parts[0]), Path.of(parts[1]), Long.parseLong(parts[2]),
                    Integer.parseInt(parts[3]), parts[4]);
        }
    }

    static boolean isStopping() {
        return stopping;
    }

    static void say(String what) {
        byte[] line = (what + " .\n").getBytes(StandardCharsets.UTF_8);
        synchronized (OUTPUT) {
            try {
                OUTPUT.write(line);
            } catch (IOException nobodyListens) {
                Runtime.getRuntime().halt(FAILED);
            }
        }
    }

    /** Says that something has failed that must not. */
    static void wrong(String what) {
        CrashPoints now = places;
        if (!stopping && (now == null || !now.isDying())) {
            say("wrong " + what.replace('\n', ' '));
        }
    }

    public static void main(String[] none) {
        System.setOut(System.err); // the output belongs to what is acknowledged
        try {
            live();
        } catch (IOException | RuntimeException failed) {
            failed.printStackTrace();
            wrong(failed.toString());
            Runtime.getRuntime().halt(FAILED);
        }
        System.exit(0);
    }

    private static void live() throws IOException {
        CrashPoints points = new CrashPoints((place, count) -> say("point " + count + " " + place));
        places = points;
        ActorSystem system = ActorSystem.create("killed", config());
        new RocksMemory(8 << 20).close(); // loads the library
        say("up");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = input.readLine();
        if (line == null) {
            Runtime.getRuntime().halt(0);
            return;
        }
        Task task = Task.of(line);
        points.phase(Files.exists(task.store.resolve(StoreLayout.STORE)) ? "opening" : "creation");
        points.dieAt(task.place, task.time);
        KilledStoreProvider.use(task.store, points);
        EngineBackend store = (EngineBackend) Storages.get(system).backend("allsource");
        points.phase("use");
        say("open");
        for (int number = 0; number < KilledActor.ACTORS; number++) {
            system.actorOf(KilledActor.props(number, task.seed));
        }
        Random random = new Random(task.seed);
        repeat("flush", random.nextInt(100), store::flush);
        repeat("compact", random.nextInt(200), () -> compact(store));
        repeat("backup", random.nextInt(300), () -> backup(store, task.backup));
        if (!STOP.equals(input.readLine())) {
            Runtime.getRuntime().halt(0); // the parent is gone
        }
        stopping = true;
        points.phase("closing");
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        say("closed");
    }

    private static Config config() {
        return ConfigFactory.parseMap(Map.of(
                "allsource.provider", KilledStoreProvider.class.getName(),
                "pekko.persistence.journal.plugin", "allsource.journal",
                "pekko.persistence.snapshot-store.plugin", "allsource.snapshot",
                "pekko.loglevel", "ERROR",
                "pekko.logger-startup-timeout", "1 minute",
                "pekko.jvm-shutdown-hooks", "off")).withFallback(ConfigFactory.load());
    }

    private static CompletionStage<?> compact(EngineBackend store) {
        return store.compact().thenRun(() -> {
            if (store.compactionFailures() > 0) {
                wrong("a compaction has failed");
            }
        });
    }

    private static CompletionStage<?> backup(EngineBackend store, Path target) {
        say("backup");
        return store.backup(target).thenRun(() -> say("backed-up"));
    }

    /** Does something again and again, on a thread of its own. */
    private static void repeat(String what, int pauseMillis, Supplier<CompletionStage<?>> action) {
        Thread.ofPlatform().daemon().name("repeated " + what).start(() -> {
            while (!stopping) {
                LockSupport.parkNanos(Duration.ofMillis(20 + pauseMillis).toNanos());
                try {
                    action.get().toCompletableFuture().join();
                } catch (CompletionException failed) {
                    wrong(what + ": " + failed.getCause());
                    return;
                }
            }
        });
    }
}

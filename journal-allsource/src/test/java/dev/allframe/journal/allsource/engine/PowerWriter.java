package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.index.RocksTables;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.journal.allsource.engine.wal.WalConfig;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.VersionConflictException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The process whose files are traced: does one operation after the other on a store, and says which of them were
 * acknowledged.
 */
final class PowerWriter {

    /** At most so many operations are under way. */
    static final int BURST = 24;

    private static final int REOPENS_IN = 60;

    /**
     * Log segments, tail segments and buffers are small, so that it rolls, seals, compacts and flushes many times in a
     * second.
     */
    private static final EngineConfig SMALL = EngineConfig.defaults()
            .withLog(new WalConfig(48 << 10, 1 << 20))
            .withTailBytes(32_000)
            .withTailEvents(120)
            .withGroupBytes(16_000)
            .withMaxRecordBytes(1 << 16)
            .withCacheBytes(1 << 20)
            .withRowFileBytes(64 << 10)
            .withSealAfter(Duration.ofSeconds(30))
            .withQuiet(Duration.ZERO);

    private static final long TABLE_BYTES = 8L << 20;

    private PowerWriter() {}

    private static EventStoreBackend open(Path directory) {
        return new EngineBackend(Engine.open(new RealDisk(), directory, new RocksTables(directory, TABLE_BYTES), SMALL,
                Clock.fixed(Model.NOW, ZoneOffset.UTC), "a test"), "fsync");
    }

    /** Takes the store's directory, the script that it has lived, and the seed of what comes. */
    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        Model planned = PowerScript.parse(arguments[1]).model();
        long seed = Long.parseLong(arguments[2]);
        Operations operations = new Operations(new Random(seed));
        Random random = new Random(seed + 1);
        EventStoreBackend store = open(directory);
        for (int number = 0;;) {
            List<CompletableFuture<?>> underWay = new ArrayList<>();
            for (int i = 1 + random.nextInt(BURST); i > 0; i--) {
                Operation next = operations.next(planned);
                planned.accepts(next);
                underWay.add(submit(store, next, number++));
            }
            CompletableFuture.allOf(underWay.toArray(new CompletableFuture<?>[0])).join();
            if (random.nextInt(REOPENS_IN) == 0) {
                store.close();
                store = open(directory);
            }
        }
    }

    /** Completes when it was answered; any answer that is neither yes nor a conflict is said as a failure. */
    private static CompletableFuture<?> submit(EventStoreBackend store, Operation operation, int number) {
        return operation.submitTo(store).toCompletableFuture().handle((done, failed) -> {
            Throwable reason = failed instanceof CompletionException wrapped ? wrapped.getCause() : failed;
            if (reason == null) {
                say(Integer.toString(number));
            } else if (!(reason instanceof VersionConflictException)) {
                say("failed " + number + " with " + reason);
            }
            return null;
        });
    }

    private static void say(String line) {
        synchronized (System.out) {
            System.out.print(line + "\n");
            System.out.flush();
        }
    }
}

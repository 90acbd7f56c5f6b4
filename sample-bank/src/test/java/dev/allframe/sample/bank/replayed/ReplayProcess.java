package dev.allframe.sample.bank.replayed;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.replay.ReplayRange;
import dev.allframe.replay.ReplayStatus.State;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.AllFrame;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Replays all accounts of a store into a file outside of it, a line for each event, until it is killed or done. */
final class ReplayProcess {

    static final String NAME = "feed";

    /** So many events may have had their effect that the stored position does not cover. */
    static final int UNSAVED = 50;

    private static final int EVENTS_PER_SECOND = 2_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final FileChannel ledger;

    private ReplayProcess(FileChannel ledger) {
        this.ledger = ledger;
    }

    /** Arguments: the folder of the store, the file outside. */
    public static void main(String[] arguments) throws IOException {
        try (FileChannel ledger = FileChannel.open(Path.of(arguments[1]), StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
                BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            ReplayProcess process = new ReplayProcess(ledger);
            process.start(ConfigFactory.parseString("allframe.storage = memory")).close(); // loads the classes
            say("warm");
            orders.readLine();
            process.replay(ConfigFactory
                    .parseMap(Map.of("allframe.storage", "allsource", "allsource.dir", arguments[0],
                            "allsource.memory", "64MiB")));
        } catch (Throwable failed) { // whatever it is, the test is to hear it
            failed.printStackTrace();
            System.exit(1);
        }
    }

    private AllFrame start(Config config) {
        return AllFrame.standalone("replays", config.withFallback(ConfigFactory.load()))
                .replay(ReplayType.named(NAME).from(ACCOUNT, this::note).unsaved(UNSAVED).parallel(4))
                .start();
    }

    private void replay(Config config) {
        try (AllFrame replaying = start(config)) {
            if (state(replaying) == State.NEW) {
                replaying.replays()
                        .start(NAME, ReplayRange.all(), EVENTS_PER_SECOND, Order.of("test", "it is killed"))
                        .toCompletableFuture()
                        .join();
            }
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> state(replaying) == State.DONE);
            say("done");
        }
    }

    private static State state(AllFrame replaying) {
        return replaying.replays().describe(NAME).toCompletableFuture().join().state();
    }

    /** One write, so that a kill leaves whole lines: what the kernel has is not lost with the process. */
    private CompletionStage<?> note(Object event, ReactionInfo info) {
        try {
            ledger.write(
                    ByteBuffer.wrap((info.idempotencyKey() + " " + info.position().index() + "\n").getBytes(UTF_8)));
            say("noted");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return CompletableFuture.completedFuture(null);
    }

    private static void say(String line) {
        synchronized (System.out) {
            System.out.println(line);
            System.out.flush();
        }
    }
}

package dev.allframe.sample.bank.opened;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.sample.bank.child.ChildJvm;
import dev.allframe.sample.bank.child.Work;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is killed, again and again, whose events start sagas. The journal says that each event has started one saga
 * and no other, that each saga has ended, and that its effect is there once.
 */
@Guarantee("G8")
final class KilledGiftsTest {

    private static final int ACCOUNTS = Integer.getInteger("gift.count", 1_000);
    private static final int KILLS = Integer.getInteger("gift.kills", 3);
    private static final int PAGE = 1_000;

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final BitSet opened = new BitSet();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void each_event_starts_one_saga_that_ends_though_the_process_is_killed() throws IOException, InterruptedException {
        System.out.println("replay with -Dtest.seed=" + seed);
        long begun = System.nanoTime();
        int hits = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            // An account is two lines: the kills together leave the last process about half of them.
            hits += live(1 + random.nextInt(2 * ACCOUNTS / KILLS)) ? 1 : 0;
        }
        live(Integer.MAX_VALUE);
        System.out.println(ACCOUNTS + " sagas, " + KILLS + " kills, " + hits + " of them at work, "
                + (System.nanoTime() - begun) / 1_000_000_000 + " s");

        assertThat(hits).as("kills at work").isPositive();
        Map<String, List<String>> streams = streams();
        assertThat(streams.keySet().stream().filter(stream -> stream.startsWith("saga|"))).hasSize(ACCOUNTS);
        for (int i = 0; i < ACCOUNTS; i++) {
            assertThat(streams.get("account|" + i)).as("account %s", i)
                    .containsExactly("account.opened", "account.deposited");
            List<String> saga = streams.getOrDefault("saga|gift/account/" + i + "#1", List.of());
            assertThat(saga).as("saga of account %s", i)
                    .startsWith("saga.started", "saga.step-begun")
                    .endsWith("saga.step-done", "saga.completed");
            assertThat(saga).as("saga of account %s", i).containsOnlyOnce("saga.started");
        }
    }

    /** The types of all events, by their streams. */
    private Map<String, List<String>> streams() {
        Map<String, List<String>> streams = new TreeMap<>();
        try (EventStoreBackend backend = AllSourceBackend.production(folder.resolve("store"))) {
            Position at = Position.START;
            boolean atEnd = false;
            while (!atEnd) {
                EventPage page = backend.getAllEvents(EventFilter.all(), at, PAGE).toCompletableFuture().join();
                for (StoredEvent record : page.events()) {
                    if (record.envelope().isEvent()) {
                        streams.computeIfAbsent(record.stream().toString(), stream -> new ArrayList<>())
                                .add(record.envelope().eventType());
                    }
                }
                at = page.next();
                atEnd = page.atEnd();
            }
        }
        return streams;
    }

    private boolean live(int lines) throws IOException, InterruptedException {
        return Work.live(ChildJvm.of(GiftsProcess.class)
                .process(folder.resolve("store").toString(), Integer.toString(opened.nextClearBit(0)),
                        Integer.toString(ACCOUNTS)),
                lines, folder.resolve("errors.txt"), said -> {
                    if (said[0].equals("opened")) {
                        opened.set(Integer.parseInt(said[1]));
                    }
                });
    }
}

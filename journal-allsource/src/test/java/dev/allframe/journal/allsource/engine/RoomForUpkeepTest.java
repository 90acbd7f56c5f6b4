package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.journal.allsource.engine.index.MemoryTables;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.write.Request;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is done behind the writer rests where there is no room, and is done when there is. */
class RoomForUpkeepTest {

    private static final StreamId STREAM = new StreamId("account|1");
    private static final Payload PAYLOAD = new Payload(1, "", new byte[]{1});

    private static Append append() {
        return new Append(STREAM, ExpectedVersion.any(), "writer",
                List.of(Envelope.of("happened", 1, PAYLOAD, Set.of(), EventMetadata.at(Model.NOW), null)));
    }

    @Test
    void on_a_full_disk_a_compactor_that_is_far_behind_rests_between_attempts() {
        AtomicBoolean full = new AtomicBoolean();
        List<Long> attempts = new CopyOnWriteArrayList<>();
        Disk disk = new ForwardingDisk(new SimulatedDisk()) {
            @Override
            public DiskFile create(Path file) throws IOException {
                if (full.get() && file.toString().contains(".parquet")) {
                    attempts.add(System.nanoTime());
                    throw new NoSpaceException("a test", new IOException("a test"));
                }
                return super.create(file);
            }
        };
        Engine engine = Engine.open(disk, StoreLife.DIRECTORY, new MemoryTables(),
                StoreLife.SMALL.withQuiet(Duration.ofHours(1)), Clock.systemUTC(), "a test");
        EngineBackend store = new EngineBackend(engine, "a test");
        full.set(true);
        for (int i = 0; i < 33; i++) {
            Stages.get(store.append(append()));
            CompletableFuture<Void> sealed = new CompletableFuture<>();
            engine.submit(new Request.Seal(sealed));
            Stages.get(sealed);
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> attempts.size() >= 8);

        assertThat(attempts.get(7) - attempts.getFirst()).as("ns for 8 attempts, of which a round makes two at most")
                .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1_500));
        full.set(false);
        store.close();
    }

    @Test
    void a_tail_that_became_old_while_the_tables_were_full_is_sealed_when_they_have_room() {
        HookedTables tables = new HookedTables(new RememberedTables());
        Duration old = Duration.ofMillis(200);
        Engine engine = Engine.open(new SimulatedDisk(), StoreLife.DIRECTORY, tables,
                StoreLife.SMALL.withSealAfter(old),
                Clock.systemUTC(), "a test");
        EngineBackend store = new EngineBackend(engine, "a test");
        AtomicBoolean full = new AtomicBoolean();
        tables.beforeWrite(() -> {
            if (full.get()) {
                throw new StoreFullException("a test");
            }
        });
        Stages.get(store.append(append()));
        full.set(true);
        CompletionStage<Void> waiting = store.saveSnapshot(new Snapshot(STREAM, 1, Model.NOW, PAYLOAD, null));
        await().atMost(Duration.ofSeconds(30)).until(() -> store.changesRefused() != null); // else an append joins it
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < 2 * old.toNanos()) {
            assertThat(Stages.failure(store.append(append()))).isInstanceOf(StoreFullException.class);
        }
        full.set(false);
        Stages.get(waiting);

        await().atMost(Duration.ofSeconds(30)).until(() -> engine.contents().view().sealed.size() == 1);
        store.close();
    }
}

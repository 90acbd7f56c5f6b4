package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.index.MemoryTables;
import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.FaultPlan;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.upkeep.CompactionReport;
import dev.allframe.journal.allsource.engine.upkeep.Segments;
import dev.allframe.journal.allsource.engine.write.Request;
import dev.allframe.store.Append;
import dev.allframe.store.AppendOutcome;
import dev.allframe.store.Appended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What goes wrong on the threads behind the writer is told to whoever waits, and nothing that could go on stops. */
@Guarantee({"G1", "G4", "G10"})
class BackgroundFaultTest {

    private static final StreamId STREAM = new StreamId("account|1");
    private static final Payload PAYLOAD = Payload.json("{}".getBytes(StandardCharsets.UTF_8));

    private final SimulatedDisk disk = new SimulatedDisk();
    private final RememberedTables remembered = new RememberedTables();
    private final HookedTables tables = new HookedTables(remembered);

    private static EngineBackend open(SimulatedDisk disk, Tables tables) {
        return new EngineBackend(Engine.open(disk, StoreLife.DIRECTORY, tables, StoreLife.SMALL,
                Clock.fixed(Model.NOW, ZoneOffset.UTC), "a test"), "a test");
    }

    private EngineBackend open() {
        return open(disk, tables);
    }

    private static CompletionStage<Appended> append(EngineBackend store, long expected) {
        return store.append(new Append(STREAM, ExpectedVersion.exactly(expected), "writer", List.of(
                Envelope.of("happened", 1, PAYLOAD, Set.of(), EventMetadata.at(Model.NOW), null))));
    }

    private static Append one(long expected, byte[] payload) {
        return new Append(STREAM, ExpectedVersion.exactly(expected), "writer", List.of(Envelope.of("happened", 1,
                new Payload(1, "", payload), Set.of(), EventMetadata.at(Model.NOW), null)));
    }

    private static int events(EngineBackend store) {
        return Stages.get(store.getAllEvents(EventFilter.all(), Position.START, 1000)).events().size();
    }

    @Test
    void who_waits_for_sealing_is_told_of_an_error() {
        EngineBackend store = open();
        Stages.get(append(store, 0));
        tables.beforeFlush(() -> {
            throw new OutOfMemoryError("a test");
        });

        assertThatThrownBy(() -> Stages.get(store.flush())).isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("a test");
        assertThatThrownBy(() -> Stages.get(store.flush())).isInstanceOf(StoreFailedException.class);

        Stages.get(append(store, 1));
        assertThat(events(store)).isEqualTo(2);
        Stages.run(store::close);
    }

    @Test
    void who_waits_for_compaction_is_told_of_an_error() {
        EngineBackend store = open();
        Stages.get(append(store, 0));
        Stages.get(append(store, 1));
        Stages.get(store.flush());
        Stages.get(store.deleteEventsTo(STREAM, 1));
        AtomicBoolean failing = new AtomicBoolean(true);
        tables.beforeCursor(() -> {
            if (failing.get()) {
                throw new OutOfMemoryError("a test");
            }
        });

        assertThatThrownBy(() -> Stages.get(store.compact())).isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("a test");

        failing.set(false);
        assertThat(Stages.get(store.compact()).droppedRows()).isEqualTo(1);
        Stages.run(store::close);
    }

    @Test
    void sealing_goes_on_when_the_index_has_found_no_room_for_segments_that_the_manifest_names() {
        EngineBackend store = open();
        Stages.get(append(store, 0));
        AtomicBoolean full = new AtomicBoolean(true);
        tables.beforeIndexFlush(() -> {
            if (full.get()) {
                throw new StoreFullException("a test");
            }
        });

        assertThatThrownBy(() -> Stages.get(store.flush())).isInstanceOf(StoreFullException.class);
        assertThat(events(store)).isEqualTo(1);
        full.set(false);

        await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> Stages.failure(store.flush()) == null);
        Stages.get(append(store, 1));
        Stages.get(store.flush());
        assertThat(events(store)).isEqualTo(2);
        Stages.run(store::close);
    }

    @Test
    void sealing_goes_on_when_the_tables_have_found_no_room() {
        EngineBackend store = open();
        Stages.get(append(store, 0));
        AtomicBoolean full = new AtomicBoolean(true);
        tables.beforeFlush(() -> {
            if (full.get()) {
                throw new StoreFullException("a test");
            }
        });

        assertThatThrownBy(() -> Stages.get(store.flush())).isInstanceOf(StoreFullException.class);
        full.set(false);

        await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> Stages.failure(store.flush()) == null);
        assertThat(events(store)).isEqualTo(1);
        Stages.run(store::close);
    }

    private static CompletionStage<?> save(EngineBackend store, long sequenceNr) {
        return store.saveSnapshot(new Snapshot(STREAM, sequenceNr, Model.NOW, PAYLOAD, null));
    }

    private static long lastSnapshot(EngineBackend store) {
        return Stages.get(store.getLatestSnapshot(STREAM, SnapshotCriteria.all()))
                .map(Snapshot::sequenceNr)
                .orElse(0L);
    }

    private static Runnable fullWhile(AtomicBoolean full) {
        return () -> {
            if (full.get()) {
                throw new StoreFullException("a test");
            }
        };
    }

    @Test
    void what_the_tables_have_no_room_for_is_answered_when_they_have_and_until_then_the_rest_is_refused() {
        EngineBackend store = open();
        Stages.get(append(store, 0));
        AtomicBoolean full = new AtomicBoolean(true);
        tables.beforeWrite(fullWhile(full));

        CompletionStage<?> waiting = save(store, 1);
        assertThatThrownBy(() -> Stages.get(store.flush())).isInstanceOf(StoreFullException.class);
        assertThatThrownBy(() -> Stages.get(save(store, 2))).isInstanceOf(StoreFullException.class);
        assertThatThrownBy(() -> Stages.get(append(store, 1))).isInstanceOf(StoreFullException.class);
        assertThatThrownBy(() -> Stages.get(append(store, 7))).isInstanceOf(StoreFullException.class);
        assertThat(waiting.toCompletableFuture()).isNotDone();
        assertThat(events(store)).isEqualTo(1);
        assertThat(lastSnapshot(store)).isZero();
        full.set(false);

        Stages.get(waiting);
        assertThat(lastSnapshot(store)).isEqualTo(1);
        Stages.get(append(store, 1));
        Stages.get(save(store, 2));
        Stages.get(store.flush());
        Stages.run(store::close);
        EngineBackend again = open(disk, remembered.flushed());
        assertThat(events(again)).isEqualTo(2);
        assertThat(lastSnapshot(again)).isEqualTo(2);
        Stages.run(again::close);
    }

    @Test
    void a_store_that_is_closed_before_its_tables_have_room_says_so_and_has_everything_when_it_is_opened() {
        EngineBackend store = open();
        Stages.get(append(store, 0));
        tables.beforeWrite(fullWhile(new AtomicBoolean(true)));
        CompletionStage<?> waiting = save(store, 1);
        assertThatThrownBy(() -> Stages.get(store.flush())).isInstanceOf(StoreFullException.class);

        Stages.run(store::close);

        assertThatThrownBy(() -> Stages.get(waiting)).isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("in the log");
        EngineBackend again = open(disk, remembered.flushed());
        assertThat(events(again)).isEqualTo(1);
        assertThat(lastSnapshot(again)).isEqualTo(1);
        Stages.run(again::close);
    }

    /** A compaction has to merge them, and to drop an event. */
    private EngineBackend openWithThreeSegments() {
        EngineBackend store = open();
        for (int i = 0; i < 3; i++) {
            Stages.get(append(store, i));
            Stages.get(store.flush());
        }
        Stages.get(store.deleteEventsTo(STREAM, 1));
        return store;
    }

    @Test
    void a_compaction_goes_on_when_the_index_has_found_no_room_for_what_the_manifest_names() {
        EngineBackend store = openWithThreeSegments();
        AtomicBoolean full = new AtomicBoolean(true);
        tables.beforeIndexWrite(fullWhile(full));

        assertThatThrownBy(() -> Stages.get(store.compact())).isInstanceOf(StoreFullException.class);
        assertThat(events(store)).isEqualTo(2);
        assertThatThrownBy(() -> Stages.get(store.compact())).isInstanceOf(StoreFullException.class);
        full.set(false);

        assertThat(Stages.get(store.compact()).droppedRows()).isEqualTo(1);
        assertThat(events(store)).isEqualTo(2);
        Stages.get(append(store, 3));
        Stages.get(store.flush());
        Stages.get(store.compact());
        assertThat(events(store)).isEqualTo(3);
        Stages.run(store::close);
        EngineBackend again = open(disk, remembered.flushed());
        assertThat(events(again)).isEqualTo(3);
        Stages.run(again::close);
    }

    @Test
    void a_compaction_that_has_found_no_room_is_tried_again_though_nothing_else_is_sealed() {
        EngineBackend store = openWithThreeSegments();
        AtomicBoolean full = new AtomicBoolean(true);
        AtomicInteger written = new AtomicInteger();
        tables.beforeIndexWrite(() -> {
            fullWhile(full).run();
            written.incrementAndGet();
        });
        assertThatThrownBy(() -> Stages.get(store.compact())).isInstanceOf(StoreFullException.class);

        full.set(false);

        await().atMost(Duration.ofSeconds(10)).until(() -> written.get() > 0);
        Stages.run(store::close);
    }

    @Test
    void a_conflict_with_what_was_never_durable_is_answered_with_the_failure() throws InterruptedException {
        Engine engine = Engine.open(disk, StoreLife.DIRECTORY, tables, StoreLife.SMALL,
                Clock.fixed(Model.NOW, ZoneOffset.UTC), "a test");
        EngineBackend store = new EngineBackend(engine, "fsync");
        Stages.get(append(store, 0));
        CountDownLatch submitted = new CountDownLatch(1);
        CountDownLatch holding = new CountDownLatch(1);
        engine.submit(new Request.Look<>(() -> {
            holding.countDown();
            awaitUninterruptibly(submitted);
            return "";
        }, new CompletableFuture<>()));
        holding.await();
        CompletionStage<Appended> first = append(store, 1);
        CompletionStage<Appended> conflicting = append(store, 1);
        disk.plan(FaultPlan.forever(1, FaultPlan.Kind.IO_ERROR));
        submitted.countDown();

        assertThatThrownBy(() -> Stages.get(first)).isInstanceOf(StoreFailedException.class);
        assertThatThrownBy(() -> Stages.get(conflicting)).isInstanceOf(StoreFailedException.class);
        disk.plan(FaultPlan.once(Long.MAX_VALUE, FaultPlan.Kind.IO_ERROR));
        store.close();
    }

    @Test
    void a_conflict_with_what_was_refused_is_answered_with_the_refusal() {
        Engine engine = Engine.open(disk, StoreLife.DIRECTORY, tables, StoreLife.SMALL,
                Clock.fixed(Model.NOW, ZoneOffset.UTC), "a test");
        EngineBackend store = new EngineBackend(engine, "fsync");
        Stages.get(append(store, 0));
        disk.limit(disk.usedBytes());
        CompletableFuture<List<AppendOutcome>> answer = new CompletableFuture<>();

        store.appendEach(List.of(one(1, new byte[3_000]), one(1, new byte[1])), answer::complete);

        assertThat(answer.join()).hasSize(2)
                .allSatisfy(outcome -> assertThat(((AppendOutcome.Failed) outcome).reason())
                        .isInstanceOf(StoreFullException.class));
        disk.limit(Long.MAX_VALUE);
        assertThat(Stages.get(append(store, 1)).lastSequenceNr()).isEqualTo(2);
        store.close();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void a_compaction_that_outlives_the_writer_of_a_store_being_closed_has_not_failed() throws Exception {
        CountDownLatch renaming = new CountDownLatch(1);
        CountDownLatch writerEnded = new CountDownLatch(1);
        Disk slow = new CrashPointDisk(new MemoryDisk(), new CrashPoints((place, count) -> {
            if (place.equals("before rename rows in compaction")) {
                renaming.countDown();
                awaitUninterruptibly(writerEnded);
            }
        }));
        Engine engine = Engine.open(slow, StoreLife.DIRECTORY, new MemoryTables(), StoreLife.SMALL,
                Clock.fixed(Model.NOW, ZoneOffset.UTC), "a test");
        EngineBackend store = new EngineBackend(engine, "fsync");
        Stages.get(append(store, 0));
        Stages.get(append(store, 1));
        Stages.get(store.flush());
        Stages.get(store.deleteEventsTo(STREAM, 1));
        CompletionStage<CompactionReport> compacting = store.compact();
        renaming.await();

        Thread closing = Thread.ofPlatform().start(store::close);
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            CompletableFuture<String> looked = new CompletableFuture<>();
            engine.submit(new Request.Look<>(() -> "", looked));
            return Stages.failure(looked) != null;
        });
        writerEnded.countDown();
        closing.join();

        Throwable ended = Stages.failure(compacting.toCompletableFuture());
        assertThat(ended == null || ended instanceof StoreClosedException).as("%s", ended).isTrue();
        assertThat(store.compactionFailures()).isZero();
    }

    @Test
    void files_that_a_crash_has_begun_are_removed_when_the_store_is_opened() throws IOException {
        EngineBackend store = open();
        Stages.get(append(store, 0));
        Stages.get(store.flush());
        Stages.run(store::close);
        Path segments = Segments.files(StoreLife.DIRECTORY);
        List<Path> sealed = disk.list(segments);
        for (String name : List.of("00000000000000000001.rows.tmp", "00000000000000000009.parquet.tmp")) {
            try (var begun = disk.create(segments.resolve(name))) {
                begun.write(ByteBuffer.wrap(new byte[100]), 0);
            }
        }

        EngineBackend again = open(disk, remembered.left(new Random(1)));

        assertThat(disk.list(segments)).containsExactlyInAnyOrderElementsOf(sealed);
        assertThat(events(again)).isEqualTo(1);
        Stages.run(again::close);
    }
}

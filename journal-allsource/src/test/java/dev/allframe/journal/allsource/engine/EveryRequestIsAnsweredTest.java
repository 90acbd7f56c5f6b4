package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.index.MemoryTables;
import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.journal.allsource.engine.threads.Threads;
import dev.allframe.store.Append;
import dev.allframe.store.AppendTooLargeException;
import dev.allframe.store.Appended;
import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is thrown, and however a store is closed: each stage completes, and {@code close} returns. */
@Guarantee({"G1", "G4", "G10"})
class EveryRequestIsAnsweredTest {

    private static final StreamId STREAM = new StreamId("account|1");
    private static final int CLOSES = Seeds.count("close.races", 40);

    private static EngineBackend open(Disk disk, Tables tables, Clock clock) {
        return new EngineBackend(Engine.open(disk, StoreLife.DIRECTORY, tables, StoreLife.SMALL, clock, "a test"),
                "a test");
    }

    private static EngineBackend open() {
        return open(new MemoryDisk(), new MemoryTables(), Clock.systemUTC());
    }

    private static Envelope event(int bytes) {
        Payload payload = Payload.json("1".repeat(bytes).getBytes(StandardCharsets.UTF_8));
        return Envelope.of("happened", 1, payload, Set.of(), EventMetadata.at(Model.NOW), null);
    }

    private static CompletionStage<Appended> append(EngineBackend store) {
        return store.append(new Append(STREAM, ExpectedVersion.any(), "writer", List.of(event(2))));
    }

    /** Requests that come when the writer has ended are refused by those who submit them, at the same time. */
    @Test
    void submits_that_race_close_are_all_answered_and_close_returns() {
        Random random = new Random(Seeds.next());
        for (int round = 0; round < CLOSES; round++) {
            EngineBackend store = open();
            List<CompletionStage<?>> stages = Collections.synchronizedList(new ArrayList<>());
            AtomicBoolean closed = new AtomicBoolean();
            CountDownLatch begun = new CountDownLatch(3);
            List<Thread> submitters = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                submitters.add(Thread.ofPlatform().daemon().start(() -> {
                    begun.countDown();
                    stages.add(append(store));
                    for (int asked = 0, after = 0; asked < 2_000
                            && after < 20; asked++, after += closed.get() ? 1 : 0) {
                        stages.add(store.highestSequenceNr(STREAM));
                    }
                }));
            }
            int pause = random.nextInt(1 << 12);
            Stages.run(() -> {
                await(begun);
                for (int i = 0; i < pause; i++) {
                    Thread.onSpinWait();
                }
                store.close();
                closed.set(true);
            });
            submitters.forEach(Threads::join);
            for (CompletionStage<?> stage : stages) {
                RuntimeException failure = Stages.failure(stage);
                if (failure != null && !(failure instanceof StoreClosedException)) {
                    throw new AssertionError("neither answered nor refused as closed", failure);
                }
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    /** A clock that throws what it is told to. */
    private static final class ThrowingClock extends Clock {

        private final AtomicReference<@Nullable Error> next = new AtomicReference<>();

        @Override
        public long millis() {
            Error planted = next.getAndSet(null);
            if (planted != null) {
                throw planted;
            }
            return Model.NOW.toEpochMilli();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis());
        }
    }

    @Test
    void an_error_while_a_request_is_prepared_is_its_answer_and_the_store_goes_on() {
        ThrowingClock clock = new ThrowingClock();
        EngineBackend store = open(new MemoryDisk(), new MemoryTables(), clock);
        Payload value = Payload.json(new byte[]{'1'});
        for (Error planted : List.of(new StackOverflowError("planted"), new OutOfMemoryError("planted"),
                new NoClassDefFoundError("planted"), new AssertionError("planted"))) {
            clock.next.set(planted);
            CompletableFuture<DurableState> refused = store.upsertState(STREAM, 1, value, "").toCompletableFuture();
            CompletionStage<Appended> behind = append(store);

            Awaitility.await().until(refused::isDone);
            assertThat(refused.exceptionNow()).isSameAs(planted);
            Stages.get(behind);
        }
        assertThat(Stages.get(store.upsertState(STREAM, 1, value, "")).revision()).isEqualTo(1);
        Stages.run(store::close);
    }

    @Test
    void an_error_while_a_group_is_applied_answers_all_that_is_under_way_and_all_that_comes() {
        HookedTables tables = new HookedTables(new MemoryTables());
        EngineBackend store = open(new MemoryDisk(), tables, Clock.systemUTC());
        Stages.get(append(store));
        tables.beforeWrite(() -> {
            throw new StackOverflowError("planted");
        });

        List<CompletionStage<?>> stages = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            stages.add(store.saveSnapshot(new Snapshot(STREAM, i, Model.NOW, Payload.json(new byte[]{'1'}), null)));
            stages.add(store.highestSequenceNr(STREAM));
            stages.add(store.flush());
            stages.add(append(store));
        }

        int failed = 0;
        for (CompletionStage<?> stage : stages) {
            RuntimeException failure = Stages.failure(stage);
            if (failure != null) {
                assertThat(failure).isInstanceOf(StoreFailedException.class);
                failed++;
            }
        }
        assertThat(failed).isGreaterThanOrEqualTo(20);
        assertThat(Stages.failure(append(store))).isInstanceOf(StoreFailedException.class);
        Stages.run(store::close);
    }

    @Test
    void an_append_beyond_the_log_s_limit_is_refused_by_a_type_that_names_bytes_and_limit() {
        EngineBackend store = open();
        int limit = StoreLife.SMALL.log().maxRecordBytes();
        int most = StoreLife.SMALL.writeLimits().recordBytes() - 100;
        for (int count : new int[]{limit / most + 1, 5 * limit / most}) {
            List<Envelope> records = Collections.nCopies(count, event(most));
            assertThatThrownBy(() -> Stages.get(
                    store.append(new Append(STREAM, ExpectedVersion.any(), "writer", records))))
                    .isInstanceOfSatisfying(AppendTooLargeException.class, refused -> {
                        assertThat(refused.bytes()).isGreaterThan(limit);
                        assertThat(refused.limitBytes()).isEqualTo(limit);
                    })
                    .hasMessageContaining("stream=account|1 records=" + count);
        }
        List<Envelope> payloadsFitAndTheirFramesDoNot = Collections.nCopies(limit / 100, event(91));
        assertThatThrownBy(() -> Stages.get(store.append(
                new Append(STREAM, ExpectedVersion.any(), "writer", payloadsFitAndTheirFramesDoNot))))
                .isInstanceOf(AppendTooLargeException.class);

        Payload large = Payload.json(new byte[limit + 1]);
        Payload nearly = Payload.json(new byte[limit - 10]);
        for (Payload payload : List.of(large, nearly)) {
            assertThatThrownBy(() -> Stages.get(store.saveSnapshot(new Snapshot(STREAM, 1, Model.NOW, payload, null))))
                    .isInstanceOf(RecordTooLargeException.class);
            assertThatThrownBy(() -> Stages.get(store.upsertState(STREAM, 1, payload, "")))
                    .isInstanceOf(RecordTooLargeException.class);
        }
        assertThat(Stages.get(store.highestSequenceNr(STREAM))).isZero();
        assertThat(Stages.get(append(store)).lastSequenceNr()).isEqualTo(1);
        Stages.run(store::close);
    }

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;

    @Test
    void a_store_that_is_closed_ends_its_backup_with_a_failure_and_waits_for_it() throws Exception {
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch going = new CountDownLatch(1);
        Path target = temporary.resolve("backup");
        Disk disk = new ForwardingDisk(new RealDisk()) {
            @Override
            public DiskFile create(Path file) throws IOException {
                if (file.startsWith(target.resolve("segments"))) {
                    copying.countDown();
                    await(going);
                }
                return super.create(file);
            }
        };
        EngineBackend store = KilledStoreProvider.open(temporary.resolve("store"), disk);
        Stages.get(append(store));
        Stages.get(store.flush());
        CompletableFuture<Integer> backup = store.backup(target).toCompletableFuture();
        await(copying);

        Thread closing = Thread.ofPlatform().daemon().start(store::close);
        Awaitility.await().until(() -> Stages.failure(append(store)) instanceof StoreClosedException);
        assertThat(closing.isAlive()).as("waits for the backup").isTrue();
        going.countDown();

        assertThat(closing.join(Duration.ofSeconds(20))).as("closes").isTrue();
        assertThat(backup.isDone()).as("when the store is closed").isTrue();
        assertThatThrownBy(() -> Stages.get(backup)).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> Stages.get(store.backup(target))).isInstanceOf(StoreClosedException.class);

        try (EngineBackend again = KilledStoreProvider.open(temporary.resolve("store"))) {
            Stages.get(again.backup(target));
        }
        try (EngineBackend copy = KilledStoreProvider.open(target)) {
            assertThat(Stages.get(copy.highestSequenceNr(STREAM))).isEqualTo(1);
        }
    }

    @Test
    void the_view_of_closed_contents_is_refused() throws IOException {
        CompactedStore store = new CompactedStore(new MemoryDisk());
        store.append("account|1", 1);
        Contents contents = store.contents();
        store.close();

        Stages.run(() -> assertThatThrownBy(contents::acquire).isInstanceOf(StoreClosedException.class));
    }

    /** The round that fails has begun before the second segment was sealed, and has taken away what was wanted. */
    @Test
    void what_is_sealed_while_a_compaction_fails_is_compacted_all_the_same() {
        AtomicReference<@Nullable EngineBackend> opened = new AtomicReference<>();
        AtomicReference<@Nullable Engine> engine = new AtomicReference<>();
        AtomicBoolean first = new AtomicBoolean(true);
        Disk disk = new ForwardingDisk(new MemoryDisk()) {
            @Override
            public DiskFile create(Path file) throws IOException {
                Engine running = engine.get();
                EngineBackend store = opened.get();
                if (running != null && store != null && file.toString().contains(".parquet")
                        && first.getAndSet(false)) {
                    fillSegment(store);
                    Awaitility.await().until(() -> running.contents().view().sealed.size() == 2);
                    throw new IOException("planted");
                }
                return super.create(file);
            }
        };
        Engine running = Engine.open(disk, StoreLife.DIRECTORY, new MemoryTables(), StoreLife.SMALL, Clock.systemUTC(),
                "a test");
        EngineBackend store = new EngineBackend(running, "a test");
        engine.set(running);
        opened.set(store);

        fillSegment(store);

        Awaitility.await()
                .until(() -> !first.get() && running.contents().view().sealed.stream()
                        .allMatch(SealedSegment::hasParquetFile) && running.contents().view().tails.size() == 1);
        Stages.run(store::close);
    }

    private static void fillSegment(EngineBackend store) {
        for (int i = 0; i < StoreLife.SMALL.tailLimits().events(); i++) {
            Stages.get(append(store));
        }
    }
}

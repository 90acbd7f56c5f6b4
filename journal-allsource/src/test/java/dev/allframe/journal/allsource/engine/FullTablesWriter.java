package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.AllSourceConfig;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The process under whose tables the disk is full for a while. What it has asked for and was not refused is in the
 * store when it ends well, also what was not answered.
 */
final class FullTablesWriter {

    static final StreamId STREAM = new StreamId("account|1");

    private static final long MEMORY_BYTES = 64L << 20;

    /** RocksDB looks every five seconds whether there is room. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** More than RocksDB keeps before it writes by itself. */
    private static final int MOST_SNAPSHOTS = 1000;

    private static final int SNAPSHOT_BYTES = 50_000;

    private static final long ANSWER_SECONDS = 5;

    /** Where there is no room, and who finds out. */
    enum Where {
        /** A flush of the state. */
        STATE("/state/"),
        /** RocksDB, which writes the state's files by itself when it has many changes in memory. */
        STATE_BY_ITSELF("/state/"),
        /** A flush of the state, before the store is closed. */
        STATE_UNTIL_CLOSED("/state/"),
        /** A flush of the state, after it has written the tables. */
        MANIFEST("/state/MANIFEST"),
        /** The sealer, so that appends go on. */
        INDEX("/index/");

        private final String path;

        Where(String path) {
            this.path = path;
        }
    }

    private final EventStoreBackend store;
    private final Path fullWhile;
    private final Random random;
    private long events;
    private long snapshots;

    private FullTablesWriter(EventStoreBackend store, Path fullWhile, Random random) {
        this.store = store;
        this.fullWhile = fullWhile;
        this.random = random;
    }

    static EventStoreBackend open(Path directory) {
        return AllSourceBackend.withConfig(AllSourceConfig.in(directory).withMemoryBytes(MEMORY_BYTES));
    }

    /** What a store must hold: the events and the number of the newest snapshot. */
    static void check(EventStoreBackend store, long events, long snapshots) {
        assertThat(Stages.get(store.highestSequenceNr(STREAM))).isEqualTo(events);
        assertThat(Stages.get(store.getAllEvents(EventFilter.all(), Position.START, 1000)).events())
                .hasSize(Math.toIntExact(events));
        assertThat(Stages.get(store.getLatestSnapshot(STREAM, SnapshotCriteria.all())).map(Snapshot::sequenceNr))
                .contains(snapshots);
    }

    /**
     * Takes the store's directory, the file that fills the disk while it is there, where that is, and a seed. Says how
     * many events and snapshots there are.
     */
    public static void main(String[] arguments) throws IOException {
        try (EventStoreBackend store = open(Path.of(arguments[0]))) {
            FullTablesWriter writer = new FullTablesWriter(store, Path.of(arguments[1]),
                    new Random(Long.parseLong(arguments[3])));
            writer.run(Where.valueOf(arguments[2]));
            System.out.println(writer.events);
            System.out.println(writer.snapshots);
        }
    }

    private void run(Where where) throws IOException {
        append();
        Stages.get(save());
        Stages.get(store.flush());
        append();
        Stages.get(save());
        Files.writeString(fullWhile, where.path);

        List<CompletionStage<?>> waiting = switch (where) {
            case STATE, STATE_UNTIL_CLOSED, MANIFEST -> flushAndSave();
            case STATE_BY_ITSELF -> saveUntilRefused();
            case INDEX -> flushAndGoOn();
        };
        assertThat(Stages.get(store.highestSequenceNr(STREAM))).isEqualTo(events);
        assertThat(Stages.get(store.getAllEvents(EventFilter.all(), Position.START, 1000)).events())
                .hasSize(Math.toIntExact(events));
        assertThat(Stages.get(store.getLatestSnapshot(STREAM, SnapshotCriteria.all()))).isPresent();

        if (where == Where.STATE_UNTIL_CLOSED) {
            Stages.run(store::close);
            waiting.forEach(one -> assertThat(Stages.failure(one)).isInstanceOf(StoreFailedException.class));
        } else {
            goOn(waiting);
        }
    }

    private void goOn(List<CompletionStage<?>> waiting) throws IOException {
        Files.delete(fullWhile);
        await().atMost(PATIENCE).until(() -> waiting.stream().allMatch(one -> one.toCompletableFuture().isDone()));
        waiting.forEach(Stages::get);
        append();
        Stages.get(save());
        await().atMost(PATIENCE).until(() -> Stages.failure(store.flush()) == null);
        check(store, events, snapshots);
    }

    /** A flush finds no room, and RocksDB takes nothing more. */
    private List<CompletionStage<?>> flushAndSave() {
        assertThatThrownBy(() -> Stages.get(store.flush())).isInstanceOf(StoreFullException.class);
        CompletionStage<?> waiting = save();
        assertThatThrownBy(() -> Stages.get(store.flush())).isInstanceOf(StoreFullException.class); // so that it waits
        assertThatThrownBy(() -> Stages.get(append(events))).isInstanceOf(StoreFullException.class);
        return List.of(waiting);
    }

    private List<CompletionStage<?>> flushAndGoOn() {
        assertThatThrownBy(() -> Stages.get(store.flush())).isInstanceOf(StoreFullException.class);
        append();
        Stages.get(save());
        return List.of();
    }

    /** Saves until RocksDB writes by itself and finds no room. What was not refused waits, or is there. */
    private List<CompletionStage<?>> saveUntilRefused() {
        List<CompletionStage<?>> waiting = new ArrayList<>();
        for (int i = 0; i < MOST_SNAPSHOTS; i++) {
            CompletionStage<?> next = save(snapshots + 1);
            if (isRefused(next)) {
                return waiting;
            }
            snapshots++;
            waiting.add(next);
        }
        throw new AssertionError(MOST_SNAPSHOTS + " snapshots were not refused");
    }

    /** Whether it is; what gets no answer for long waits for room, and what comes next is refused. */
    private static boolean isRefused(CompletionStage<?> saved) {
        try {
            saved.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
            return false;
        } catch (TimeoutException waiting) {
            return false;
        } catch (ExecutionException failed) {
            assertThat(failed.getCause()).isInstanceOf(StoreFullException.class);
            return true;
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private void append() {
        Stages.get(append(events));
        events++;
    }

    private CompletionStage<?> append(long expected) {
        return store.append(new Append(STREAM, ExpectedVersion.exactly(expected), "writer", List.of(
                Envelope.of("happened", 1, Payload.json(new byte[]{'1'}), Set.of(), EventMetadata.at(Model.NOW),
                        null))));
    }

    private CompletionStage<?> save() {
        return save(++snapshots);
    }

    private CompletionStage<?> save(long number) {
        byte[] value = new byte[SNAPSHOT_BYTES];
        random.nextBytes(value);
        return store.saveSnapshot(new Snapshot(STREAM, number, Model.NOW, Payload.json(value), null));
    }
}

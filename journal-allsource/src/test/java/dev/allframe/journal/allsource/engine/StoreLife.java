package dev.allframe.journal.allsource.engine;

import static org.awaitility.Awaitility.await;

import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.RowIndex;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.contents.View;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.index.Table;
import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.segment.SealedRows;
import dev.allframe.journal.allsource.engine.upkeep.CompactionReport;
import dev.allframe.journal.allsource.engine.wal.WalConfig;
import dev.allframe.journal.allsource.tables.MemoryKeyValues;
import dev.allframe.store.Appended;
import dev.allframe.store.DurableState;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A store that lives through crashes on a simulated disk, and the ledger of what it has acknowledged.
 *
 * <p>One caller submits, so that the store takes the operations in the order of submission and writes them to one log
 * in that order. Whatever a crash leaves is therefore what a plain {@link Model} holds after the first so many of them,
 * and none that was acknowledged is missing. That one sentence has all the others in it: no gap, nothing twice, appends
 * whole, positions in the order of commits.
 */
final class StoreLife {

    static final Path DIRECTORY = Path.of("/store");

    /** Log segments of a few records, and tail segments of a few events. */
    static final EngineConfig SMALL = EngineConfig.defaults()
            .withLog(new WalConfig(3000, 1 << 20))
            .withTailBytes(2000)
            .withTailEvents(12)
            .withGroupBytes(4000)
            .withMaxRecordBytes(1 << 16)
            .withCacheBytes(1 << 20)
            .withRowFileBytes(1 << 20)
            .withSealAfter(Duration.ofHours(1))
            .withQuiet(Duration.ZERO);

    /** Say at length what has failed, and here something does all the time. */
    private static final Logger MESSAGES = Logger.getLogger(StoreLife.class.getPackageName());

    static {
        MESSAGES.setLevel(Level.OFF);
    }

    private final Random random;
    private final Operations operations;
    private SimulatedDisk disk;
    private RememberedTables tables = new RememberedTables();

    /** What the store held for certain; {@link #since} came after it. */
    private Model base = new Model();
    private List<Submitted> since = new ArrayList<>();
    private Model planned = new Model();

    private record Submitted(Operation operation, CompletionStage<?> stage) {}

    StoreLife(Random random, SimulatedDisk disk) {
        this.random = random;
        this.operations = new Operations(random);
        this.disk = disk;
    }

    SimulatedDisk disk() {
        return disk;
    }

    RememberedTables tables() {
        return tables;
    }

    Model base() {
        return base;
    }

    /** An open store, which a test uses and closes. */
    static final class Running {

        final Engine engine;
        final EngineBackend store;

        Running(Disk disk, Tables tables) {
            engine = Engine.open(disk, DIRECTORY, tables, SMALL, Clock.fixed(Model.NOW, ZoneOffset.UTC), "a test");
            store = new EngineBackend(engine, "fsync");
        }

        /** Closes; the reason where it fails is a typed one. */
        @Nullable EventStoreException close() {
            return ended(store::close);
        }

        private static @Nullable EventStoreException ended(Runnable end) {
            try {
                Stages.run(end);
                return null;
            } catch (EventStoreException failed) {
                return failed;
            }
        }
    }

    /** Opens on a disk; the reason where it refuses is a typed one. */
    Running open(Disk on) {
        return new Running(on, tables);
    }

    /** Closes, or abandons by chance, so that the next opening reads the log. */
    @Nullable EventStoreException end(Running running) {
        return Running.ended(random.nextInt(3) == 0 ? running.store::close : running.store::abandon);
    }

    /** Submits an operation that is planned by random. */
    CompletionStage<?> submit(Running running) {
        return submit(running, operations.next(planned));
    }

    CompletionStage<?> submit(Running running, Operation operation) {
        CompletionStage<?> stage = operation.submitTo(running.store);
        since.add(new Submitted(operation, stage));
        planned.accepts(operation);
        return stage;
    }

    /** Waits for all answers and compares each with the model's, where the store had no reason to fail. */
    void awaitAnswers(BooleanSupplier mayFail) {
        Model model = base.copy();
        boolean oneWasBroken = false;
        for (Submitted submitted : since) {
            RuntimeException failure = Stages.failure(submitted.stage);
            if (failure == null) {
                check(model.accepts(submitted.operation), submitted.operation + " should have been refused");
                checkAnswer(model, submitted);
            } else {
                boolean accepted = model.copy().accepts(submitted.operation);
                applyTo(model, submitted);
                boolean conflict = failure instanceof VersionConflictException;
                boolean broken = mayFail.getAsBoolean() && (failure instanceof StoreFailedException
                        || failure instanceof StoreFullException || failure instanceof StoreClosedException);
                oneWasBroken |= broken;
                check(broken || (conflict && (!accepted || oneWasBroken)),
                        submitted.operation + " has failed with " + failure);
            }
        }
    }

    private static void checkAnswer(Model model, Submitted submitted) {
        Object answer = Stages.get(submitted.stage);
        if (submitted.operation instanceof Operation.AppendEvents(var append) && answer instanceof Appended appended) {
            check(appended.lastSequenceNr() == model.version(append.stream())
                    && appended.firstSequenceNr() == appended.lastSequenceNr() - append.records().size() + 1
                    && appended.lastPosition().index() == model.lastPosition(), "wrong answer " + appended);
        }
        if (submitted.operation instanceof Operation.ChangeState change && answer instanceof DurableState changed) {
            check(changed.revision() == change.revision(), "wrong answer " + changed);
        }
    }

    static void check(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    /** Power is lost, or the process ends: what the disk and the tables keep. */
    void crash(CrashMode mode) {
        disk = disk.crash(mode, random);
        tables = tables.left(random);
    }

    /** The process ends and starts again on the same machine. */
    void restart() {
        tables = tables.left(random);
    }

    /**
     * Compares everything that the store answers, which must be that of one moment not before the last acknowledgement.
     */
    void verify(Running running) {
        Picture found = Picture.of(running.store);
        Model model = base.copy();
        int known = lastAcknowledged();
        List<String> differences = new ArrayList<>();
        for (int done = 0; done <= since.size(); done++) {
            if (done >= known) {
                Picture expected = model.picture(running.engine.storeId());
                if (expected.equals(found)) {
                    return;
                }
                differences.add("with the first " + done + " operations: " + found.difference(expected));
            }
            if (done < since.size()) {
                applyTo(model, since.get(done));
            }
        }
        throw new AssertionError(
                known + " of " + since.size() + " operations were acknowledged, and the store is not as"
                        + " after any of them:\n" + differences.getFirst() + "\n" + differences.getLast());
    }

    /**
     * Has everything sealed and compacted, which changes nothing of what the store answers, and compares the index with
     * the segments.
     */
    void verifySealed(Running running) {
        Picture before = Picture.of(running.store);
        Stages.get(running.store.flush());
        CompletableFuture<CompactionReport> compacted = new CompletableFuture<>();
        running.engine.compactor().compact(compacted);
        Stages.get(compacted); // nothing is left to do while the index is compared
        String difference = Picture.of(running.store).difference(before);
        check(difference.isEmpty(), "sealing has changed " + difference);
        checkIndex(running.engine);
    }

    /** What the store holds is certain from now on: it was recovered. */
    void settle(Running running) {
        Picture found = Picture.of(running.store);
        Model model = base.copy();
        int known = lastAcknowledged();
        for (int done = 0;; done++) {
            if (done >= known && model.picture(running.engine.storeId()).equals(found)) {
                break;
            }
            check(done < since.size(), "the store has changed since it was verified");
            applyTo(model, since.get(done));
        }
        base = model;
        planned = model.copy();
        since = new ArrayList<>();
    }

    /** What was refused was surely not done; of what has failed, nobody knows. */
    private static void applyTo(Model model, Submitted submitted) {
        RuntimeException failure = Stages.failure(submitted.stage);
        if (!(failure instanceof StoreFullException || failure instanceof VersionConflictException)) {
            model.accepts(submitted.operation);
        }
    }

    /**
     * How many operations were done at the last acknowledgement of a change. To delete what the store has never had is
     * none.
     */
    private int lastAcknowledged() {
        Set<StreamId> there = new HashSet<>();
        int last = 0;
        for (int i = 0; i < since.size(); i++) {
            Operation operation = since.get(i).operation;
            if (Stages.failure(since.get(i).stage) == null && (!(operation instanceof Operation.DeleteEvents delete)
                    || there.contains(delete.stream()) || base.version(delete.stream()) > 0)) {
                last = i + 1;
                if (operation instanceof Operation.AppendEvents(var append)) {
                    there.add(append.stream());
                }
            }
        }
        return last;
    }

    /**
     * The index is what the segments say, and what was deleted: in the end, for a compaction under way changes one
     * before the other.
     */
    private static void checkIndex(Engine engine) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> compareIndex(engine));
    }

    private static void compareIndex(Engine engine) throws IOException {
        Contents contents = engine.contents();
        View view = contents.acquire();
        try (StreamIndex computed = StreamIndex.open(MemoryKeyValues.open(Table.INDEX), engine.storeId())) {
            for (SealedSegment segment : view.sealed) {
                try (SealedRows opened = segment.open()) {
                    RowIndex rows = RowIndex.of(opened.rows());
                    computed.addSegment(segment.id(), rows.runs(), rows.names());
                }
            }
            for (StreamId id : contents.index().streams(null, 1000)) {
                computed.noteStream(id, contents.index().version(id)); // compared with the model already
            }
            List<String> differences = contents.index().difference(computed, 5);
            check(differences.isEmpty(), "the index is not what the segments say: " + differences);
        } finally {
            view.release();
        }
    }

    @Override
    public String toString() {
        return "acknowledged " + lastAcknowledged() + " of\n" + since.stream()
                .map(submitted -> "  " + submitted.operation + "\n    -> " + Stages.failure(submitted.stage))
                .collect(Collectors.joining("\n"));
    }
}

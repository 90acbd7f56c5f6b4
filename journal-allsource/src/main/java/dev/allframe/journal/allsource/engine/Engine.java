package dev.allframe.journal.allsource.engine;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.closed.StoreImage;
import dev.allframe.journal.allsource.engine.contents.Applier;
import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.TailSegment;
import dev.allframe.journal.allsource.engine.files.StoreLock;
import dev.allframe.journal.allsource.engine.index.StateCounters;
import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.Uninterrupted;
import dev.allframe.journal.allsource.engine.log.GroupLog;
import dev.allframe.journal.allsource.engine.log.Numbers;
import dev.allframe.journal.allsource.engine.threads.AnswerThreads;
import dev.allframe.journal.allsource.engine.threads.ReadThreads;
import dev.allframe.journal.allsource.engine.upkeep.Compaction;
import dev.allframe.journal.allsource.engine.upkeep.Compactor;
import dev.allframe.journal.allsource.engine.upkeep.ParquetFiles;
import dev.allframe.journal.allsource.engine.upkeep.Publication;
import dev.allframe.journal.allsource.engine.upkeep.Quiet;
import dev.allframe.journal.allsource.engine.upkeep.Retention;
import dev.allframe.journal.allsource.engine.upkeep.RowFileBudget;
import dev.allframe.journal.allsource.engine.upkeep.Sealer;
import dev.allframe.journal.allsource.engine.upkeep.Sealing;
import dev.allframe.journal.allsource.engine.upkeep.Segments;
import dev.allframe.journal.allsource.engine.write.Partition;
import dev.allframe.journal.allsource.engine.write.Request;
import dev.allframe.journal.allsource.engine.write.Speculation;
import dev.allframe.journal.allsource.engine.write.WriteParts;
import dev.allframe.store.BackendStats;
import dev.allframe.store.ChangesRefused;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StreamId;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.spi.Listeners;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * An open store: opens the parts in their order, joins them, and closes them in the reverse order.
 *
 * <h2>Opening</h2> Lock, identity, manifest, state, index, then the log: its entries are applied to the state where it
 * has not them yet, and the events that are not in segments become tail segments again. What cannot be read refuses to
 * open, and nothing was changed; only the index is thrown away and built anew.
 *
 * <h2>Closing</h2> The writer ends the tail, the sealer seals what waits, and the log gives its files up but for the
 * smallest one. Each of these steps is one of an open store too, so that a crash in it leaves what opens; where one
 * fails, the log stays.
 */
public final class Engine implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Engine.class.getName());

    /** How long a closing store waits for callers' code that runs with an answer. */
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(1);

    private final Disk disk;
    private final Path directory;
    private final WriteParts parts;
    private final StoreLock lock;
    private final Tables tables;
    private final Segments segments;
    private final Sealer sealer;
    private final Compactor compactor;
    private final Partition partition;
    private final ReadThreads readThreads;
    private final RunningBackups backups;
    private volatile boolean sealsAtClose;
    private volatile boolean sealedAtClose;
    private volatile @Nullable EventStoreException notSealed;

    /**
     * Joins opened parts.
     *
     * @param numbers those of the next entry
     */
    Engine(Opening opening, WriteParts parts, StoreLock lock, Segments segments, Publication publication,
            Applier applier,
            Numbers numbers) {
        this.disk = opening.disk();
        this.directory = opening.directory();
        this.sealsAtClose = disk.isLasting();
        this.parts = parts;
        this.lock = lock;
        this.tables = opening.tables();
        this.segments = segments;
        EngineConfig config = opening.config();
        Contents contents = parts.contents();
        this.compactor = new Compactor(new Compaction(segments, publication, contents),
                new ParquetFiles(segments, publication, contents),
                new RowFileBudget(segments, publication, contents, config.rowFileBytes()),
                new Retention(config.retention(), contents, parts.clock(), this::delete),
                new Quiet(config.quiet(), () -> contents.state().appliedLsn() + contents.lastPosition(),
                        System::nanoTime),
                parts.answerThreads());
        Sealing sealing = new Sealing(segments, publication, contents, this::releaseLog, compactor::sealed);
        this.sealer = new Sealer(sealing, config.maxUnsealed(), parts.answerThreads());
        this.partition = new Partition(parts, sealer, applier, new Speculation(contents, numbers));
        this.readThreads = new ReadThreads(config.readThreads());
        this.backups = new RunningBackups(this);
    }

    /**
     * Opens the store in a directory, or creates one where the directory is empty or missing.
     *
     * @param user who opens it, for others who are refused
     * @throws dev.allframe.store.StoreLockedException if it is open already
     * @throws CorruptStoreException if something is missing or damaged; nothing was changed
     * @throws UnsupportedFormatException if a newer version wrote it; nothing was changed
     * @throws StoreFailedException if the disk fails
     */
    public static Engine open(Disk disk, Path directory, Tables tables, EngineConfig config, Clock clock, String user) {
        try {
            disk.createDirectories(directory);
            StoreLock lock = StoreLock.take(disk, directory, user);
            try {
                StoreImage.deleteAbandoned(disk, directory);
                Engine engine = new Opening(disk, directory, tables, config, clock).open(lock);
                engine.start();
                return engine;
            } catch (IOException | RuntimeException | Error failed) {
                try (lock) {
                    throw failed;
                }
            }
        } catch (IOException failed) {
            throw new StoreFailedException(
                    "the store in " + directory + " cannot be opened: " + Failures.message(failed),
                    failed);
        }
    }

    /** Starts the threads; the tail segments that have ended are sealed first. */
    void start() {
        List<TailSegment> tails = parts.contents().view().tails;
        tails.subList(0, tails.size() - 1).forEach(sealer::submit);
        sealer.start();
        compactor.start();
        partition.start();
    }

    /**
     * Returns when these events are deleted.
     *
     * @throws Compaction.StoppedException if the writer has ended, as it does before the compactor where a store is
     *         closed
     */
    private void delete(Map<StreamId, Long> deletes) {
        List<CompletableFuture<Void>> deleted = new ArrayList<>();
        deletes.forEach((stream, to) -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            partition.submit(new Request.DeleteEvents(stream, to, 0, done));
            deleted.add(done);
        });
        deleted.forEach(Engine::awaitWriter);
    }

    private static void awaitWriter(CompletableFuture<Void> done) {
        try {
            done.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof StoreClosedException) {
                throw new Compaction.StoppedException();
            }
            throw failed;
        }
    }

    private void releaseLog(long lsn) {
        partition.submit(new Request.Release(lsn, new CompletableFuture<>()));
    }

    /** Where its files are. */
    Disk disk() {
        return disk;
    }

    /** The store's directory. */
    Path directory() {
        return directory;
    }

    /** Hands a request to the writer. */
    void submit(Request request) {
        partition.submit(request);
    }

    String storeId() {
        return parts.storeId();
    }

    Contents contents() {
        return parts.contents();
    }

    Listeners eventListeners() {
        return parts.eventListeners();
    }

    Listeners stateListeners() {
        return parts.stateListeners();
    }

    /** Who reads files and tables. */
    ReadThreads readThreads() {
        return readThreads;
    }

    /** Who merges segments. */
    Compactor compactor() {
        return compactor;
    }

    /** How the writer is doing. */
    BackendStats.Writes writes() {
        return partition.writes();
    }

    /** Why no changes are taken; null where they are. */
    @Nullable ChangesRefused changesRefused() {
        return partition.changesRefused();
    }

    StateCounters counters() {
        return parts.contents().state().counters();
    }

    /** Who completes stages. */
    AnswerThreads answerThreads() {
        return parts.answerThreads();
    }

    /** Who copies the store. */
    RunningBackups backups() {
        return backups;
    }

    /**
     * Waits for what was asked for, but for backups, which fail; takes nothing more. The counters stay. Seals what is
     * in tail segments, unless something is in trouble.
     */
    void stop() {
        backups.stop();
        partition.submit(new Request.Stop(sealsAtClose, new CompletableFuture<>()));
        partition.join();
        compactor.stop();
        if (sealsAtClose) {
            notSealed = sealer.finish();
            sealedAtClose = notSealed == null && partition.hasEndedTail();
        } else {
            sealer.stop();
        }
    }

    /** Lets closing leave tail and log as a crash would. For tests of what an opening finds in a log. */
    void keepLog() {
        sealsAtClose = false;
    }

    /**
     * Stops and closes everything, the lock last. Where everything could be sealed, hardly any log is left. An
     * interrupt does not end it: the log's file has another name than when it was opened, so that it is closed on a
     * thread that nobody interrupts.
     */
    @Override
    public void close() {
        stop();
        try (lock) {
            readThreads.close();
            parts.answerThreads().awaitEnd(ANSWER_PATIENCE);
            Uninterrupted.run("allframe-store-close", this::closeParts);
        } catch (IOException failed) {
            throw new StoreFailedException(
                    "store " + parts.storeId() + " could not be closed: " + Failures.message(failed),
                    failed);
        }
    }

    /** Closes all, also where one of them fails. */
    private void closeParts() throws IOException {
        Closeable tablesLast = tables::close;
        Closeable contents = parts.contents()::close;
        try (tablesLast; segments; contents; GroupLog log = parts.log()) {
            if (sealedAtClose) {
                shrink(log);
            } else if (notSealed != null) {
                LOG.log(Level.WARNING,
                        "store " + parts.storeId() + " is closed and what is not sealed stays in the log: "
                                + Failures.message(notSealed));
            }
        }
    }

    /** What fails here leaves a log that is longer than it need be. */
    private void shrink(GroupLog log) {
        try {
            log.shrink(parts.contents().endedLsn());
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "store " + parts.storeId() + " is closed, and its log keeps what is sealed: "
                    + Failures.message(failed));
        }
    }
}

package dev.allframe.journal.allsource.engine;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.index.AppliedEntry;
import dev.allframe.journal.allsource.engine.index.StateCounters;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.Uninterrupted;
import dev.allframe.journal.allsource.engine.log.CommitLog;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.wal.WalConsumer;
import dev.allframe.journal.allsource.engine.wal.WalLog;
import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.store.BackendStats;
import dev.allframe.store.ChangesRefused;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.Envelope;
import dev.allframe.store.Position;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.spi.Listeners;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * An open store: opens the parts in their order, joins them, and closes them in the reverse order.
 *
 * <h2>Opening</h2> Lock, identity, manifest, state, index, then the log: its entries are applied to the state where it
 * has not them yet, and the events that are not in segments become tail segments again. What cannot be read refuses to
 * open, and nothing was changed; only the index is thrown away and built anew.
 */
public final class Engine implements AutoCloseable {

    private static final String LOG_DIRECTORY = "log";

    /** How long a closing store waits for callers' code that runs with an answer. */
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(1);

    private final Disk disk;
    private final Path directory;
    private final Parts parts;
    private final StoreLock lock;
    private final Tables tables;
    private final Segments segments;
    private final Sealer sealer;
    private final Compactor compactor;
    private final Partition partition;
    private final ReadThreads readThreads;
    private final RunningBackups backups;

    /** What the threads of an engine share. */
    record Parts(String storeId, EngineConfig config, CommitLog log, Contents contents, Listeners eventListeners,
            Listeners stateListeners, AnswerThreads answerThreads, Clock clock) {}

    private Engine(Opening opening, Parts parts, StoreLock lock, Segments segments, Recovered recovered) {
        this.disk = opening.disk;
        this.directory = opening.directory;
        this.parts = parts;
        this.lock = lock;
        this.tables = opening.tables;
        this.segments = segments;
        this.compactor = new Compactor(new Compaction(segments, parts.contents),
                new ParquetFiles(segments, parts.contents), new RowFileBudget(segments, parts.contents,
                        parts.config.rowFileBytes()),
                new Retention(parts.config.retention(), parts.contents, parts.clock, this::delete),
                parts.config.quiet(), parts.answerThreads);
        Sealing sealing = new Sealing(segments, parts.contents, this::releaseLog,
                compactor::sealed);
        this.sealer = new Sealer(sealing, parts.config.maxUnsealed(), parts.answerThreads);
        this.partition = new Partition(parts, sealer, recovered.nextPosition, recovered.nextChange);
        this.readThreads = new ReadThreads(parts.config.readThreads());
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

    /** What the log told. */
    private static final class Recovered implements WalConsumer {

        private static final int BATCH = 1000;

        private final String storeId;
        private final StateStore state;
        private final StreamIndex index;
        private final long sealedLsn;
        private final List<TailSegment> tails = new ArrayList<>();
        private final List<AppliedEntry> entries = new ArrayList<>();
        private long lastLsn;
        private long nextPosition = 1;
        private long nextChange = 1;
        private final Set<StreamId> begun = new HashSet<>();

        Recovered(String storeId, StateStore state, StreamIndex index, Manifest manifest) {
            this.storeId = storeId;
            this.state = state;
            this.index = index;
            this.sealedLsn = manifest.sealedLsn();
        }

        @Override
        public void segment(long firstLsn, long firstPosition, long firstChange) {
            endTail();
            tails.add(new TailSegment(Math.max(firstPosition, 1)));
        }

        private void endTail() {
            if (!tails.isEmpty()) {
                tails.getLast().publish();
                tails.getLast().end(lastLsn);
            }
        }

        @Override
        public void entry(long lsn, LogEntry entry, int bytes) {
            lastLsn = lsn;
            entries.add(new AppliedEntry(lsn, entry));
            if (entry instanceof LogEntry.EventsAppended events && lsn > sealedLsn) {
                add(events);
            }
        }

        /**
         * When the log has been opened: before, what it delivers may not be on disk, and the state must never know more
         * than the disk.
         */
        private void applyEntries() {
            for (int from = 0; from < entries.size(); from += BATCH) {
                state.apply(entries.subList(from, Math.min(from + BATCH, entries.size())));
            }
            entries.forEach(applied -> noteDeleted(applied.entry()));
            entries.clear();
        }

        /** The rows may have left the disk already, and a state that did not know of it has told the index nothing. */
        private void noteDeleted(LogEntry entry) {
            if (entry instanceof LogEntry.EventsDeleted deleted && !begun.contains(deleted.stream())) {
                index.noteStream(deleted.stream(), deleted.toSequenceNr());
            }
        }

        private void add(LogEntry.EventsAppended events) {
            TailSegment tail = tails.getLast();
            if (tail.isEmpty() && tail.firstPosition != events.firstPosition()) {
                tails.removeLast(); // the events before are sealed
                tail = new TailSegment(events.firstPosition());
                tails.add(tail);
            }
            TailStream part = tail.stream(events.stream());
            if (part == null) {
                part = tail.add(events.stream(), events.firstSequenceNr() - 1);
                if (events.firstSequenceNr() == 1 && index.version(events.stream()) == 0) {
                    begun.add(events.stream());
                }
            }
            long sequenceNr = events.firstSequenceNr();
            long position = events.firstPosition();
            List<StoredEvent> added = new ArrayList<>(events.records().size());
            for (Envelope record : events.records()) {
                added.add(new StoredEvent(part.id, sequenceNr++, new Position(storeId, 0, 0, position++),
                        events.writer(), record));
            }
            if (part.pendingVersion != events.firstSequenceNr() - 1) {
                throw new CorruptStoreException("stream=" + part.id + " has version " + part.pendingVersion
                        + " in the log, and event " + events.firstSequenceNr() + " comes next");
            }
            part.pendingVersion = sequenceNr - 1;
            tail.add(part, added);
        }

        /** The tail segments, the last of which takes new events. */
        List<TailSegment> end(WalLog log) {
            applyEntries();
            endTail();
            lastLsn = log.lastLsn();
            nextPosition = log.nextPosition();
            nextChange = log.nextChange();
            tails.removeIf(TailSegment::isEmpty);
            tails.add(new TailSegment(nextPosition));
            return tails;
        }
    }

    /** Opens the parts. */
    private record Opening(Disk disk, Path directory, Tables tables, EngineConfig config, Clock clock) {

        Engine open(StoreLock lock) throws IOException {
            Opened opened = new Opened();
            opened.add(tables::close);
            try {
                UUID storeId = identity();
                StateStore state = StateStore.open(opened.add(tables.state()), storeId.toString());
                return open(lock, storeId, state, index(storeId, opened), opened);
            } catch (IOException | RuntimeException | Error failed) {
                opened.closeBecauseOf(failed);
                throw failed;
            }
        }

        /**
         * Numbers that the state has seen would be given again, and what gets them would be taken for what it has seen.
         */
        private static void checkNotAhead(StateStore state, CommitLog log, UUID storeId) {
            if (state.appliedLsn() > log.lastLsn()) {
                throw new CorruptStoreException("the log of store " + storeId + " ends with entry " + log.lastLsn()
                        + ", and the state has applied entry " + state.appliedLsn());
            }
        }

        private UUID identity() throws IOException {
            if (disk.exists(directory.resolve(StoreFileFormat.FILE))) {
                return StoreFileFormat.read(disk, directory);
            }
            if (disk.exists(directory.resolve(Manifest.FILE))
                    || !disk.list(directory.resolve(LOG_DIRECTORY)).isEmpty()) {
                throw new CorruptStoreException("the file " + StoreFileFormat.FILE + " is missing in " + directory
                        + ", where a store is; nothing was changed");
            }
            UUID storeId = UUID.randomUUID();
            tables.create();
            StoreFileFormat.write(disk, directory, storeId, clock.millis());
            return storeId;
        }

        private StreamIndex index(UUID storeId, Opened opened) {
            Opened index = new Opened();
            try {
                KeyValues entries = index.add(tables.index());
                return opened.add(StreamIndex.open(entries, storeId.toString()));
            } catch (CorruptStoreException | UnsupportedFormatException unusable) {
                index.closeBecauseOf(unusable);
                System.getLogger(Engine.class.getName())
                        .log(System.Logger.Level.WARNING,
                                "the index of store {0} cannot be used and is built anew: {1}", storeId,
                                Failures.message(unusable));
                return StreamIndex.open(opened.add(tables.newIndex()), storeId.toString());
            }
        }

        /** Without a manifest a store is new, and nothing but its identity is there. */
        private Manifest manifest(UUID storeId) throws IOException {
            Optional<Manifest> there = Manifest.load(disk, directory, storeId);
            if (there.isPresent()) {
                return there.get();
            }
            if (!disk.list(Segments.files(directory)).isEmpty()
                    || !disk.list(directory.resolve(LOG_DIRECTORY)).isEmpty()) {
                throw new CorruptStoreException("the file " + Manifest.FILE + " is missing in " + directory
                        + ", where events are; nothing was changed");
            }
            Manifest empty = Manifest.empty(storeId);
            empty.store(disk, directory);
            return empty;
        }

        private Engine open(StoreLock lock, UUID storeId, StateStore state, StreamIndex index, Opened opened)
                throws IOException {
            Manifest manifest = manifest(storeId);
            Segments segments = opened.add(
                    new Segments(disk, directory, storeId, manifest, index, config.cacheBytes()));
            long sealedLsn = Math.min(manifest.sealedLsn(), state.appliedLsn());
            List<SealedSegment> sealed = segments.open(sealedLsn, () -> state.forEachDeleted(index::noteStream));
            Recovered recovered = new Recovered(storeId.toString(), state, index, manifest);
            WalLog log = WalLog.open(disk, directory.resolve(LOG_DIRECTORY), storeId, config.log(),
                    sealedLsn, recovered);
            opened.add(log);
            checkNotAhead(state, log, storeId);
            List<TailSegment> tails = recovered.end(log);
            Contents contents = new Contents(storeId.toString(), index, state, new View(sealed, List.of(), tails),
                    recovered.lastLsn);
            contents.streamsBegan(recovered.begun.size());
            segments.deleteLeftOvers();
            Engine engine = new Engine(this, new Parts(storeId.toString(), config, log, contents, new Listeners(),
                    new Listeners(), new AnswerThreads(), clock), lock, segments, recovered);
            tails.subList(0, tails.size() - 1).forEach(engine.sealer::submit);
            return engine;
        }
    }

    private void start() {
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
            partition.submit(new Request.DeleteEvents(stream, to, done));
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
        return parts.storeId;
    }

    Contents contents() {
        return parts.contents;
    }

    Listeners eventListeners() {
        return parts.eventListeners;
    }

    Listeners stateListeners() {
        return parts.stateListeners;
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
        return parts.contents.state().counters();
    }

    /** Who completes stages. */
    AnswerThreads answerThreads() {
        return parts.answerThreads;
    }

    /** Who copies the store. */
    RunningBackups backups() {
        return backups;
    }

    /** Waits for what was asked for, but for backups, which fail; takes nothing more. The counters stay. */
    void stop() {
        backups.stop();
        partition.submit(new Request.Stop(new CompletableFuture<>()));
        partition.join();
        compactor.stop();
        sealer.stop();
    }

    /**
     * Stops and closes everything, the lock last. An interrupt does not end it: the log's file has another name than
     * when it was opened, so that it is closed on a thread that nobody interrupts.
     */
    @Override
    public void close() {
        stop();
        try (lock) {
            readThreads.close();
            parts.answerThreads.awaitEnd(ANSWER_PATIENCE);
            Uninterrupted.run("allframe-store-close", this::closeParts);
        } catch (IOException failed) {
            throw new StoreFailedException(
                    "store " + parts.storeId + " could not be closed: " + Failures.message(failed),
                    failed);
        }
    }

    /** Closes all, also where one of them fails. */
    private void closeParts() throws IOException {
        Closeable tablesLast = tables::close;
        Closeable contents = parts.contents::close;
        try (tablesLast; segments; contents) {
            parts.log.close();
        }
    }
}

package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.closed.Backups;
import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.index.StateCounters;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.read.PositionReads;
import dev.allframe.journal.allsource.engine.read.ReadAhead;
import dev.allframe.journal.allsource.engine.read.StreamReads;
import dev.allframe.journal.allsource.engine.threads.AnswerThreads;
import dev.allframe.journal.allsource.engine.threads.ReadThreads;
import dev.allframe.journal.allsource.engine.upkeep.CompactionReport;
import dev.allframe.journal.allsource.engine.write.AppendEach;
import dev.allframe.journal.allsource.engine.write.Request;
import dev.allframe.store.Append;
import dev.allframe.store.AppendOutcome;
import dev.allframe.store.Appended;
import dev.allframe.store.BackendStats;
import dev.allframe.store.ChangesRefused;
import dev.allframe.store.DurableState;
import dev.allframe.store.DurableStatePage;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.ForeignPositionException;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Registration;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import dev.allframe.store.StreamPage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The engine as a storage. What changes something goes to the partition's thread; what the tail in memory can answer is
 * answered on the caller's thread; what needs a file or a table is read on the engine's {@link ReadThreads}, because an
 * interrupt of the caller's would close the file. Stages are completed on {@link AnswerThreads}, and callers' code runs
 * nowhere else.
 */
public final class EngineBackend implements EventStoreBackend {

    private final Engine engine;
    private final String storeId;
    private final String durability;
    private final StreamReads streamReads;
    private final PositionReads positionReads;
    private final Object closing = new Object();
    private final Object counting = new Object();
    private @Nullable BackendStats lastStats; // guarded by counting
    private @Nullable EventStoreException uncounted; // guarded by counting
    private final Calls calls;
    private volatile @Nullable ChangesRefused closedSince;

    /**
     * The storage over an open engine, which it closes.
     *
     * @param durability what an acknowledgement promises, for the counters
     */
    public EngineBackend(Engine engine, String durability) {
        this.engine = engine;
        this.storeId = engine.storeId();
        this.durability = durability;
        this.calls = new Calls(engine);
        this.streamReads = new StreamReads(engine.contents());
        this.positionReads = new PositionReads(storeId, engine.contents(), new ReadAhead(engine.readThreads().ahead()));
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        return calls.request(result -> new Request.AppendEvents(required(append, "append"), result));
    }

    @Override
    public void appendEach(List<Append> appends, Consumer<List<AppendOutcome>> answer) {
        List<Append> all = List.copyOf(required(appends, "appends"));
        required(answer, "answer");
        if (all.isEmpty()) {
            answer.accept(List.of());
        } else {
            engine.submit(new AppendEach(all, answer));
        }
    }

    @Override
    public CompletionStage<Void> deleteEventsTo(StreamId stream, long toSequenceNr) {
        return calls
                .request(result -> new Request.DeleteEvents(required(stream, "stream"), toSequenceNr, Request.OVERHEAD,
                        result));
    }

    @Override
    public CompletionStage<List<StoredEvent>> getEvents(StreamId stream, long from, long to, int limit) {
        return calls.read(() -> streamReads.forwardsFromMemory(required(stream, "stream"), from, to, limit),
                engine.readThreads().readers(),
                () -> streamReads.forwards(stream, from, to, limit));
    }

    /** Without a turn of the writer, which counts what it was given before; so an append under way may be missing. */
    @Override
    public CompletionStage<StreamPage> getStreamPage(StreamId stream, long from, long to, int limit) {
        return calls.read(() -> streamReads.pageFromMemory(required(stream, "stream"), from, to, limit),
                engine.readThreads().readers(),
                () -> streamReads.page(stream, from, to, limit));
    }

    @Override
    public CompletionStage<List<StoredEvent>> getEventsBackwards(StreamId stream, long from, int limit) {
        return calls.read(() -> streamReads.backwardsFromMemory(required(stream, "stream"), from, limit),
                engine.readThreads().readers(),
                () -> streamReads.backwards(stream, from, limit));
    }

    @Override
    public CompletionStage<EventPage> getAllEvents(EventFilter filter, Position after, int limit) {
        return calls.attempt(() -> {
            required(filter, "filter");
            checkOurs(after);
            checkLimit(limit);
            return calls.read(() -> positionReads.fromMemory(filter, after, limit), engine.readThreads().scanner(),
                    () -> positionReads.read(filter, after, limit));
        });
    }

    @Override
    public CompletionStage<Long> highestSequenceNr(StreamId stream) {
        return calls.attempt(() -> {
            required(stream, "stream");
            return calls.request(result -> new Request.Look<>(() -> engine.contents().version(stream), result));
        });
    }

    @Override
    public CompletionStage<Position> lastPosition() {
        return calls.request(result -> new Request.Look<>(() -> position(engine.contents().lastPosition()), result));
    }

    @Override
    public CompletionStage<List<StreamId>> getStreams(@Nullable StreamId after, int limit) {
        return calls.attempt(() -> {
            checkLimit(limit);
            return calls.read(() -> engine.contents().streams(after, limit));
        });
    }

    @Override
    public CompletionStage<Set<StoredType>> getStoredTypes() {
        return calls.request(result -> new Request.Look<>(() -> Set.copyOf(engine.contents().state().types()), result));
    }

    @Override
    public Registration onAppend(Runnable wake) {
        calls.checkOpen();
        return engine.eventListeners().add(required(wake, "wake"));
    }

    @Override
    public Registration onAppend(StreamId stream, Runnable wake) {
        calls.checkOpen();
        return engine.eventListeners().add(required(stream, "stream"), required(wake, "wake"));
    }

    @Override
    public CompletionStage<Void> saveSnapshot(Snapshot snapshot) {
        return calls.request(result -> new Request.SaveSnapshot(required(snapshot, "snapshot"), result));
    }

    @Override
    public CompletionStage<Optional<Snapshot>> getLatestSnapshot(StreamId stream, SnapshotCriteria criteria) {
        return calls.attempt(() -> {
            required(stream, "stream");
            required(criteria, "criteria");
            StateStore state = engine.contents().state();
            return calls.read(() -> state.mayHaveSnapshot(stream) ? null : Optional.empty(),
                    engine.readThreads().readers(),
                    () -> state.latestSnapshot(stream, criteria));
        });
    }

    @Override
    public CompletionStage<Void> deleteSnapshots(StreamId stream, SnapshotCriteria criteria) {
        return calls.request(result -> new Request.DeleteSnapshots(required(stream, "stream"),
                required(criteria, "criteria"), result));
    }

    @Override
    public CompletionStage<Optional<DurableState>> getState(StreamId id) {
        return calls.attempt(() -> {
            required(id, "id");
            return calls.read(() -> engine.contents().state().state(id));
        });
    }

    @Override
    public CompletionStage<DurableState> upsertState(StreamId id, long revision, Payload payload, String tag) {
        return calls
                .request(result -> new Request.ChangeState(required(id, "id"), revision, required(payload, "payload"),
                        required(tag, "tag"), result));
    }

    @Override
    public CompletionStage<DurableState> deleteState(StreamId id, long revision) {
        return calls.request(result -> new Request.ChangeState(required(id, "id"), revision, null, "", result));
    }

    @Override
    public CompletionStage<DurableStatePage> getStateChanges(Predicate<DurableState> wanted, Position after,
            int limit) {
        return calls.attempt(() -> {
            required(wanted, "wanted");
            checkOurs(after);
            checkLimit(limit);
            return calls.read(() -> engine.contents().state().changesAfter(after.index(), limit), page -> {
                Position next = page.changes().isEmpty() ? after : page.changes().getLast().position();
                return new DurableStatePage(page.changes().stream().filter(wanted).toList(), next, page.atEnd());
            });
        });
    }

    @Override
    public CompletionStage<List<StreamId>> getStateIds(@Nullable StreamId after, int limit) {
        return calls.attempt(() -> {
            checkLimit(limit);
            return calls.read(() -> engine.contents().state().stateIds(after, limit));
        });
    }

    @Override
    public Registration onStateChange(Runnable wake) {
        calls.checkOpen();
        return engine.stateListeners().add(required(wake, "wake"));
    }

    @Override
    public String storeId() {
        return storeId;
    }

    /** Seals the tail: when the stage completes, all events are in row files and Parquet files. */
    @Override
    public CompletionStage<Void> flush() {
        return calls.request(Request.Seal::new).thenCompose(sealed -> {
            CompletableFuture<Void> written = new CompletableFuture<>();
            engine.compactor().writeParquet(written);
            return written;
        });
    }

    /**
     * Merges small segments of events and removes what is deleted from the rest, as far as it can be done. Not for
     * every day: the store does by itself what pays. What is not sealed is not touched; {@link #flush} seals. Appends
     * and reads go on meanwhile.
     *
     * @return done when it is on disk; fails with the first failure, after everything else was done, in which case
     *         nothing that could not be read was deleted
     */
    public CompletionStage<CompactionReport> compact() {
        return calls.attempt(() -> {
            CompletableFuture<CompactionReport> result = new CompletableFuture<>();
            engine.compactor().compact(result);
            return result;
        });
    }

    /** How many rows of segments compactions have looked at since the store was opened; rises while one runs. */
    public long compactedRows() {
        return engine.compactor().rows();
    }

    /** How many compactions failed since the store was opened; each was logged. */
    public long compactionFailures() {
        return engine.compactor().failures();
    }

    /**
     * Copies the store as it is at one moment to another directory, or brings an older copy there up to it, while
     * appends and reads go on. The writer takes part for a moment only: it ends the log's segment and has RocksDB flush
     * and link the state's files. What was acknowledged before the call is in the copy.
     *
     * @param target empty or missing, or an older copy of this store; apart from the store's own directory
     * @return how many files of segments were copied, the others were there; done when the copy is on disk, and opens
     *         as a store. Fails with {@link Backups.UnfitTargetException} for another target, with
     *         {@link UnsupportedOperationException} for a store in memory, with {@link StoreClosedException} where the
     *         store is closed meanwhile, and as the store and its disk fail
     */
    public CompletionStage<Integer> backup(Path target) {
        return calls.attempt(() -> {
            CompletableFuture<Integer> result = new CompletableFuture<>();
            engine.backups().begin(required(target, "target"), result);
            return result;
        });
    }

    @Override
    public BackendStats stats() {
        synchronized (counting) { // so that tables are not closed meanwhile
            if (uncounted != null) {
                throw uncounted;
            }
            return lastStats == null ? now() : lastStats;
        }
    }

    @Override
    public @Nullable ChangesRefused changesRefused() {
        ChangesRefused closing = closedSince;
        return closing == null ? engine.changesRefused() : closing;
    }

    private BackendStats now() {
        StateCounters counters = engine.counters();
        Contents contents = engine.contents();
        return new BackendStats(storeId, durability, contents.lastPosition() - counters.deletedEvents(),
                contents.streams(), counters.snapshots(), counters.liveStates(),
                contents.eventBytes() + counters.snapshotBytes() + counters.stateBytes(), Long.MAX_VALUE,
                contents.tiers(), engine.writes(), changesRefused());
    }

    @Override
    public void close() {
        synchronized (closing) {
            if (!calls.isClosed()) {
                closedSince = new ChangesRefused(Instant.now(), "store " + storeId + " is closed", true);
                calls.close();
                engine.stop();
                countForTheLastTime();
                engine.close();
                engine.eventListeners().wakeEveryone();
                engine.stateListeners().wakeEveryone();
            }
        }
    }

    /** Closes and leaves the log as a crash would, see {@link Engine#keepLog}. */
    void abandon() {
        engine.keepLog();
        close();
    }

    /** A store is closed also where a damaged table does not let it count. */
    private void countForTheLastTime() {
        synchronized (counting) {
            try {
                lastStats = now();
            } catch (EventStoreException unreadable) {
                uncounted = unreadable;
            }
        }
    }

    private void checkOurs(Position after) {
        boolean ours = after.storeId().equals(storeId) && after.partition() == 0 && after.epoch() == 0;
        if (!ours && !after.equals(Position.START)) {
            throw new ForeignPositionException(after, storeId);
        }
    }

    private static void checkLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("a page has 1 entry or more, not " + limit);
        }
    }

    /** At once and not on the writer's thread, so that the failure shows who called. */
    private static <T> T required(T argument, String name) {
        return Objects.requireNonNull(argument, name);
    }

    private Position position(long index) {
        return index == 0 ? Position.START : new Position(storeId, 0, 0, index);
    }
}

package dev.allframe.journal.allsource.engine;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.engine.log.CommitLog;
import dev.allframe.journal.allsource.engine.log.EntryTooLongException;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.store.Append;
import dev.allframe.store.AppendTooLargeException;
import dev.allframe.store.Appended;
import dev.allframe.store.BackendStats;
import dev.allframe.store.ChangesRefused;
import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import dev.allframe.store.spi.Listeners;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that changes a store: it takes what has arrived, checks it, writes it to the log, forces the log once,
 * applies and answers. While one force runs, the next group gathers by itself.
 *
 * <h2>Threads</h2> {@link #submit} may be called from any thread. All else runs on the partition's own thread, which
 * holds no lock while it forces. It alone takes from the queue; when it has ended, whoever submits does, under a lock.
 * Answers are given on {@link AnswerThreads}, so that a caller's code holds up no group and no other answer.
 *
 * <h2>Failures</h2> A failed write or force ends all writing: what was under way has an unknown outcome, what comes
 * later is refused, reads go on. Where the disk is full nothing is half-written: an entry is refused before its first
 * byte, and accepted again when there is room. Whatever is thrown while a request is worked on, an {@link Error} too,
 * is its answer; where the log has an entry then that memory has not, all writing ends as after a failed force.
 *
 * <p>The tables of the state may find no room for a group that is in the log already. Its answers wait then, its events
 * are in their streams and not yet in the order of positions, and what comes later is refused, until the tables take
 * it: they are asked again and again.
 */
final class Partition {

    /** A group has at most this many requests, so that the first of it is not kept waiting for the rest. */
    private static final int MAX_GROUP = 8192;

    /** How long tables that found no room are left alone. */
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** How long the log rests before it says how far it was forced. */
    private static final long MARK_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String storeId;
    private final EngineConfig config;
    private final CommitLog log;
    private final Contents contents;
    private final Sealer sealer;
    private final Listeners eventListeners;
    private final Listeners stateListeners;
    private final Clock clock;
    private final Thread thread;

    private final MpscUnboundedArrayQueue<Request> queue = new MpscUnboundedArrayQueue<>(4096);
    /** Held by whoever takes from the queue when the partition's thread has ended, or is about to. */
    private final ReentrantLock refusing = new ReentrantLock();
    private volatile boolean parked;
    private volatile boolean stopped;
    private volatile @Nullable IOException failure;
    private volatile @Nullable ChangesRefused changesRefused;
    private final ForceTimes forceTimes = new ForceTimes();

    // what follows is used by the partition's thread alone
    private long nextPosition;
    private long nextChange;
    private boolean unmarked;
    /** Whether the tail segment has an entry, and when it is old then. */
    private boolean tailBegun;

    private long tailEnds;
    private long groupBytes;
    private boolean stopping;
    /** Copies under way, for which the log is kept. */
    private int freezes;
    /** The log up to here is not needed by the store itself. */
    private long releasable;
    private final List<Written> group = new ArrayList<>();
    /**
     * Why the tables have not taken the group, or not made the tail segment's changes durable; null while they find
     * room.
     */
    private @Nullable StoreFullException tablesFull;

    private long askAgainAt;
    /** Refused because of versions that may be those of the group itself, which is not durable yet. */
    private final List<Conflict> conflicts = new ArrayList<>();
    private final List<Request> afterwards = new ArrayList<>();
    private final Map<StreamId, DurableState> pendingStates = new HashMap<>();
    /** What is worked on, so that it is answered whatever is thrown. */
    private @Nullable Request preparing;
    private final AnswerThreads answerThreads;
    private Answers answers;

    /** An entry in the log, the request that it answers, and for events what is published when it is durable. */
    private record Written(Request request, long lsn, LogEntry entry, List<StoredEvent> events,
            @Nullable TailStream stream) {}

    private record Conflict(Request request, VersionConflictException reason) {}

    Partition(Engine.Parts parts, Sealer sealer, long nextPosition, long nextChange) {
        this.storeId = parts.storeId();
        this.config = parts.config();
        this.log = parts.log();
        this.contents = parts.contents();
        this.eventListeners = parts.eventListeners();
        this.stateListeners = parts.stateListeners();
        this.clock = parts.clock();
        this.sealer = sealer;
        this.nextPosition = nextPosition;
        this.nextChange = nextChange;
        this.answerThreads = parts.answerThreads();
        this.answers = new Answers(answerThreads, eventListeners, stateListeners);
        this.thread = new Thread(this::run, "allframe-store-writer");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Hands a request over. Requests of one thread are taken in the order in which it submitted them. */
    void submit(Request request) {
        queue.offer(request);
        if (parked) {
            LockSupport.unpark(thread);
        }
        if (stopped) { // the request may have come after the thread's last look at the queue
            refuseQueued();
        }
    }

    /** Waits until everything submitted before {@link Request.Stop} is done. */
    void join() {
        Threads.join(thread);
    }

    /** What waits and how long forces have taken. */
    BackendStats.Writes writes() {
        return forceTimes.with(queue.size());
    }

    /** Why nothing more can be written; null while all is well. */
    @Nullable IOException failure() {
        return failure;
    }

    /** Why no changes are taken; null where they are. */
    @Nullable ChangesRefused changesRefused() {
        return changesRefused;
    }

    /** The first of several refusals in a row says since when; one that lasts replaces those that do not. */
    private void refuse(StoreFullException full) {
        if (changesRefused == null) {
            changesRefused = new ChangesRefused(clock.instant(), Failures.message(full), false);
        }
    }

    private void run() {
        try {
            while (!stopping) {
                Request first = queue.poll();
                if (first == null) {
                    rest();
                } else {
                    takeGroup(first);
                }
            }
            giveUpGroup();
        } catch (RuntimeException | Error defect) {
            fail(new IOException("the writer of the store ended by a defect: " + Failures.description(defect), defect));
            answerAllUnderWay();
            throw defect;
        } finally {
            stopped = true;
            refuseQueued();
        }
    }

    private void answerAllUnderWay() {
        answerThreads.run(answers); // those that were decided first: of two answers to a request the first counts
        StoreFailedException reason = failed();
        if (preparing != null) {
            answerThreads.fail(preparing.result(), reason);
        }
        group.forEach(written -> answerThreads.fail(written.request.result(), reason));
        conflicts.forEach(conflict -> answerThreads.fail(conflict.request.result(), reason));
        afterwards.forEach(request -> answerThreads.fail(request.result(), reason));
    }

    private void rest() {
        parked = true;
        if (queue.isEmpty()) {
            if (tablesFull != null) {
                LockSupport.parkNanos(this, Math.max(askAgainAt - System.nanoTime(), 1));
            } else if (unmarked) {
                LockSupport.parkNanos(this, MARK_AFTER_NANOS);
            } else if (tailBegun) {
                LockSupport.parkNanos(this, Math.max(tailEnds - System.nanoTime(), 1));
            } else {
                LockSupport.park(this);
            }
        }
        parked = false;
        askTablesAgain();
        if (tablesFull == null) {
            if (unmarked && queue.isEmpty()) {
                mark();
            }
            if (isTailOld()) {
                endTail();
            }
        }
        giveAnswers();
    }

    private boolean isTailFull() {
        return log.segmentBytes() >= config.tailBytes() || contents.tail().size() >= config.tailEvents() || isTailOld();
    }

    private boolean isTailOld() {
        return tailBegun && System.nanoTime() - tailEnds >= 0;
    }

    private void mark() {
        unmarked = false;
        try {
            if (failure == null) {
                long before = log.lastLsn();
                log.idle();
                collectMark(before);
            }
        } catch (IOException failed) {
            fail(failed);
        }
    }

    /**
     * A mark takes a number in the log, which the state counts like any other: with the entries after it, when they are
     * forced. If the state had it on disk and a power loss took it from the log, the next entry would get its number,
     * and the state would take that entry for one that it has.
     */
    private void collectMark(long before) {
        if (log.lastLsn() > before) {
            contents.collect(log.lastLsn(), new LogEntry.Mark());
        }
    }

    private void takeGroup(Request first) {
        Request next = first;
        int taken = 0;
        groupBytes = 0;
        askTablesAgain();
        while (next != null) {
            prepare(next);
            boolean more = ++taken < MAX_GROUP && groupBytes < config.groupBytes() && !stopping;
            next = more ? queue.poll() : null;
        }
        force();
        conflicts.forEach(conflict -> answers.fail(conflict.request.result(),
                failure == null ? conflict.reason : failed()));
        conflicts.clear();
        if (isTailFull()) {
            endTail();
        }
        afterwards.forEach(this::answerAfterwards);
        afterwards.clear();
        giveAnswers();
    }

    private void giveAnswers() {
        if (!answers.isEmpty()) {
            Answers given = answers;
            answers = new Answers(answerThreads, eventListeners, stateListeners);
            answerThreads.run(given);
        }
    }

    private void prepare(Request request) {
        preparing = request;
        long before = log.lastLsn();
        try {
            switch (request) {
                case Request.AppendEvents append -> prepareAppend(append);
                case Request.DeleteEvents delete -> prepareDelete(delete);
                case Request.SaveSnapshot save -> prepareSnapshot(save);
                case Request.DeleteSnapshots delete -> prepareSnapshotDelete(delete);
                case Request.ChangeState change -> prepareChange(change);
                case Request.Look<?> look -> afterwards.add(look);
                case Request.Seal seal -> afterwards.add(seal);
                case Request.Freeze<?> freeze -> afterwards.add(freeze);
                case Request.Thaw thaw -> afterwards.add(thaw);
                case Request.Release release -> afterwards.add(release);
                case Request.Stop stop -> {
                    stopping = true;
                    afterwards.add(stop);
                }
            }
        } catch (NoSpaceException full) {
            StoreFullException reason = new StoreFullException("the disk is full: " + Failures.message(full));
            refuse(reason);
            answers.fail(request.result(), reason);
        } catch (IOException failed) {
            fail(failed);
            answers.fail(request.result(), failed());
        } catch (VersionConflictException conflict) {
            conflicts.add(new Conflict(request, conflict));
        } catch (RuntimeException | Error refused) {
            if (refused instanceof StoreFullException full) {
                refuse(full);
            }
            if (log.lastLsn() > before) {
                fail(new IOException(
                        "memory does not have an entry that is in the log: " + Failures.description(refused), refused));
                answers.fail(request.result(), failed());
            } else {
                answers.fail(request.result(), refused);
            }
        }
        preparing = null;
    }

    private void prepareAppend(Request.AppendEvents request) throws IOException {
        refuseInTrouble();
        Append append = request.append();
        TailStream part = contents.tail().stream(append.stream());
        long version = part == null ? contents.versionBeforeTail(append.stream()) : part.pendingVersion;
        if (!append.expected().accepts(version)) {
            throw new VersionConflictException(append.stream(), append.expected(), version);
        }
        checkSizes(append);
        LogEntry entry = new LogEntry.EventsAppended(append.stream(), append.writer(), version + 1, nextPosition,
                append.records());
        long lsn = append(entry);
        TailStream stream = part == null ? contents.tail().add(append.stream(), version) : part;
        if (version == 0) {
            contents.streamsBegan(1);
        }
        List<StoredEvent> events = new ArrayList<>(append.records().size());
        for (Envelope record : append.records()) {
            events.add(new StoredEvent(stream.id, ++stream.pendingVersion, position(nextPosition++), append.writer(),
                    record));
        }
        group.add(new Written(request, lsn, entry, events, stream));
    }

    private void checkSizes(Append append) {
        long largest = append.largestRecordBytes();
        if (largest > config.maxRecordBytes()) {
            throw new RecordTooLargeException(append.stream(), largest, config.maxRecordBytes());
        }
        int count = append.records().size();
        int most = config.log().maxRecordBytes();
        if (count * largest > most) { // else adding up is not worth it
            long bytes = append.recordBytes();
            if (bytes > most) { // so that it is not copied first
                throw new AppendTooLargeException(append.stream(), count, bytes, most);
            }
        }
        for (Envelope record : append.records()) {
            groupBytes += record.payload().bytes().length;
        }
    }

    private void prepareDelete(Request.DeleteEvents request) throws IOException {
        refuseInTrouble();
        TailStream part = contents.tail().stream(request.stream());
        long version = part == null ? contents.versionBeforeTail(request.stream()) : part.pendingVersion;
        long to = Math.min(request.toSequenceNr(), version);
        if (to <= 0) {
            answers.done(request.result());
        } else {
            write(request, new LogEntry.EventsDeleted(request.stream(), to));
        }
    }

    private void prepareSnapshot(Request.SaveSnapshot request) throws IOException {
        checkSize(request.snapshot().stream(), request.snapshot().payload());
        checkSize(request.snapshot().stream(), request.snapshot().metadata());
        write(request, new LogEntry.SnapshotSaved(request.snapshot()));
    }

    private void prepareSnapshotDelete(Request.DeleteSnapshots request) throws IOException {
        refuseInTrouble();
        if (request.criteria().maxSequenceNr() < 0) { // no snapshot has such a number
            answers.done(request.result());
        } else {
            write(request, snapshotsDeleted(request));
        }
    }

    private static LogEntry snapshotsDeleted(Request.DeleteSnapshots request) {
        SnapshotCriteria criteria = request.criteria();
        return new LogEntry.SnapshotsDeleted(request.stream(), Math.max(criteria.minSequenceNr(), 0),
                criteria.maxSequenceNr(), firstMillisNotBefore(criteria.minTimestamp()),
                lastMillisNotAfter(criteria.maxTimestamp()));
    }

    private static long firstMillisNotBefore(Instant time) {
        long millis = lastMillisNotAfter(time);
        boolean between = millis != Long.MIN_VALUE && millis != Long.MAX_VALUE
                && Instant.ofEpochMilli(millis).isBefore(time);
        return between ? millis + 1 : millis;
    }

    /** As near as a long can say: an instant may be further away. */
    private static long lastMillisNotAfter(Instant time) {
        long seconds = time.getEpochSecond();
        if (seconds <= Long.MIN_VALUE / 1000) {
            return Long.MIN_VALUE;
        }
        return seconds >= Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : time.toEpochMilli();
    }

    private void prepareChange(Request.ChangeState request) throws IOException {
        refuseInTrouble();
        StreamId id = request.id();
        DurableState pending = pendingStates.get(id);
        DurableState last = pending != null ? pending : contents.state(id);
        long revision = last == null ? 0 : last.revision();
        if (request.revision() != revision + 1) {
            throw new VersionConflictException(id, ExpectedVersion.exactly(Math.max(request.revision() - 1, 0)),
                    revision);
        }
        checkSize(id, request.payload());
        boolean delete = request.payload() == null;
        String tag = delete ? (last == null ? "" : last.tag()) : request.tag();
        DurableState changed = new DurableState(id, request.revision(), position(nextChange),
                Instant.ofEpochMilli(clock.millis()), request.payload(), tag);
        write(request, new LogEntry.StateChanged(changed));
        nextChange++;
        pendingStates.put(id, changed);
    }

    /** What has no limit of its own is limited by the log. */
    private void checkSize(StreamId id, @Nullable Payload payload) {
        int most = config.log().maxRecordBytes();
        if (payload != null && payload.bytes().length > most) {
            throw new RecordTooLargeException(id, payload.bytes().length, most);
        }
    }

    private void write(Request request, LogEntry entry) throws IOException {
        group.add(new Written(request, append(entry), entry, List.of(), null));
    }

    /**
     * Before anything is compared: what failed may have changed versions and revisions, or not, and what waits has
     * changed them.
     */
    private void refuseInTrouble() {
        if (failure != null) {
            throw failed();
        }
        if (tablesFull != null) {
            throw tablesFull;
        }
    }

    private long append(LogEntry entry) throws IOException {
        refuseInTrouble();
        sealer.refuseWhereFull();
        try {
            return log.append(entry);
        } catch (EntryTooLongException tooLong) {
            throw switch (entry) {
                case LogEntry.EventsAppended events -> new AppendTooLargeException(events.stream(),
                        events.records().size(), tooLong.bytes(), tooLong.limitBytes());
                case LogEntry.SnapshotSaved saved -> new RecordTooLargeException(saved.snapshot().stream(),
                        tooLong.bytes(), tooLong.limitBytes());
                case LogEntry.StateChanged changed -> new RecordTooLargeException(changed.state().id(),
                        tooLong.bytes(), tooLong.limitBytes());
                case LogEntry.EventsDeleted deleted -> new RecordTooLargeException(deleted.stream(), tooLong.bytes(),
                        tooLong.limitBytes());
                case LogEntry.SnapshotsDeleted deleted -> new RecordTooLargeException(deleted.stream(),
                        tooLong.bytes(), tooLong.limitBytes());
                case LogEntry.Mark mark -> tooLong;
            };
        }
    }

    /** Makes the group durable and applies it. */
    private void force() {
        if (group.isEmpty() || tablesFull != null) {
            return;
        }
        try {
            if (failure == null) {
                long before = System.nanoTime();
                log.force();
                forceTimes.record(System.nanoTime() - before);
                unmarked = true;
            }
        } catch (IOException now) {
            fail(now);
        }
        if (failure == null) {
            apply();
        } else {
            group.forEach(written -> answers.fail(written.request.result(), failed()));
            clearGroup();
        }
    }

    private void clearGroup() {
        group.clear();
        pendingStates.clear();
    }

    private void apply() {
        if (!tailBegun) {
            tailBegun = true;
            tailEnds = System.nanoTime() + config.sealAfter().toNanos();
        }
        TailSegment tail = contents.tail();
        for (Written written : group) {
            contents.collect(written.lsn, written.entry);
            if (written.stream != null) {
                tail.add(written.stream, written.events);
            }
        }
        publish();
    }

    /** Has the tables take the group, and answers it. */
    private void publish() {
        try {
            contents.applyCollected();
            contents.tail().publish();
            group.forEach(this::answer);
            clearGroup();
            if (failure == null) {
                changesRefused = null;
            }
        } catch (StoreFullException full) {
            waitForTables(full);
        }
    }

    private void waitForTables(StoreFullException full) {
        tablesFull = full;
        refuse(full);
        askAgainAt = System.nanoTime() + ASK_AGAIN_NANOS;
    }

    private void askTablesAgain() {
        if (tablesFull != null && System.nanoTime() - askAgainAt >= 0) {
            tablesFull = null;
            publish();
            if (isTailFull()) {
                endTail();
            }
        }
    }

    /** The log has a group that waits for its answers; whoever opens the store finds it. */
    private void giveUpGroup() {
        if (tablesFull != null) {
            StoreFailedException unknown = new StoreFailedException("store " + storeId
                    + " was closed before its tables found room for what is in the log: "
                    + Failures.message(tablesFull),
                    tablesFull);
            group.forEach(written -> answers.fail(written.request.result(), unknown));
            giveAnswers();
        }
    }

    private void answer(Written written) {
        switch (written.request) {
            case Request.AppendEvents append -> {
                answers.succeed(append.result(),
                        new Appended(append.append().stream(), written.events.getFirst().sequenceNr(),
                                written.events.getLast().sequenceNr(), written.events.getLast().position()));
                answers.eventsChanged(append.append().stream());
            }
            case Request.ChangeState change -> {
                answers.succeed(change.result(), ((LogEntry.StateChanged) written.entry).state());
                answers.stateChanged();
            }
            case Request.DeleteEvents delete -> answers.done(delete.result());
            case Request.SaveSnapshot save -> answers.done(save.result());
            case Request.DeleteSnapshots delete -> answers.done(delete.result());
            case Request.Look<?> look -> throw new IllegalStateException(look.toString());
            case Request.Seal seal -> throw new IllegalStateException(seal.toString());
            case Request.Freeze<?> freeze -> throw new IllegalStateException(freeze.toString());
            case Request.Thaw thaw -> throw new IllegalStateException(thaw.toString());
            case Request.Release release -> throw new IllegalStateException(release.toString());
            case Request.Stop stop -> throw new IllegalStateException(stop.toString());
        }
    }

    private void answerAfterwards(Request request) {
        switch (request) {
            case Request.Look<?> look -> look(look);
            case Request.Seal seal -> seal(seal);
            case Request.Freeze<?> freeze -> freeze(freeze);
            case Request.Thaw thaw -> thaw(thaw);
            case Request.Release release -> release(release);
            case Request.Stop stop -> answers.done(stop.result());
            default -> throw new IllegalStateException(request.toString());
        }
    }

    private <T> void look(Request.Look<T> look) {
        try {
            answers.succeed(look.result(), look.look().get());
        } catch (RuntimeException | Error refused) {
            answers.fail(look.result(), refused);
        }
    }

    private void seal(Request.Seal seal) {
        try {
            endWholeTail();
            sealer.whenSealed(seal.result());
        } catch (RuntimeException | Error refused) {
            answers.fail(seal.result(), refused);
        }
    }

    /** Has everything up to the last entry in tail segments that have ended, or throws. */
    private void endWholeTail() {
        if (log.lastLsn() > contents.endedLsn()) {
            endTail();
        }
        refuseInTrouble();
        if (log.lastLsn() > contents.endedLsn()) {
            throw new StoreFullException("the disk is full: a new segment of the log finds no room");
        }
    }

    /** Everything up to the last entry is in whole log segments then, applied, and on its way to be sealed. */
    private <T> void freeze(Request.Freeze<T> freeze) {
        try {
            endWholeTail();
            answers.succeed(freeze.result(), freeze.taking().take(log.lastLsn()));
            freezes++;
        } catch (IOException failed) {
            answers.fail(freeze.result(),
                    new StoreFailedException("a copy failed: " + Failures.message(failed), failed));
        } catch (RuntimeException | Error refused) {
            answers.fail(freeze.result(), refused);
        }
    }

    private void thaw(Request.Thaw thaw) {
        freezes--;
        release(releasable, thaw.result());
    }

    private void release(Request.Release release) {
        releasable = Math.max(releasable, release.lsn());
        release(releasable, release.result());
    }

    private void release(long lsn, CompletableFuture<Void> result) {
        try {
            if (freezes == 0) {
                log.releaseTo(lsn);
            }
            answers.done(result);
        } catch (IOException failed) {
            fail(failed);
            answers.fail(result, failed());
        }
    }

    /** Ends the tail segment and gives it to the sealer. Waits where too many are waiting there. */
    private void endTail() {
        if (tablesFull != null) {
            return;
        }
        tailBegun = false;
        try {
            if (failure == null) {
                long lastLsn = log.roll();
                contents.applyCollected(); // a mark, which is forced now
                sealer.submit(contents.endTail(lastLsn, nextPosition));
                sealer.awaitRoom();
            }
        } catch (NoSpaceException full) {
            return; // the next append asks again and is refused if there is still no room
        } catch (StoreFullException full) {
            tailBegun = true; // it has not ended
            waitForTables(full);
        } catch (IOException failed) {
            fail(failed);
        }
    }

    private Position position(long index) {
        return new Position(storeId, 0, 0, index);
    }

    private void fail(IOException failed) {
        if (failure == null) {
            failure = failed;
            changesRefused = new ChangesRefused(clock.instant(), Failures.message(failed()), true);
        }
    }

    private StoreFailedException failed() {
        IOException cause = failure == null ? new IOException("unknown") : failure;
        return new StoreFailedException("the disk of store " + storeId + " failed, and it takes no further change until"
                + " it is opened anew: " + Failures.message(cause), cause);
    }

    private void refuseQueued() {
        refusing.lock();
        try {
            Request request;
            while ((request = queue.poll()) != null) {
                answerThreads.fail(request.result(), failure == null ? new StoreClosedException(storeId) : failed());
            }
        } finally {
            refusing.unlock();
        }
    }
}

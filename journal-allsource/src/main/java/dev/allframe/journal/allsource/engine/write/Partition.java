package dev.allframe.journal.allsource.engine.write;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.contents.Applier;
import dev.allframe.journal.allsource.engine.log.Group;
import dev.allframe.journal.allsource.engine.log.GroupLog;
import dev.allframe.journal.allsource.engine.log.GroupLog.Outcome.Committed;
import dev.allframe.journal.allsource.engine.log.GroupLog.Outcome.Refused;
import dev.allframe.journal.allsource.engine.log.GroupLog.Outcome.Unknown;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.threads.Threads;
import dev.allframe.journal.allsource.engine.upkeep.Sealer;
import dev.allframe.store.BackendStats;
import dev.allframe.store.ChangesRefused;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.VersionConflictException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that changes a store. It takes the requests that have arrived, lets {@link Admission} make entries of
 * them, commits these to the log as one group, lets {@link Applier} apply them, and answers. While one group is being
 * committed, the next one gathers by itself.
 *
 * <h2>Threads</h2> {@link #submit} may be called from any thread. All else runs on the partition's own thread, which
 * holds no lock while it commits. Answers are given by {@link Answers}, so that a caller's code holds up no group and
 * no other answer.
 *
 * <h2>Failures</h2> A group that the log refuses changes nothing, and writing goes on. One of which nobody knows ends
 * all writing: what was under way has an unknown outcome, what comes later is refused, reads go on. Whatever is thrown
 * while a request is worked on, an {@link Error} too, is its answer.
 *
 * <p>The tables of the state may find no room for a group that is in the log already. Its answers wait then, its events
 * are in their streams and not yet in the order of positions, and what comes later is refused, until the tables take
 * it: they are asked again and again.
 */
public final class Partition {

    /** A group has at most this many requests, so that the first of it is not kept waiting for the rest. */
    private static final int MAX_GROUP = 8192;

    /** How long tables that found no room are left alone. */
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** How long the log rests before it notes how far it is durable. */
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final WriteParts parts;
    private final GroupLog log;
    private final WriteTrouble trouble;
    private final Thread thread;

    private final RequestQueue queue;
    private final ForceTimes commitTimes = new ForceTimes();

    // what follows is used by the partition's thread alone
    private final Group group;
    private final Speculation speculation;
    private final Admission admission;
    private final Applier applier;
    private final TailEnd tailEnd;
    private final Upkeep upkeep;
    /** The requests of the group, in the order of its entries. */
    private final List<Write> writes = new ArrayList<>();
    /** Refused because of versions that may be those of the group itself, which is not durable yet. */
    private final List<Conflict> conflicts = new ArrayList<>();
    private final List<Request.Afterwards> afterwards = new ArrayList<>();
    /** What is worked on, so that it is answered whatever is thrown. */
    private @Nullable Request admitting;
    private long askAgainAt;
    private boolean idleNoted = true;
    private boolean stopping;
    private Answers answers;

    /** A request, or a part of one, that has become an entry. */
    private record Write(Request.Change request, int part, LogEntry entry) {}

    private record Conflict(Request.Change request, int part, VersionConflictException reason) {}

    public Partition(WriteParts parts, Sealer sealer, Applier applier, Speculation speculation) {
        this.parts = parts;
        this.log = parts.log();
        this.applier = applier;
        this.speculation = speculation;
        this.trouble = new WriteTrouble(parts.storeId(), parts.clock());
        this.queue = new RequestQueue(new WaitingBytes(parts.storeId(), parts.limits().waitingBytes()), this::refuse,
                this::whyEnded);
        this.group = log.newGroup();
        this.admission = new Admission(parts, speculation, group, sealer);
        this.tailEnd = new TailEnd(parts, sealer, applier, trouble);
        this.upkeep = new Upkeep(log, sealer, trouble, tailEnd);
        this.answers = newAnswers();
        this.thread = new Thread(this::run, "allframe-store-writer");
        thread.setDaemon(true);
    }

    private Answers newAnswers() {
        return new Answers(parts);
    }

    public void start() {
        thread.start();
    }

    /**
     * Hands a request over. Requests of one thread are taken in the order in which it submitted them. Where too much
     * waits, it is answered so.
     */
    public void submit(Request request) {
        queue.submit(request, thread);
    }

    /** Waits until everything submitted before {@link Request.Stop} is done. */
    public void join() {
        Threads.join(thread);
    }

    /**
     * Whether everything up to the log's last number is in tail segments that have ended, and no copy needs the log. To
     * be asked when the partition has ended.
     */
    public boolean hasEndedTail() {
        return tailEnd.isWhole();
    }

    /** What waits and how long commits have taken. */
    public BackendStats.Writes writes() {
        return commitTimes.with(queue.size());
    }

    /** Why no changes are taken; null where they are. */
    public @Nullable ChangesRefused changesRefused() {
        return trouble.refused();
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
            trouble.fail(
                    new IOException("the writer of the store ended by a defect: " + Failures.description(defect),
                            defect));
            answerAllUnderWay();
            throw defect;
        } finally {
            queue.end();
        }
    }

    private void answerAllUnderWay() {
        StoreFailedException reason = trouble.failed();
        if (admitting != null) {
            admitting.fail(answers, reason);
        }
        failGroup(reason);
        conflicts.forEach(conflict -> conflict.request.fail(answers, conflict.part, reason));
        afterwards.forEach(request -> request.fail(answers, reason));
        giveAnswers(); // those that were decided first: of two answers to a request the first counts
    }

    private void rest() {
        queue.rest(this::park);
        askTablesAgain();
        if (trouble.tablesFull() == null) {
            if (!idleNoted && queue.isEmpty()) {
                noteIdle();
            }
            tailEnd.endWhereDue();
        }
        giveAnswers();
    }

    private void park() {
        if (trouble.tablesFull() != null) {
            LockSupport.parkNanos(this, Math.max(askAgainAt - System.nanoTime(), 1));
        } else if (!idleNoted) {
            LockSupport.parkNanos(this, IDLE_NANOS);
        } else if (tailEnd.age().isRunning()) {
            LockSupport.parkNanos(this, Math.max(tailEnd.age().nanosLeft(), 1));
        } else {
            LockSupport.park(this);
        }
    }

    private void noteIdle() {
        idleNoted = true;
        try {
            if (!trouble.isFailed()) {
                log.idle();
            }
        } catch (IOException failed) {
            trouble.fail(failed);
        }
    }

    private void takeGroup(Request first) {
        Request next = first;
        int taken = 0;
        askTablesAgain();
        while (next != null) {
            take(next);
            boolean more = ++taken < MAX_GROUP && !isGroupFull() && !stopping;
            next = more ? queue.poll() : null;
        }
        commit();
        afterwards.forEach(request -> upkeep.run(request, answers));
        afterwards.clear();
        giveAnswers();
    }

    private boolean isGroupFull() {
        return group.size() >= MAX_GROUP || group.bytes() >= parts.limits().groupBytes();
    }

    private void giveAnswers() {
        if (!answers.isEmpty()) {
            Answers given = answers;
            answers = newAnswers();
            given.give();
        }
    }

    private void take(Request request) {
        admitting = request;
        switch (request) {
            case Request.Change change -> {
                for (int part = 0; part < change.parts(); part++) {
                    if (isGroupFull()) {
                        commit();
                    }
                    admit(change, part);
                }
            }
            case Request.Stop stop -> {
                stopping = true;
                afterwards.add(stop);
            }
            case Request.Afterwards other -> afterwards.add(other);
        }
        admitting = null;
    }

    private void admit(Request.Change change, int part) {
        try {
            trouble.refuse();
            LogEntry entry = change.entry(admission, part);
            if (entry == null) {
                change.done(answers, part, null);
            } else {
                writes.add(new Write(change, part, entry));
            }
        } catch (VersionConflictException conflict) {
            conflicts.add(new Conflict(change, part, conflict));
        } catch (Throwable refused) {
            if (refused instanceof StoreFullException full) {
                trouble.full(full);
            }
            change.fail(answers, part, refused);
            if (group.size() > writes.size()) { // an entry without a request; nothing of the group is written yet
                failGroup(refused);
            }
        }
    }

    /** Makes the group durable and applies it, and answers what had to wait for that. */
    private void commit() {
        Throwable failed = group.isEmpty() || trouble.tablesFull() != null ? null : committed();
        Throwable reason = trouble.isFailed() ? trouble.failed() : failed;
        if (failed != null) {
            failGroup(failed);
        }
        for (Conflict conflict : conflicts) { // with what is not there, where the group is not
            conflict.request.fail(answers, conflict.part, reason == null ? conflict.reason : reason);
        }
        conflicts.clear();
        giveAnswers(); // before it may wait for the sealer
        tailEnd.endWhereDue();
    }

    /** Why the group does not count; null where it is durable and applied. */
    private @Nullable Throwable committed() {
        long before = System.nanoTime();
        return switch (log.commit(group)) {
            case Committed(long firstLsn) -> {
                commitTimes.record(System.nanoTime() - before);
                idleNoted = false;
                apply(firstLsn);
                yield null;
            }
            case Refused(Throwable reason) -> {
                if (reason instanceof StoreFullException full) {
                    trouble.full(full);
                }
                yield reason;
            }
            case Unknown(IOException reason) -> {
                trouble.fail(reason);
                yield trouble.failed();
            }
        };
    }

    /** Nothing of the group counts. */
    private void failGroup(Throwable reason) {
        writes.forEach(write -> write.request.fail(answers, write.part, reason));
        writes.clear();
        group.clear();
        speculation.drop();
    }

    private void apply(long firstLsn) {
        tailEnd.age().begin();
        applier.passed(firstLsn - 1);
        for (int i = 0; i < group.size(); i++) {
            applier.apply(firstLsn + i, group.entry(i), group.bytes(i));
        }
        publish();
    }

    /** Has the tables take the group, and answers it. */
    private void publish() {
        try {
            applier.publish();
            speculation.cameTrue();
            for (Write write : writes) {
                write.request.done(answers, write.part, write.entry);
            }
            writes.clear();
            group.clear();
            trouble.over();
        } catch (StoreFullException full) {
            trouble.tablesFull(full);
            askAgainAt = System.nanoTime() + ASK_AGAIN_NANOS;
        }
    }

    private void askTablesAgain() {
        if (trouble.tablesFull() != null && System.nanoTime() - askAgainAt >= 0) {
            trouble.askTables();
            publish();
            giveAnswers();
            tailEnd.endWhereDue();
        }
    }

    /** The log has a group that waits for its answers; whoever opens the store finds it. */
    private void giveUpGroup() {
        StoreFullException tablesFull = trouble.tablesFull();
        if (tablesFull != null) {
            failGroup(new StoreFailedException("store " + parts.storeId()
                    + " was closed before its tables found room for what is in the log: "
                    + Failures.message(tablesFull), tablesFull));
            giveAnswers();
        }
    }

    private RuntimeException whyEnded() {
        return trouble.isFailed() ? trouble.failed() : new StoreClosedException(parts.storeId());
    }

    private void refuse(Request request, RuntimeException reason) {
        Answers refusal = newAnswers();
        request.fail(refusal, reason);
        refusal.give();
    }
}

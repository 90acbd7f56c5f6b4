package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.engine.threads.AnswerThreads;
import dev.allframe.journal.allsource.engine.threads.Threads;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what rules let go, merges segments, writes the Parquet files that are missing, and keeps the row files within
 * their budget, on a thread of its own, so that none of it holds up sealing and with it appends.
 *
 * <h2>When</h2> When it is {@link Quiet}, so that a burst of appends has the processors to itself; when
 * {@link #MOST_BEHIND} segments have no Parquet file, quiet or not; and when somebody asks. Neighbours are merged
 * before a Parquet file is written for one of them alone, so that a row is seldom written to Parquet twice.
 *
 * <p>A failure is logged and counted, and nothing is deleted; appends and reads go on. Where a segment is damaged the
 * others are compacted; where there is no room, it tries again every second.
 */
public final class Compactor {

    /** Full tail segments of 65,536 events each make some two million events. */
    private static final int MOST_BEHIND = 32;

    private static final Duration REST = Duration.ofSeconds(1);

    private static final Logger LOG = System.getLogger(Compactor.class.getName());

    private final Compaction compaction;
    private final ParquetFiles parquetFiles;
    private final RowFileBudget rowFiles;
    private final Retention retention;
    private final AnswerThreads answerThreads;
    private final Thread thread = new Thread(this::run, "allframe-store-compactor");
    private final AtomicLong failures = new AtomicLong();
    private final LongAdder rows = new LongAdder();
    private volatile boolean stopping; // set under the lock

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<CompletableFuture<CompactionReport>> asked = new ArrayList<>(); // guarded by the lock
    private final List<CompletableFuture<Void>> parquetAsked = new ArrayList<>(); // guarded by the lock
    private boolean wanted = true; // guarded by the lock
    private boolean sealedMeanwhile; // since the last round began; guarded by the lock
    private final Quiet quiet; // guarded by the lock
    private long restUntil = System.nanoTime(); // guarded by the lock

    public Compactor(Compaction compaction, ParquetFiles parquetFiles, RowFileBudget rowFiles, Retention retention,
            Quiet quiet, AnswerThreads answerThreads) {
        this.answerThreads = answerThreads;
        this.compaction = compaction;
        this.quiet = quiet;
        this.parquetFiles = parquetFiles;
        this.rowFiles = rowFiles;
        this.retention = retention;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** A segment was sealed. */
    public void sealed() {
        lock.lock();
        try {
            if (quiet.isQuiet()) {
                quiet.disturbed();
            }
            wanted = true;
            sealedMeanwhile = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for a thorough round; completed when it is done, failed with the first failure, when the rest is done. */
    public void compact(CompletableFuture<CompactionReport> result) {
        ask(asked, result);
    }

    /**
     * Asks for the Parquet files of all segments; completed when they are on disk, failed with the first failure, when
     * the rest is done.
     */
    public void writeParquet(CompletableFuture<Void> result) {
        ask(parquetAsked, result);
    }

    private <T> void ask(List<CompletableFuture<T>> queue, CompletableFuture<T> result) {
        lock.lock();
        try {
            if (!stopping) {
                queue.add(result);
                changed.signalAll();
                return;
            }
        } finally {
            lock.unlock();
        }
        answerThreads.fail(result, closed());
    }

    /** How many compactions and evictions have failed. */
    public long failures() {
        return failures.get();
    }

    /** How many rows compactions have looked at. */
    public long rows() {
        return rows.sum();
    }

    /** Ends. A compaction under way that has not changed anything is given up. */
    public void stop() {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Threads.join(thread);
    }

    /**
     * What a round is to do.
     *
     * @param asked who waits for a thorough one
     * @param parquetAsked who waits for Parquet files
     * @param quiet whether there is time for everything
     */
    private record Round(List<CompletableFuture<CompactionReport>> asked, List<CompletableFuture<Void>> parquetAsked,
            boolean quiet) {}

    private void run() {
        while (true) {
            Round round = next();
            if (stopping) {
                answer(round.asked, CompactionReport.NOTHING, closed());
                answer(round.parquetAsked, null, closed());
                return;
            }
            try {
                run(round);
            } catch (Throwable defect) { // of what is not expected to throw; who waits must hear of it
                EventStoreException failure = failed("a compaction ended by a defect", defect, null);
                answer(round.asked, CompactionReport.NOTHING, failure);
                answer(round.parquetAsked, null, failure);
            }
        }
    }

    /** Waits until there is something to do. */
    private Round next() {
        lock.lock();
        try {
            while (!stopping && !isAsked() && !isDue()) {
                // Only what was sealed and rules make it wait for a time.
                long untilRested = restUntil - System.nanoTime();
                long untilQuiet = Math.max(quiet.nanosLeft(), untilRested);
                changed.awaitNanos(wanted
                        ? isFarBehind() ? untilRested : untilQuiet
                        : Math.max(untilQuiet, retention.nanosUntilDue()));
            }
            Round round = new Round(List.copyOf(asked), List.copyOf(parquetAsked), isQuiet() || isAsked());
            wanted = wanted && !round.quiet; // otherwise there is something left to do when it is quiet
            sealedMeanwhile = false;
            asked.clear();
            parquetAsked.clear();
            return round;
        } catch (InterruptedException stray) {
            throw new IllegalStateException("nobody interrupts the compactor", stray);
        } finally {
            lock.unlock();
        }
    }

    private boolean isDue() {
        return isRested() && ((wanted && (quiet.isQuiet() || isFarBehind())) || isRetentionDue());
    }

    /** So that it is done whether it is quiet or not. */
    private boolean isFarBehind() {
        return parquetFiles.missing() >= MOST_BEHIND;
    }

    private boolean isRetentionDue() {
        return retention.nanosUntilDue() <= 0 && isQuiet();
    }

    private boolean isAsked() {
        return !asked.isEmpty() || !parquetAsked.isEmpty();
    }

    private boolean isQuiet() {
        return isRested() && quiet.isQuiet();
    }

    private boolean isRested() {
        return System.nanoTime() - restUntil >= 0;
    }

    private boolean isAskedMeanwhile() {
        lock.lock();
        try {
            return isAsked();
        } finally {
            lock.unlock();
        }
    }

    private void run(Round round) {
        writeAsked(round.parquetAsked);
        CompactionPolicy policy = round.asked.isEmpty() ? CompactionPolicy.AUTOMATIC : CompactionPolicy.THOROUGH;
        CompactionReport done = CompactionReport.NOTHING;
        EventStoreException failure = evict(retain(!round.asked.isEmpty()));
        boolean more = true;
        while (more) {
            int leftAlone = compaction.leftAlone();
            try {
                CompactionReport step = compaction.step(policy, this::mustStop);
                done = done.plus(step);
                more = step.segmentsBefore() > 0;
            } catch (Compaction.StoppedException stopped) {
                more = false;
                failure = failure == null ? closed() : failure;
            } catch (IOException | RuntimeException | Error failed) {
                more = compaction.leftAlone() > leftAlone; // it goes on without what is damaged
                failure = failed("compaction has failed, and has deleted nothing", failed, failure);
            }
            if (round.asked.isEmpty()) {
                more = more && !isAskedMeanwhile(); // somebody waits: that round does the rest
            } else {
                writeAsked(parquetAskedMeanwhile());
            }
        }
        failure = evict(writeMissing(round.quiet ? 0 : MOST_BEHIND - 1, failure));
        if (failure != null) {
            rest(failure);
        }
        answer(round.asked, done, compaction.damage(failure));
    }

    /** Deletes what rules let go, where it is time to. Gives the failure. */
    private @Nullable EventStoreException retain(boolean now) {
        if (!now && retention.nanosUntilDue() > 0) {
            return null;
        }
        try {
            retention.apply();
            return null;
        } catch (Compaction.StoppedException stopped) {
            return closed();
        } catch (RuntimeException | Error failed) {
            return failed("old events could not be deleted", failed, null);
        }
    }

    private void writeAsked(List<CompletableFuture<Void>> results) {
        if (!results.isEmpty()) {
            answer(results, null, parquetFiles.damage(writeMissing(0, null)));
        }
    }

    private List<CompletableFuture<Void>> parquetAskedMeanwhile() {
        lock.lock();
        try {
            List<CompletableFuture<Void>> results = List.copyOf(parquetAsked);
            parquetAsked.clear();
            return results;
        } finally {
            lock.unlock();
        }
    }

    /** What has failed is tried again when something else is sealed; where there was no room, also after a while. */
    private void rest(EventStoreException failure) {
        lock.lock();
        try {
            boolean full = failure instanceof StoreFullException;
            wanted = full || sealedMeanwhile;
            if (full) {
                restUntil = System.nanoTime() + REST.toNanos();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes Parquet files until only so many are missing. Gives the first failure. */
    private @Nullable EventStoreException writeMissing(int enough, @Nullable EventStoreException before) {
        EventStoreException failure = before;
        boolean more = true;
        while (more && parquetFiles.missing() > enough) {
            int missing = parquetFiles.missing();
            try {
                more = parquetFiles.writeNext(this::stopWhereAsked);
            } catch (Compaction.StoppedException stopped) {
                more = false;
                failure = failure == null ? closed() : failure;
            } catch (IOException | RuntimeException | Error failed) {
                more = parquetFiles.missing() < missing; // it goes on without what is damaged
                failure = failed("a Parquet file could not be written", failed, failure);
            }
        }
        return failure;
    }

    private void stopWhereAsked() {
        if (stopping) {
            throw new Compaction.StoppedException();
        }
    }

    /** Asked for each row, by the thread. */
    private boolean mustStop() {
        rows.increment();
        return stopping;
    }

    /** Keeps the budget. Gives the first failure. */
    private @Nullable EventStoreException evict(@Nullable EventStoreException before) {
        try {
            rowFiles.keep();
            return before;
        } catch (IOException | RuntimeException | Error failed) {
            return failed("row files could not be kept within their budget", failed, before);
        }
    }

    private EventStoreException failed(String what, Throwable failed, @Nullable EventStoreException before) {
        failures.incrementAndGet();
        LOG.log(Level.ERROR, what, failed);
        if (before != null) {
            return before;
        }
        return switch (failed) {
            case EventStoreException told -> told;
            case NoSpaceException full -> new StoreFullException("the disk is full: " + Failures.message(full));
            default -> new StoreFailedException(what + ": " + Failures.message(failed), failed);
        };
    }

    private static StoreClosedException closed() {
        return new StoreClosedException("the compaction of a store");
    }

    private <T> void answer(List<CompletableFuture<T>> results, @Nullable T done,
            @Nullable EventStoreException failure) {
        for (CompletableFuture<T> result : results) {
            answerThreads.run(() -> {
                if (failure == null) {
                    result.complete(done);
                } else {
                    result.completeExceptionally(failure);
                }
            });
        }
    }
}

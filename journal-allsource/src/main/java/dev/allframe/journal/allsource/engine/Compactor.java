package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Compacts and keeps the row files within their budget, on a thread of its own, so that neither holds up sealing and with it appends. A round is made when the
 * store was opened, after each sealed tail segment, and when somebody asks for one.
 *
 * <p>A failure is logged and counted, and nothing is deleted; appends and reads go on. Where a segment is damaged the others are compacted.
 */
final class Compactor {

    private static final Logger LOG = System.getLogger(Compactor.class.getName());

    private final Compaction compaction;
    private final RowFileBudget rowFiles;
    private final Thread thread = new Thread(this::run, "allframe-store-compactor");
    private final AtomicLong failures = new AtomicLong();
    private final LongAdder rows = new LongAdder();
    private volatile boolean stopping; // set under the lock

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<CompletableFuture<CompactionReport>> asked = new ArrayList<>(); // guarded by the lock
    private boolean wanted = true; // guarded by the lock

    Compactor(Compaction compaction, RowFileBudget rowFiles) {
        this.compaction = compaction;
        this.rowFiles = rowFiles;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** There may be something to do. */
    void wake() {
        lock.lock();
        try {
            wanted = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for a thorough round; completed when it is done, failed with the first failure, when the rest is done. */
    void compact(CompletableFuture<CompactionReport> result) {
        lock.lock();
        try {
            if (!stopping) {
                asked.add(result);
                changed.signalAll();
                return;
            }
        } finally {
            lock.unlock();
        }
        result.completeExceptionally(closed());
    }

    /** How many compactions and evictions have failed. */
    long failures() {
        return failures.get();
    }

    /** How many rows compactions have looked at. */
    long rows() {
        return rows.sum();
    }

    /** Ends. A compaction under way that has not changed anything is given up. */
    void stop() {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Threads.join(thread);
    }

    private void run() {
        while (true) {
            List<CompletableFuture<CompactionReport>> answered;
            lock.lock();
            try {
                while (!wanted && asked.isEmpty() && !stopping) {
                    changed.awaitUninterruptibly();
                }
                wanted = false;
                answered = List.copyOf(asked);
                asked.clear();
            } finally {
                lock.unlock();
            }
            if (stopping) {
                answer(answered, CompactionReport.NOTHING, closed());
                return;
            }
            round(answered);
        }
    }

    private void round(List<CompletableFuture<CompactionReport>> answered) {
        CompactionPolicy policy = answered.isEmpty() ? CompactionPolicy.AUTOMATIC : CompactionPolicy.THOROUGH;
        CompactionReport done = CompactionReport.NOTHING;
        EventStoreException failure = evict(null);
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
        }
        answer(answered, done, evict(failure));
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
            case NoSpaceException full -> new StoreFullException("the disk is full: " + full.getMessage());
            default -> new StoreFailedException(what + ": " + failed.getMessage(), failed);
        };
    }

    private static StoreClosedException closed() {
        return new StoreClosedException("the compaction of a store");
    }

    private static void answer(List<CompletableFuture<CompactionReport>> results, CompactionReport done,
            @Nullable EventStoreException failure) {
        for (CompletableFuture<CompactionReport> result : results) {
            Thread.startVirtualThread(() -> {
                if (failure == null) {
                    result.complete(done);
                } else {
                    result.completeExceptionally(failure);
                }
            });
        }
    }
}

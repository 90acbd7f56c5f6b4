package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.contents.TailSegment;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.engine.threads.AnswerThreads;
import dev.allframe.journal.allsource.engine.threads.Threads;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes tail segments that have ended and has them sealed, one after the other, on a thread of its own.
 *
 * <p>Where the disk is full it tries again each second. Where sealing fails otherwise it stops for good: the log keeps
 * what is not sealed. In both cases appends go on until too many segments wait, and are refused then.
 */
public final class Sealer {

    private static final Logger LOG = System.getLogger(Sealer.class.getName());
    private static final long RETRY_MILLIS = 1000;

    private final Sealing sealing;
    private final int maxWaiting;
    private final AnswerThreads answerThreads;
    private final Thread thread = new Thread(this::run, "allframe-store-sealer");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<TailSegment> waiting = new ArrayDeque<>(); // guarded by the lock
    private final List<CompletableFuture<Void>> whenSealed = new ArrayList<>(); // guarded by the lock
    private boolean finishing; // guarded by the lock
    private boolean stopping; // guarded by the lock
    private volatile @Nullable EventStoreException refusal;

    public Sealer(Sealing sealing, int maxWaiting, AnswerThreads answerThreads) {
        this.answerThreads = answerThreads;
        this.sealing = sealing;
        this.maxWaiting = maxWaiting;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Takes a tail segment that has ended. */
    public void submit(TailSegment ended) {
        lock.lock();
        try {
            waiting.add(ended);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits while too many tail segments wait, unless the disk is in trouble. */
    public void awaitRoom() {
        lock.lock();
        try {
            while (waiting.size() > maxWaiting && refusal == null && !stopping) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Refuses an append where too many tail segments wait because the disk is in trouble. */
    public void refuseWhereFull() {
        EventStoreException reason = refusal;
        if (reason != null && depth() > maxWaiting) {
            throw reason;
        }
    }

    /** Completes a result when everything submitted so far is sealed; fails it where that cannot be done. */
    public void whenSealed(CompletableFuture<Void> result) {
        lock.lock();
        try {
            whenSealed.add(result);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many tail segments wait. */
    int depth() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Ends after the tail segment that is being sealed; what waits stays in the log. */
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
     * Ends when what waits is sealed, or at once where the disk is in trouble: what waits stays in the log then.
     *
     * @return why not everything is sealed; null where it is
     */
    public @Nullable EventStoreException finish() {
        lock.lock();
        try {
            finishing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Threads.join(thread);
        return refusal;
    }

    private void run() {
        try {
            sealAll();
        } catch (Throwable defect) { // of what is not expected to throw; who waits must hear of it
            LOG.log(Level.ERROR, "sealing ended by a defect; what is not sealed stays in the log", defect);
            pause(new StoreFailedException("sealing ended by a defect: " + Failures.description(defect), defect),
                    Long.MAX_VALUE);
        }
    }

    private void sealAll() {
        while (true) {
            List<CompletableFuture<Void>> done = new ArrayList<>();
            EventStoreException reason;
            TailSegment next;
            lock.lock();
            try {
                while (!stopping && !finishing && waiting.isEmpty() && whenSealed.isEmpty()) {
                    changed.awaitUninterruptibly();
                }
                stopping |= finishing && (waiting.isEmpty() || refusal != null);
                reason = stopping && !waiting.isEmpty()
                        ? new StoreFailedException(
                                "the store was closed before all was sealed", new IOException("closed"))
                        : refusal;
                if (waiting.isEmpty() || reason != null) {
                    done.addAll(whenSealed);
                    whenSealed.clear();
                }
                next = stopping ? null : waiting.peek();
            } finally {
                lock.unlock();
            }
            answer(done, waiting.isEmpty() ? null : reason);
            if (next == null) {
                if (isStopping()) {
                    return;
                }
            } else {
                seal(next);
            }
        }
    }

    private boolean isStopping() {
        lock.lock();
        try {
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    private void answer(List<CompletableFuture<Void>> results, @Nullable EventStoreException reason) {
        for (CompletableFuture<Void> result : results) {
            answerThreads.run(() -> {
                if (reason == null) {
                    result.complete(null);
                } else {
                    result.completeExceptionally(reason);
                }
            });
        }
    }

    private void seal(TailSegment tail) {
        try {
            sealing.seal(tail);
            lock.lock();
            try {
                waiting.remove();
                refusal = null;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        } catch (NoSpaceException full) {
            pause(new StoreFullException("the disk is full: " + Failures.message(full)), RETRY_MILLIS);
        } catch (StoreFullException full) {
            pause(full, RETRY_MILLIS);
        } catch (IOException | RuntimeException | Error failed) {
            LOG.log(Level.ERROR, "sealing has failed; what is not sealed stays in the log", failed);
            pause(new StoreFailedException("sealing has failed: " + Failures.message(failed), failed), Long.MAX_VALUE);
        }
    }

    /** Says why, and waits until it is time to try again or to stop. */
    private void pause(EventStoreException reason, long millis) {
        lock.lock();
        try {
            refusal = reason;
            changed.signalAll();
            answer(List.copyOf(whenSealed), reason);
            whenSealed.clear();
            long nanos = millis == Long.MAX_VALUE ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(millis);
            while (!stopping && !finishing && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
                answer(List.copyOf(whenSealed), reason);
                whenSealed.clear();
            }
        } catch (InterruptedException stray) {
            LOG.log(Level.WARNING, "the sealer was interrupted, and tries again at once", stray);
        } finally {
            lock.unlock();
        }
    }
}

package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.threads.Threads;
import dev.allframe.store.StoreClosedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * The copies of an open store that are under way, each on a thread of its own. A store that is closed ends them: they
 * fail, and what they have made so far is no store. Thread-safe.
 */
final class RunningBackups {

    private final Engine engine;
    private final List<Thread> threads = new ArrayList<>(); // guarded by this
    private volatile boolean stopping; // set under this object's monitor

    RunningBackups(Engine engine) {
        this.engine = engine;
    }

    /** Begins one; completed with the number of files that it copied. */
    void begin(Path target, CompletableFuture<Integer> result) {
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("allframe-store-backup")
                .unstarted(() -> copy(target, result));
        synchronized (this) {
            if (!stopping) {
                thread.start();
                threads.add(thread);
                return;
            }
        }
        engine.answerThreads().fail(result, new StoreClosedException(engine.storeId()));
    }

    private void copy(Path target, CompletableFuture<Integer> result) {
        try {
            engine.answerThreads().complete(result, new OnlineBackup(engine, target, this::checkNotStopped).copy());
        } catch (Throwable failed) {
            engine.answerThreads().fail(result, failed);
        } finally {
            synchronized (this) {
                threads.remove(Thread.currentThread());
            }
        }
    }

    private void checkNotStopped() {
        if (stopping) {
            throw new StoreClosedException(engine.storeId());
        }
    }

    /** Ends those under way, and takes no more. Waits until they have ended, which takes the copy of a few MiB. */
    void stop() {
        List<Thread> running;
        synchronized (this) {
            stopping = true;
            running = List.copyOf(threads);
        }
        running.forEach(LockSupport::unpark);
        running.forEach(Threads::join);
    }
}

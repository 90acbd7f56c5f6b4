package dev.allframe.journal.allsource.engine.threads;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which an engine reads files and tables. Each kind of read has its own, so that a read of a few rows,
 * for which an actor waits that recovers, never waits for a scan, which decompresses whole segments.
 */
public final class ReadThreads {

    /** So many segments may wait to be loaded ahead; a scan that finds no place loads its next segment itself. */
    private static final int MAX_AHEAD = 16;

    /** So many reads of each kind may wait, which take less than a KiB each; more are refused. */
    public static final int MAX_WAITING = 1 << 16;

    private final ExecutorService readers;
    private final ExecutorService scanner;
    private final ExecutorService ahead;

    /**
     * Threads that are started when they are needed.
     *
     * @param readers how many reads run at once, besides scans
     */
    public ReadThreads(int readers) {
        this.readers = pool(readers, new LinkedBlockingQueue<>(MAX_WAITING), "allframe-store-reader-");
        this.scanner = pool(1, new LinkedBlockingQueue<>(MAX_WAITING), "allframe-store-scanner-");
        this.ahead = pool(1, new ArrayBlockingQueue<>(MAX_AHEAD), "allframe-store-ahead-");
    }

    private static ExecutorService pool(int threads, BlockingQueue<Runnable> waiting, String prefix) {
        return new ThreadPoolExecutor(threads, threads, 0, TimeUnit.MILLISECONDS, waiting,
                Thread.ofPlatform().daemon().name(prefix, 1).factory());
    }

    /** For reads of one stream, of snapshots and of states. */
    public ExecutorService readers() {
        return readers;
    }

    /** For pages of all events, one at a time. */
    public ExecutorService scanner() {
        return scanner;
    }

    /** For segments of which a scan will want pages soon. */
    public ExecutorService ahead() {
        return ahead;
    }

    /**
     * Takes nothing more, and waits for what was taken.
     *
     * @throws IOException if a read does not end within a minute
     */
    public void close() throws IOException {
        readers.shutdown();
        scanner.shutdown();
        ahead.shutdown();
        Threads.awaitEnd(readers);
        Threads.awaitEnd(scanner);
        Threads.awaitEnd(ahead);
    }
}

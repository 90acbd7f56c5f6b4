package dev.allframe.journal.allsource.engine.threads;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which an engine reads files and tables. Each kind of read has its own, so that a read of a few rows,
 * for which an actor waits that recovers, never waits for a scan, which decompresses whole segments.
 */
public final class ReadThreads {

    /** So many segments may wait to be loaded ahead; a scan that finds no place loads its next segment itself. */
    private static final int MAX_AHEAD = 16;

    private final ExecutorService readers;
    private final ExecutorService scanner;
    private final ExecutorService ahead;

    /**
     * Threads that are started when they are needed.
     *
     * @param readers how many reads run at once, besides scans
     */
    public ReadThreads(int readers) {
        this.readers = Executors.newFixedThreadPool(readers, threads("allframe-store-reader-"));
        this.scanner = Executors.newFixedThreadPool(1, threads("allframe-store-scanner-"));
        this.ahead = new ThreadPoolExecutor(1, 1, 0, TimeUnit.MILLISECONDS, new ArrayBlockingQueue<>(MAX_AHEAD),
                threads("allframe-store-ahead-"));
    }

    private static ThreadFactory threads(String prefix) {
        return Thread.ofPlatform().daemon().name(prefix, 1).factory();
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

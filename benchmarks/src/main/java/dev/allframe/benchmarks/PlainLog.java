package dev.allframe.benchmarks;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The peer of a store: group commit and nothing else. One thread takes what has arrived, writes length, checksum and
 * bytes of each record into a file of zeros, forces once and answers. It has no streams, no sequence numbers, no index,
 * and nothing can be read.
 */
final class PlainLog implements Closeable {

    private static final int FILE_BYTES = 32 << 20;
    private static final int MAX_GROUP = 8_192;

    /** @param done run by the log's thread when the records are forced; it must return at once */
    private record Waiting(List<byte[]> records, Runnable done, @Nullable CompletableFuture<Long> result) {}

    private final Disk disk;
    private final Path folder;
    private final ConcurrentLinkedQueue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    private DiskFile file;
    private DiskFile next;
    private long written;
    private long records;
    private int files;
    private volatile boolean parked;
    private volatile boolean closed;
    private volatile @Nullable IOException failure;

    PlainLog(Disk disk, Path folder) throws IOException {
        this.disk = disk;
        this.folder = folder;
        this.file = zeros();
        this.next = zeros();
        this.thread = Thread.ofPlatform().daemon().name("plain-log").start(this::run);
    }

    private DiskFile zeros() throws IOException {
        DiskFile made = disk.create(folder.resolve("log-" + files++));
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        for (long at = 0; at < FILE_BYTES; at += zeros.capacity()) {
            made.write(zeros.clear(), at);
        }
        made.force();
        return made;
    }

    /** Appends records, all or none; the stage completes when they are forced. */
    CompletableFuture<Long> append(byte[]... records) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        add(new Waiting(List.of(records), () -> {}, done));
        return done;
    }

    /** Appends records; what is done when they are forced is done by the log's thread, and must return at once. */
    void append(List<byte[]> records, Runnable done) {
        add(new Waiting(records, done, null));
    }

    private void add(Waiting waiting) {
        queue.add(waiting);
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        List<Waiting> group = new ArrayList<>();
        try {
            while (!closed) {
                Waiting first = queue.poll();
                if (first == null) {
                    rest();
                    continue;
                }
                for (Waiting each = first; each != null; each = group.size() < MAX_GROUP ? queue.poll() : null) {
                    put(each.records);
                    group.add(each);
                }
                write();
                file.force();
                group.forEach(each -> each.done.run());
                List<CompletableFuture<Long>> results = results(group);
                long last = records;
                if (!results.isEmpty()) {
                    Thread.startVirtualThread(() -> results.forEach(each -> each.complete(last)));
                }
                group.clear();
            }
        } catch (IOException failed) {
            failure = failed;
            results(group).forEach(each -> each.completeExceptionally(failed));
        }
    }

    private static List<CompletableFuture<Long>> results(List<Waiting> group) {
        List<CompletableFuture<Long>> results = new ArrayList<>();
        for (Waiting each : group) {
            if (each.result != null) {
                results.add(each.result);
            }
        }
        return results;
    }

    private void rest() {
        parked = true;
        if (queue.isEmpty() && !closed) {
            LockSupport.park(this);
        }
        parked = false;
    }

    private void put(List<byte[]> added) throws IOException {
        for (byte[] record : added) {
            if (buffer.remaining() < record.length + 8) {
                write();
            }
            CRC32C checksum = new CRC32C();
            checksum.update(record, 0, record.length);
            buffer.putInt(record.length).putInt((int) checksum.getValue()).put(record);
            records++;
        }
    }

    private void write() throws IOException {
        buffer.flip();
        int bytes = buffer.remaining();
        if (written + bytes > FILE_BYTES) {
            file.force();
            file.close();
            file = next;
            written = 0;
            next = zeros();
        }
        file.write(buffer, written);
        written += bytes;
        buffer.clear();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        file.close();
        next.close();
        if (failure != null) {
            throw failure;
        }
    }
}

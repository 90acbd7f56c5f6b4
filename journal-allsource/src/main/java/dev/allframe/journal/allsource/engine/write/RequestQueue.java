package dev.allframe.journal.allsource.engine.write;

import dev.allframe.store.StoreOverloadedException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Requests on their way to the writer. Any thread {@link #submit}s; the writer's alone takes, and parks while there is
 * nothing. When it has ended, whoever submits refuses what is there, under a lock.
 */
final class RequestQueue {

    private final MpscUnboundedArrayQueue<Request> queue = new MpscUnboundedArrayQueue<>(4096);
    private final WaitingBytes waitingBytes;
    private final BiConsumer<Request, RuntimeException> refuse;
    private final Supplier<RuntimeException> whyEnded;
    /** Held by whoever takes from the queue when the writer's thread has ended, or is about to. */
    private final ReentrantLock refusing = new ReentrantLock();
    private volatile boolean parked;
    private volatile boolean ended;

    /**
     * An empty queue.
     *
     * @param refuse answers a request, on any thread
     * @param whyEnded why nothing is taken any more
     */
    RequestQueue(WaitingBytes waitingBytes, BiConsumer<Request, RuntimeException> refuse,
            Supplier<RuntimeException> whyEnded) {
        this.waitingBytes = waitingBytes;
        this.refuse = refuse;
        this.whyEnded = whyEnded;
    }

    /** Takes a request, and wakes the writer. Refuses it where too much waits, or the writer has ended. */
    void submit(Request request, Thread writer) {
        try {
            waitingBytes.add(request);
        } catch (StoreOverloadedException overloaded) {
            refuse.accept(request, overloaded);
            return;
        }
        queue.offer(request);
        if (parked) {
            LockSupport.unpark(writer);
        }
        if (ended) { // the request may have come after the writer's last look at the queue
            refuseAll();
        }
    }

    /** The next request; null where none waits. For the writer. */
    @Nullable Request poll() {
        Request request = queue.poll();
        if (request != null) {
            waitingBytes.remove(request);
        }
        return request;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    int size() {
        return queue.size();
    }

    /** Parks where nothing waits, until something does. For the writer. */
    void rest(Runnable park) {
        parked = true;
        if (queue.isEmpty()) {
            park.run();
        }
        parked = false;
    }

    /** Takes nothing more: what waits is refused, and what comes. The writer's last call. */
    void end() {
        ended = true;
        refuseAll();
    }

    private void refuseAll() {
        refusing.lock();
        try {
            Request request;
            while ((request = queue.poll()) != null) {
                refuse.accept(request, whyEnded.get());
            }
        } finally {
            refusing.unlock();
        }
    }
}

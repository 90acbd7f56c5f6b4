package dev.allframe.store;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * A reader of everything behind a position, for as long as it is open.
 *
 * <p>One virtual thread reads a page, delivers it, and goes on; at the end of the store it sleeps until the store
 * calls. The order register, read to the end, wait makes the hand-over from history to live without a gap: an append
 * after the read finds the callback registered.
 */
public final class Subscription implements Registration {

    private static final int PAGE = 1_000;

    private final Semaphore wake = new Semaphore(0);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile Position position;
    private volatile boolean closed;

    private Subscription(Position after) {
        this.position = after;
    }

    /**
     * Delivers every record behind a position that the filter wants, in position order, one at a time on a virtual
     * thread of its own.
     *
     * @param after where to begin, not included
     * @param consumer called for each record; what it throws ends the subscription
     */
    public static Subscription start(EventStoreBackend backend, EventFilter filter, Position after,
            Consumer<StoredEvent> consumer) {
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(consumer, "consumer");
        Subscription subscription = new Subscription(Objects.requireNonNull(after, "after"));
        Thread.ofVirtual().name("allframe-subscription").start(() -> subscription.run(backend, filter, consumer));
        return subscription;
    }

    private void run(EventStoreBackend backend, EventFilter filter, Consumer<StoredEvent> consumer) {
        try (Registration registration = backend.onAppend(wake::release)) {
            while (!closed) {
                EventPage page = Waiting.on(backend.getAllEvents(filter, position, PAGE));
                for (StoredEvent event : page.events()) {
                    if (closed) {
                        break;
                    }
                    consumer.accept(event);
                    position = event.position();
                }
                if (!closed) {
                    position = page.next();
                }
                if (page.atEnd() && !closed) {
                    wake.acquireUninterruptibly();
                    wake.drainPermits();
                }
            }
            ended.complete(null);
        } catch (Throwable failure) { // whatever ends the loop must reach whoever waits for the end
            ended.completeExceptionally(failure);
        }
    }

    /** Up to where everything has been delivered. */
    public Position position() {
        return position;
    }

    /**
     * Completes after {@link #close()}, when nothing more is delivered; fails with what the consumer or the store
     * threw.
     */
    public CompletionStage<Void> ended() {
        return ended;
    }

    /** Delivers nothing more after the event that is being delivered. Does not wait for it; see {@link #ended()}. */
    @Override
    public void close() {
        closed = true;
        wake.release();
    }
}

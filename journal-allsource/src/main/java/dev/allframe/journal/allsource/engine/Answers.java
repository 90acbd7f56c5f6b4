package dev.allframe.journal.allsource.engine;

import dev.allframe.store.StreamId;
import dev.allframe.store.spi.Listeners;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What the callers of one group are told, and who is to be woken. Filled by the partition's thread, then run on a
 * virtual thread, which gives each answer on another.
 */
final class Answers implements Runnable {

    private final List<Runnable> answers = new ArrayList<>();
    private final Set<StreamId> changedStreams = new HashSet<>();
    private final AnswerThreads threads;
    private final Listeners eventListeners;
    private final Listeners stateListeners;
    private boolean eventsChanged;
    private boolean statesChanged;

    Answers(AnswerThreads threads, Listeners eventListeners, Listeners stateListeners) {
        this.threads = threads;
        this.eventListeners = eventListeners;
        this.stateListeners = stateListeners;
    }

    boolean isEmpty() {
        return answers.isEmpty();
    }

    <T> void succeed(CompletableFuture<T> result, T value) {
        answers.add(() -> result.complete(value));
    }

    void done(CompletableFuture<Void> result) {
        answers.add(() -> result.complete(null));
    }

    void fail(CompletableFuture<?> result, Throwable reason) {
        answers.add(() -> result.completeExceptionally(reason));
    }

    void eventsChanged(StreamId stream) {
        eventsChanged = true;
        if (eventListeners.anyOfStreams()) {
            changedStreams.add(stream);
        }
    }

    void stateChanged() {
        statesChanged = true;
    }

    /** From one thread, so that the partition's pays for starting that one alone. */
    @Override
    public void run() {
        answers.forEach(threads::run);
        if (eventsChanged) {
            eventListeners.wake(changedStreams);
        }
        if (statesChanged) {
            stateListeners.wake();
        }
    }
}

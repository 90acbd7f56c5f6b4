package dev.allframe.journal.allsource.engine.write;

import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.threads.AnswerThreads;
import dev.allframe.store.AppendOutcome;
import dev.allframe.store.Appended;
import dev.allframe.store.DurableState;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.spi.Listeners;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the callers of one group are told, and who is to be woken. Filled and given by the partition's thread: stages
 * are completed on virtual threads, one for each, because callers' code runs with them; answers to many appends are
 * told at once, because their receivers promise to return at once.
 */
final class Answers {

    private static final Logger LOG = System.getLogger(Answers.class.getName());

    private final String storeId;
    private final List<Runnable> stages = new ArrayList<>();
    private final List<Runnable> told = new ArrayList<>();
    private final Set<StreamId> changedStreams = new HashSet<>();
    private final AnswerThreads threads;
    private final Listeners eventListeners;
    private final Listeners stateListeners;
    private boolean eventsChanged;
    private boolean statesChanged;

    Answers(WriteParts parts) {
        this.storeId = parts.storeId();
        this.threads = parts.answerThreads();
        this.eventListeners = parts.eventListeners();
        this.stateListeners = parts.stateListeners();
    }

    boolean isEmpty() {
        return stages.isEmpty() && told.isEmpty();
    }

    <T> void succeed(CompletableFuture<T> result, T value) {
        stages.add(() -> result.complete(value));
    }

    void done(CompletableFuture<Void> result) {
        stages.add(() -> result.complete(null));
    }

    void fail(CompletableFuture<?> result, Throwable reason) {
        stages.add(() -> result.completeExceptionally(reason));
    }

    void tell(Consumer<List<AppendOutcome>> receiver, List<AppendOutcome> outcomes) {
        told.add(() -> receiver.accept(outcomes));
    }

    /** What an append has stored; whoever waits for events is woken. */
    Appended appended(@Nullable LogEntry entry) {
        if (!(entry instanceof LogEntry.EventsAppended events)) {
            throw new IllegalStateException("an append became " + entry);
        }
        eventsChanged = true;
        if (eventListeners.anyOfStreams()) {
            changedStreams.add(events.stream());
        }
        return new Appended(events.stream(), events.firstSequenceNr(), events.lastSequenceNr(),
                new Position(storeId, 0, 0, events.lastPosition()));
    }

    /** What a durable state has become; whoever waits for changes is woken. */
    DurableState changed(@Nullable LogEntry entry) {
        if (!(entry instanceof LogEntry.StateChanged changed)) {
            throw new IllegalStateException("a change became " + entry);
        }
        statesChanged = true;
        return changed.state();
    }

    /** Gives them. Nothing may be added any more. */
    void give() {
        told.forEach(Answers::tell);
        if (!stages.isEmpty() || eventsChanged || statesChanged) {
            threads.run(this::giveStages);
        }
    }

    private static void tell(Runnable answer) {
        try {
            answer.run();
        } catch (RuntimeException | Error broken) { // of a receiver that promises not to throw
            LOG.log(Level.ERROR, "who is told of appends has failed", broken);
        }
    }

    /** From one thread, so that the partition's pays for starting that one alone. */
    private void giveStages() {
        stages.forEach(threads::run);
        if (eventsChanged) {
            eventListeners.wake(changedStreams);
        }
        if (statesChanged) {
            stateListeners.wake();
        }
    }
}

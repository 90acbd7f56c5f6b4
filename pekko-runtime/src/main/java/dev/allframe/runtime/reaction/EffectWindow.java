package dev.allframe.runtime.reaction;

import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The records that a reaction has read and that its stored position does not cover: in the order of the store for the
 * position, and in a queue for each stream for the effects. For one thread.
 *
 * <p>Invariants: of a stream one effect at most is under way, that of the first record of its queue; at most
 * {@code parallel} effects are under way; the position {@link #finished()} is never at or behind a record that is not
 * finished; at most {@code capacity} records are held, or finished and not {@link #saved}.
 */
final class EffectWindow {

    private final int parallel;
    private final int capacity;
    private final Deque<Effect> inOrder = new ArrayDeque<>();
    private final Map<StreamId, Deque<Effect>> byStream = new HashMap<>();
    private final Deque<StreamId> ready = new ArrayDeque<>();
    private Position read;
    private Position finished;
    private @Nullable StoredEvent last;
    private int underWay;
    private long passed;
    private long passedAndSaved;

    /** One record that is to have its effect. */
    static final class Effect {
        private final StoredEvent record;
        private final boolean again;
        private int failures;
        private boolean finished;

        private Effect(StoredEvent record, boolean again) {
            this.record = record;
            this.again = again;
        }

        StoredEvent record() {
            return record;
        }

        /** Whether the position was behind the record already when it was added. */
        boolean again() {
            return again;
        }

        /** Counts an attempt that failed, and gives how many have. */
        int failed() {
            return ++failures;
        }
    }

    /**
     * An empty window.
     *
     * @param parallel how many effects are under way at most
     * @param capacity how many records are held at most
     * @param after everything up to here is finished
     */
    EffectWindow(int parallel, int capacity, Position after) {
        this.parallel = parallel;
        this.capacity = capacity;
        this.read = after;
        this.finished = after;
    }

    /** Whether another record may be added. */
    boolean hasRoom() {
        return inOrder.size() + passed - passedAndSaved < capacity;
    }

    /** Adds the next record of the store. */
    void add(StoredEvent record) {
        Effect effect = new Effect(record, false);
        inOrder.add(effect);
        read = record.position();
        enqueue(effect);
    }

    /** Adds a record behind which the position is already: one of a stream that was parked. Needs no room. */
    void addAgain(StoredEvent record) {
        enqueue(new Effect(record, true));
    }

    private void enqueue(Effect effect) {
        StoredEvent record = effect.record;
        Deque<Effect> queue = byStream.computeIfAbsent(record.stream(), stream -> new ArrayDeque<>());
        queue.add(effect);
        if (queue.size() == 1) {
            ready.add(record.stream());
        }
    }

    /** Everything up to here was added, or has no effect. */
    void readTo(Position position) {
        read = position;
        pass();
    }

    /** The next effect to begin, which counts as under way from then on; null where none may begin. */
    @Nullable Effect next() {
        if (underWay == parallel || ready.isEmpty()) {
            return null;
        }
        underWay++;
        return queue(ready.remove()).getFirst();
    }

    /** An effect that was under way is finished. */
    void finish(Effect effect) {
        underWay--;
        StreamId stream = effect.record.stream();
        Deque<Effect> queue = queue(stream);
        queue.remove();
        effect.finished = true;
        if (queue.isEmpty()) {
            byStream.remove(stream);
        } else {
            ready.add(stream);
        }
        pass();
    }

    /** An effect that was under way is to be tried again: lets others begin meanwhile. */
    void suspend() {
        underWay--;
    }

    /** An effect that was suspended may begin again. */
    void resume(Effect effect) {
        ready.add(effect.record.stream());
    }

    /** An effect that was suspended is left out, as if it were finished. */
    void leaveOut(Effect effect) {
        underWay++;
        finish(effect);
    }

    /** Takes out the records of a stream, of which none is under way, as if they were finished. */
    void drop(StreamId stream) {
        Deque<Effect> queue = byStream.remove(stream);
        if (queue != null) {
            queue.forEach(effect -> effect.finished = true);
        }
        ready.remove(stream);
        pass();
    }

    private Deque<Effect> queue(StreamId stream) {
        return Objects.requireNonNull(byStream.get(stream), "a stream that is ready or under way has a queue");
    }

    private void pass() {
        while (!inOrder.isEmpty() && inOrder.getFirst().finished) {
            last = inOrder.remove().record;
            finished = last.position();
            passed++;
        }
        if (inOrder.isEmpty()) {
            finished = read;
        }
    }

    /** Everything up to here was added, or has no effect. */
    Position read() {
        return read;
    }

    /** Every record up to here is finished. */
    Position finished() {
        return finished;
    }

    /** The last record that was finished of those up to {@link #finished()}; null before the first. */
    @Nullable StoredEvent lastFinished() {
        return last;
    }

    /** How many effects are under way. */
    int underWay() {
        return underWay;
    }

    /** How many records were finished up to {@link #finished()}, for {@link #saved}. */
    long passed() {
        return passed;
    }

    /** Whether records were finished that no stored position covers. */
    boolean hasUnsaved() {
        return passed > passedAndSaved;
    }

    /** A position was stored, of when so many had {@link #passed()}. */
    void saved(long passedThen) {
        passedAndSaved = passedThen;
    }
}

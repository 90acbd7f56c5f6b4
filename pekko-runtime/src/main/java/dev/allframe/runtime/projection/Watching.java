package dev.allframe.runtime.projection;

import dev.allframe.projection.Rows;
import dev.allframe.projection.Watched;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.Position;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription of one watcher. It holds no rows: it goes through them by a cursor, a page at a time, while the
 * subscriber asks, and reads a changed row when it gives it. What waits are keys: those that have changed behind the
 * cursor, and behind the last page all; a change ahead of the cursor is met there.
 *
 * <p>Thread-safe. One virtual thread at a time gives elements ({@link #run}), when there is something to give and
 * somebody asks; {@code this} guards what others touch.
 */
final class Watching<K, R> implements Flow.Subscription {

    /** So many rows are read at once, and are in memory while the subscriber takes them. */
    private static final int PAGE = 64;

    /** So many steps, of a page at most, are done before others have their turns. */
    private static final int TURN = 8;

    private static final long DAMAGE_PATIENCE_MILLIS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(Watching.class);

    private final ServedView<K, R> view;
    private final Watchers<K, R> watchers;
    private final WatchedPart<K, R> part;
    private final Map<RowKey<K>, Long> pending = new LinkedHashMap<>();
    private Flow.@Nullable Subscriber<? super Watched<K, R>> subscriber;
    private long demand;
    private boolean running = true;
    private boolean signalled;
    private boolean follows;
    private Watched.@Nullable Reason again;
    private @Nullable Throwable failure;

    /** Whether more rows are to be gone through; whether a page of them is being read; the last one that was. */
    private boolean scanning;
    private boolean reading;
    private byte @Nullable [] scanned;

    // Of the thread that gives elements.
    private @Nullable Readers generation;
    private Position begun = Position.START;
    private @Nullable String cursor;
    private boolean currentIsDue;
    private boolean changesAreDue;
    private boolean rests;

    private Watching(ServedView<K, R> view, Watchers<K, R> watchers, WatchedPart<K, R> part,
            Flow.Subscriber<? super Watched<K, R>> subscriber) {
        this.view = view;
        this.watchers = watchers;
        this.part = part;
        this.subscriber = subscriber;
    }

    /** Begins a subscription. */
    static <K, R> void begin(ServedView<K, R> view, Watchers<K, R> watchers, WatchedPart<K, R> part,
            Flow.Subscriber<? super Watched<K, R>> subscriber) {
        Watching<K, R> watching = new Watching<>(view, watchers, part, subscriber);
        watchers.add(watching);
        try {
            subscriber.onSubscribe(watching);
        } catch (Throwable thrown) { // whatever it is, it is the subscriber's
            watching.thrown(thrown);
        }
        // Until here nothing was given, whatever the subscriber has asked for.
        synchronized (watching) {
            watching.running = false;
        }
        watching.signal();
    }

    WatchedPart<K, R> part() {
        return part;
    }

    @Override
    public void request(long count) {
        synchronized (this) {
            if (count <= 0) {
                failure = new IllegalArgumentException("request(" + count + "): a subscriber asks for one or more"
                        + " elements (reactive streams, rule 3.9)");
            } else {
                demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
            }
        }
        signal();
    }

    @Override
    public void cancel() {
        synchronized (this) {
            subscriber = null;
            unfollow();
        }
        watchers.remove(this);
    }

    private synchronized boolean isOver() {
        return subscriber == null;
    }

    /** There may be something to give. */
    void signal() {
        synchronized (this) {
            if (running) {
                signalled = true;
                return;
            }
            if (subscriber == null) {
                return;
            }
            running = true;
        }
        Thread.startVirtualThread(this::run);
    }

    /** Rows have changed that may concern the subscriber. */
    void changed(Collection<RowKey<K>> keys) {
        boolean asked;
        synchronized (this) {
            for (RowKey<K> key : keys) {
                if (!follows) {
                    break;
                }
                if (!isAhead(key)) {
                    keep(key);
                }
            }
            asked = demand > 0;
        }
        if (asked) {
            signal();
        }
    }

    /** Whether the row is met among the first rows. While a page is read it is not known of which moment the row is. */
    private boolean isAhead(RowKey<K> key) {
        return scanning && !reading && (scanned == null || key.isBehind(scanned));
    }

    private void keep(RowKey<K> key) {
        if (pending.computeIfPresent(key, (same, count) -> count + 1) == null) {
            if (watchers.hasRoom(pending.size())) {
                pending.put(key, 1L);
                watchers.kept(1);
            } else {
                again = Watched.Reason.BEHIND;
                unfollow();
            }
        }
    }

    /** A row that was given before it is met would not be taken back, should it not be there when the page is read. */
    private void dropAhead() {
        int before = pending.size();
        pending.keySet().removeIf(this::isAhead);
        watchers.kept(pending.size() - before);
    }

    private void unfollow() {
        watchers.kept(-pending.size());
        pending.clear();
        if (follows) {
            follows = false;
            watchers.leave(this);
        }
    }

    /** Changes were lost. */
    void fallBehind() {
        synchronized (this) {
            if (!follows) {
                return; // it begins with the rows anyway
            }
            again = Watched.Reason.BEHIND;
            unfollow();
        }
        signal();
    }

    private void run() {
        for (int i = 0; i < TURN; i++) {
            boolean goesOn = step() && !rests;
            rests = false;
            if (!goesOn && isDone()) {
                return;
            }
        }
        Thread.startVirtualThread(this::run); // others have their turns on the processor
    }

    private synchronized boolean isDone() {
        boolean done = !signalled;
        signalled = false;
        running = !done;
        return done;
    }

    /** Gives some elements; false where there is nothing to give. */
    private boolean step() {
        if (isOver() || isEnded() || asked() == 0) {
            return false;
        }
        Published now = view.published();
        if (now == null) {
            return false; // who watches waits until there are rows
        }
        if (!now.readers().equals(generation) || isToBegin()) {
            return begin(now);
        }
        if (currentIsDue) {
            currentIsDue = false;
            return give(new Watched.Current<>(begun));
        }
        // In turns: neither do changes keep the rows from being complete, nor do keys heap up while there are rows.
        changesAreDue = !changesAreDue;
        return changesAreDue ? giveChanges() || giveRows(now) : giveRows(now) || giveChanges();
    }

    private synchronized long asked() {
        return demand;
    }

    private synchronized boolean isToBegin() {
        return again != null;
    }

    private boolean isEnded() {
        Flow.Subscriber<? super Watched<K, R>> last;
        Throwable cause;
        synchronized (this) {
            cause = failure;
            last = subscriber;
            if (last == null || (cause == null && !watchers.isEnded())) {
                return last == null;
            }
        }
        cancel();
        try {
            if (cause == null) {
                last.onComplete();
            } else {
                last.onError(cause);
            }
        } catch (Throwable thrown) { // whatever it is, it is the subscriber's
            LOG.warn("a subscriber of view '{}' has failed at its end", view.type().name(), thrown);
        }
        return true;
    }

    /** Follows changes, and only then begins to read: nothing is written in between that is neither told nor read. */
    private boolean begin(Published now) {
        Watched.Reason why;
        synchronized (this) {
            if (subscriber == null) {
                return false;
            }
            why = again == null ? Watched.Reason.REPLACED : again;
            again = null;
            unfollow();
            scanning = true;
            reading = false;
            scanned = null;
            follows = true;
            watchers.follow(this);
        }
        boolean first = generation == null;
        generation = now.readers();
        begun = now.state().position();
        cursor = null;
        currentIsDue = false;
        return first || give(new Watched.Again<>(why, begun));
    }

    private boolean giveRows(Published now) {
        int limit;
        synchronized (this) {
            if (!scanning) {
                return false;
            }
            limit = (int) Math.min(PAGE, demand);
            reading = true;
        }
        ServedView.Answer<Rows<K, R>> answer = read(now,
                served -> view.ofSnapshot(served, rows -> part.page(rows, cursor, limit)));
        if (answer == null) {
            return true;
        }
        Rows<K, R> rows = answer.value();
        cursor = rows.cursor();
        currentIsDue = cursor == null;
        synchronized (this) {
            reading = false;
            scanning = cursor != null;
            if (!rows.entries().isEmpty()) {
                scanned = view.type().keys().encode(rows.entries().getLast().key());
            }
            dropAhead();
        }
        Position position = now.state().position();
        boolean goesOn = true;
        for (Iterator<Rows.Entry<K, R>> each = rows.entries().iterator(); goesOn && each.hasNext();) {
            Rows.Entry<K, R> entry = each.next();
            goesOn = give(new Watched.Row<>(entry.key(), entry.row(), 0, position));
        }
        if (rows.entries().isEmpty() && part instanceof WatchedPart.OfKey<K, R>(var key)) {
            goesOn = give(new Watched.Gone<>(key.key(), 0, position));
        }
        return goesOn;
    }

    private boolean giveChanges() {
        for (int i = 0; i < PAGE; i++) {
            RowKey<K> key;
            long changes;
            synchronized (this) {
                if (pending.isEmpty() || demand == 0) {
                    return i > 0;
                }
                Map.Entry<RowKey<K>, Long> next = pending.entrySet().iterator().next();
                key = next.getKey();
                changes = next.getValue();
                pending.remove(key);
                watchers.kept(-1);
            }
            // Read behind the removal: a later change puts the key there again. A page is published before its changes
            // are told, so that the position is not before that of the change.
            Published now = view.published();
            ServedView.Answer<Optional<R>> answer = now == null || !now.readers().equals(generation)
                    ? null
                    : read(now, served -> view.rows(served).get(key.key()));
            if (now == null || answer == null) {
                return true;
            }
            Position position = now.state().position();
            boolean goesOn = give(answer.value()
                    .filter(part::has)
                    .<Watched<K, R>>map(row -> new Watched.Row<>(key.key(), row, changes, position))
                    .orElseGet(() -> new Watched.Gone<>(key.key(), changes, position)));
            if (!goesOn) {
                return false;
            }
        }
        return true;
    }

    /**
     * What a question has for an answer; null where another generation is served meanwhile, or none: then the next step
     * begins again, when it can.
     */
    private <T> ServedView.@Nullable Answer<T> read(Published now, Function<Published, T> question) {
        try {
            return view.asked(now, question);
        } catch (CorruptStoreException damaged) { // the view is built anew
            synchronized (this) {
                again = Watched.Reason.REPLACED;
                unfollow();
            }
            rests = true;
            CompletableFuture.delayedExecutor(DAMAGE_PATIENCE_MILLIS, TimeUnit.MILLISECONDS).execute(this::signal);
        } catch (Throwable failed) {
            synchronized (this) {
                failure = failed;
            }
        }
        return null;
    }

    /** False where nothing more is to be given. */
    private boolean give(Watched<K, R> element) {
        Flow.Subscriber<? super Watched<K, R>> to;
        synchronized (this) {
            to = subscriber;
            if (to == null) {
                return false;
            }
            demand -= demand == Long.MAX_VALUE ? 0 : 1;
        }
        try {
            to.onNext(element);
            return true;
        } catch (Throwable thrown) { // whatever it is, it is the subscriber's
            thrown(thrown);
            return false;
        }
    }

    private void thrown(Throwable thrown) {
        cancel();
        LOG.warn("a subscriber of view '{}' has failed, and is cancelled", view.type().name(), thrown);
    }
}

package dev.allframe.runtime.projection;

import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.fold.RowChange;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who watch a view, and which of them a change concerns. The thread that writes the view puts the changes of a
 * page into a queue, where anybody follows, and goes on; a virtual thread takes them out and notes their keys with each
 * {@link Watching} that is concerned. Thread-safe.
 *
 * <p>Bounds: the queue holds up to {@value #MAX_QUEUED} changes or one page, and a subscription up to
 * {@value #MAX_PENDING} keys. When {@value #FULL} subscriptions' worth of keys wait for all together, a subscription
 * may keep its share of as many again, or {@value #MIN_SHARE}. Who goes over a bound begins again with the rows, and is
 * not followed until it asks.
 */
final class Watchers<K, R> {

    /** The keys that wait for one subscriber. */
    static final int MAX_PENDING = 1_024;

    /** With the usual bound, 65,536 keys: a few MiB. */
    static final int FULL = 64;

    /** So many keys may wait for a subscriber whatever waits for others: who keeps up does not suffer from them. */
    private static final int MIN_SHARE = 16;

    /** The rows of these changes are in memory until they are distributed. */
    private static final int MAX_QUEUED = 16_384;

    private static final Logger LOG = LoggerFactory.getLogger(Watchers.class);

    private final Keys<K> keys;
    private final int maxPending;
    private final Set<Watching<K, R>> subscribed = ConcurrentHashMap.newKeySet();
    private final Set<Watching<K, R>> ofAll = ConcurrentHashMap.newKeySet();
    private final Map<RowKey<K>, Set<Watching<K, R>>> ofKey = new ConcurrentHashMap<>();
    private final Map<Index<R, ?>, Map<ByteBuffer, Set<Watching<K, R>>>> ofValue = new ConcurrentHashMap<>();
    private final AtomicInteger following = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final Queue<List<RowChange<K, R>>> queue = new ArrayDeque<>(); // guards the three below
    private int queued;
    private boolean overflown;
    private boolean distributing;
    private @Nullable Readers served;
    private volatile boolean ended;

    Watchers(ProjectionType<K, R> type, int maxPending) {
        this.keys = type.keys();
        this.maxPending = maxPending;
        type.indexes().forEach(index -> ofValue.put(index, new ConcurrentHashMap<>()));
    }

    void add(Watching<K, R> subscription) {
        subscribed.add(subscription);
    }

    void remove(Watching<K, R> subscription) {
        subscribed.remove(subscription);
    }

    /**
     * From its return on, a change concerns the subscription that was not written before: reads behind it see all that
     * it is not told of.
     */
    void follow(Watching<K, R> subscription) {
        switch (subscription.part()) {
            case WatchedPart.All<K, R>() -> ofAll.add(subscription);
            case WatchedPart.OfKey<K, R>(var key) -> add(ofKey, key, subscription);
            case WatchedPart.OfValue<K, R, ?> of -> add(ofIndex(of.index()), of.bytes(), subscription);
        }
        following.incrementAndGet();
    }

    /** The reverse of {@link #follow}, for one that follows. */
    void leave(Watching<K, R> subscription) {
        following.decrementAndGet();
        switch (subscription.part()) {
            case WatchedPart.All<K, R>() -> ofAll.remove(subscription);
            case WatchedPart.OfKey<K, R>(var key) -> remove(ofKey, key, subscription);
            case WatchedPart.OfValue<K, R, ?> of -> remove(ofIndex(of.index()), of.bytes(), subscription);
        }
    }

    private Map<ByteBuffer, Set<Watching<K, R>>> ofIndex(Index<R, ?> index) {
        return ofValue.getOrDefault(index, Map.of());
    }

    private static <T, W> void add(Map<T, Set<W>> followers, T what, W subscription) {
        followers.compute(what, (same, before) -> {
            Set<W> set = before == null ? ConcurrentHashMap.newKeySet() : before;
            set.add(subscription);
            return set;
        });
    }

    private static <T, W> void remove(Map<T, Set<W>> followers, T what, W subscription) {
        followers.computeIfPresent(what, (same, set) -> {
            set.remove(subscription);
            return set.isEmpty() ? null : set;
        });
    }

    /** Whether a subscription for which so many keys wait may keep another. */
    boolean hasRoom(int own) {
        int full = FULL * maxPending;
        return own < maxPending
                && (own < MIN_SHARE || pending.get() < full || own < full / (1 + subscribed.size()));
    }

    /** Counts the keys that wait. */
    void kept(int more) {
        pending.addAndGet(more);
    }

    /** How many keys wait for all subscribers together. */
    int pending() {
        return pending.get();
    }

    /** How many subscriptions are neither cancelled nor ended. */
    int subscribed() {
        return subscribed.size();
    }

    /** Another generation may be served: who watches begins again with its rows. By the thread that writes. */
    void served(Readers now) {
        if (!now.equals(served)) {
            served = now;
            signalAll();
        }
    }

    /** Completes all subscriptions, and those that come. */
    void end() {
        ended = true;
        signalAll();
    }

    boolean isEnded() {
        return ended;
    }

    /** Changes were lost: who watches begins again with the rows. */
    void fallBehind() {
        subscribed.forEach(Watching::fallBehind);
    }

    /** Whether nobody is to be told of changes. */
    boolean isNobodyFollowing() {
        return following.get() == 0;
    }

    private void signalAll() {
        if (!subscribed.isEmpty()) {
            Thread.startVirtualThread(() -> subscribed.forEach(Watching::signal));
        }
    }

    /** What a write has changed, behind it, by the thread that has written. Takes the same time for any number. */
    void changed(List<RowChange<K, R>> changes) {
        if (isNobodyFollowing() || changes.isEmpty()) {
            return;
        }
        synchronized (queue) {
            if (queued > 0 && queued + changes.size() > MAX_QUEUED) {
                queue.clear();
                queued = 0;
                overflown = true;
            } else {
                queue.add(changes);
                queued += changes.size();
            }
            if (!distributing) {
                distributing = true;
                Thread.startVirtualThread(this::distribute);
            }
        }
    }

    private void distribute() {
        while (true) {
            List<RowChange<K, R>> next;
            boolean lost;
            synchronized (queue) {
                lost = overflown;
                overflown = false;
                next = queue.poll();
                queued -= next == null ? 0 : next.size();
                if (next == null && !lost) {
                    distributing = false;
                    return;
                }
            }
            if (lost) {
                fallBehind();
            }
            if (next != null) {
                try {
                    distribute(next);
                } catch (RuntimeException | Error failed) { // nobody misses a change for it
                    LOG.warn("changes of a view cannot be given to those who watch; they begin again", failed);
                    fallBehind();
                }
            }
        }
    }

    private void distribute(List<RowChange<K, R>> changes) {
        List<RowKey<K>> changed = new ArrayList<>(changes.size());
        for (RowChange<K, R> change : changes) {
            changed.add(new RowKey<>(change.key(), keys.encode(change.key())));
        }
        ofAll.forEach(watching -> watching.changed(changed));
        if (!ofKey.isEmpty()) {
            changed.forEach(key -> concerned(ofKey, key, watching -> watching.changed(List.of(key))));
        }
        ofValue.forEach((index, followers) -> {
            if (!followers.isEmpty()) {
                for (int i = 0; i < changed.size(); i++) {
                    ofIndex(index, followers, changes.get(i), changed.get(i));
                }
            }
        });
    }

    private void ofIndex(Index<R, ?> index, Map<ByteBuffer, Set<Watching<K, R>>> followers, RowChange<K, R> change,
            RowKey<K> key) {
        ByteBuffer before = WatchedPart.bytes(index, change.before());
        ByteBuffer after = WatchedPart.bytes(index, change.after());
        concerned(followers, before, watching -> watching.changed(List.of(key)));
        if (after != null && !after.equals(before)) {
            concerned(followers, after, watching -> watching.changed(List.of(key)));
        }
    }

    private static <T, W> void concerned(Map<T, Set<W>> followers, @Nullable T what, Consumer<W> change) {
        Set<W> set = what == null ? null : followers.get(what);
        if (set != null) {
            set.forEach(change);
        }
    }
}

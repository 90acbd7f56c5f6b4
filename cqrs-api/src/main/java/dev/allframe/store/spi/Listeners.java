package dev.allframe.store.spi;

import dev.allframe.store.Registration;
import dev.allframe.store.StreamId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Who wants to be woken, for all records or for one stream. An append pays for the listeners that there are: two reads
 * of an empty list without any.
 *
 * <p>Thread-safe without the store's lock. A listener that registers while an append commits may miss its call, but
 * then the read that follows the registration finds the record, because records are readable before listeners are
 * called.
 */
public final class Listeners {

    private static final Logger LOG = System.getLogger(Listeners.class.getName());

    private final CopyOnWriteArrayList<Listener> ofAll = new CopyOnWriteArrayList<>();
    private final Map<StreamId, CopyOnWriteArrayList<Listener>> ofStream = new ConcurrentHashMap<>();

    /** Registers for all records. */
    public Registration add(Runnable wake) {
        Listener listener = new Listener(wake);
        ofAll.add(listener);
        return () -> ofAll.remove(listener);
    }

    /** Registers for the records of one stream. */
    public Registration add(StreamId stream, Runnable wake) {
        Listener listener = new Listener(wake);
        ofStream.compute(stream, (id, present) -> {
            CopyOnWriteArrayList<Listener> listeners = present == null ? new CopyOnWriteArrayList<>() : present;
            listeners.add(listener);
            return listeners;
        });
        return () -> ofStream.computeIfPresent(stream, (id, present) -> {
            present.remove(listener);
            return present.isEmpty() ? null : present;
        });
    }

    /** Whether anyone waits for a single stream. */
    public boolean anyOfStreams() {
        return !ofStream.isEmpty();
    }

    /** Calls who waits for one of these streams, then who waits for all. */
    public void wake(Iterable<StreamId> streams) {
        if (anyOfStreams()) {
            for (StreamId stream : streams) {
                CopyOnWriteArrayList<Listener> listeners = ofStream.get(stream);
                if (listeners != null) {
                    listeners.forEach(Listener::call);
                }
            }
        }
        wake();
    }

    /** Calls who waits for all records. */
    public void wake() {
        if (!ofAll.isEmpty()) {
            ofAll.forEach(Listener::call);
        }
    }

    /** Calls everyone, because the store was closed. */
    public void wakeEveryone() {
        wake();
        ofStream.values().forEach(listeners -> listeners.forEach(Listener::call));
    }

    /**
     * One registration. A class and no record: the same callback may be registered twice, and each is removed alone.
     */
    private static final class Listener {
        private final Runnable wake;

        Listener(Runnable wake) {
            this.wake = wake;
        }

        /** The append has happened: what a callback throws must not look like the append's failure. */
        void call() {
            try {
                wake.run();
            } catch (Throwable failure) { // whoever else is to be woken, and the store's thread, go on
                LOG.log(Level.ERROR, "a callback of onAppend or onStateChange must not throw", failure);
            }
        }
    }
}

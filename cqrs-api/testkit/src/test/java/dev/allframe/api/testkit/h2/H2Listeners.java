package dev.allframe.api.testkit.h2;

import dev.allframe.store.Registration;
import dev.allframe.store.StreamId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Who wants to be woken. Callbacks run on the thread that has committed. */
final class H2Listeners {

    private static final String STATES = "states";

    /** A class and no record: the same callback may be registered twice. */
    private static final class Listener {
        private final @Nullable Object topic;
        private final Runnable wake;

        Listener(@Nullable Object topic, Runnable wake) {
            this.topic = topic;
            this.wake = wake;
        }
    }

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    Registration onAppend(Runnable wake) {
        return add(null, wake);
    }

    Registration onAppend(StreamId stream, Runnable wake) {
        return add(stream, wake);
    }

    Registration onStateChange(Runnable wake) {
        return add(STATES, wake);
    }

    private Registration add(@Nullable Object topic, Runnable wake) {
        Listener listener = new Listener(topic, wake);
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void appended(StreamId stream, @Nullable Throwable failure) {
        if (failure == null) {
            listeners.stream()
                    .filter(listener -> listener.topic == null || listener.topic.equals(stream))
                    .forEach(listener -> listener.wake.run());
        }
    }

    void stateChanged(@Nullable Throwable failure) {
        if (failure == null) {
            listeners.stream()
                    .filter(listener -> STATES.equals(listener.topic))
                    .forEach(listener -> listener.wake.run());
        }
    }

    void wakeAll() {
        listeners.forEach(listener -> listener.wake.run());
    }
}

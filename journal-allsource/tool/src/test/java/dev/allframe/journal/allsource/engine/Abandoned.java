package dev.allframe.journal.allsource.engine;

import dev.allframe.store.EventStoreBackend;

/** A store that is left as a crash leaves it: what was not sealed stays in its log. */
public final class Abandoned implements AutoCloseable {

    private final EngineBackend store;

    /** Over an open store, which is abandoned with this. */
    public Abandoned(EventStoreBackend store) {
        this.store = (EngineBackend) store;
    }

    public EngineBackend store() {
        return store;
    }

    @Override
    public void close() {
        store.abandon();
    }
}

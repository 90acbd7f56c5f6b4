package dev.allframe.journal.allsource.tool;

import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.index.AppliedEntry;
import dev.allframe.journal.allsource.engine.index.RocksTables;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Makes closed stores wrong in ways that no checksum tells. */
final class StoreDamage {

    private static final long MEMORY = 8 << 20;

    private StoreDamage() {}

    /** Writes a version of a stream into the index. */
    static void noteInIndex(Path store, StreamId stream, long version) {
        RocksTables tables = new RocksTables(store.toAbsolutePath(), MEMORY);
        try (StreamIndex index = StreamIndex.open(tables.index(), storeId(store))) {
            index.noteStream(stream, version);
            index.flush();
        } finally {
            tables.close();
        }
    }

    /** Applies a delete to the state that is in no log. */
    static void deleteInState(Path store, StreamId stream, long to) {
        RocksTables tables = new RocksTables(store.toAbsolutePath(), MEMORY);
        try (StateStore state = StateStore.open(tables.state(), storeId(store))) {
            state.apply(List.of(new AppliedEntry(state.appliedLsn() + 1, new LogEntry.EventsDeleted(stream, to))));
            for (int i = 0; i < 100; i++) {
                state.apply(List.of(new AppliedEntry(state.appliedLsn() + 1, null)));
            }
            state.flush();
        } finally {
            tables.close();
        }
    }

    private static String storeId(Path store) {
        try {
            return ClosedStore.storeId(new RealDisk(), store).toString();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

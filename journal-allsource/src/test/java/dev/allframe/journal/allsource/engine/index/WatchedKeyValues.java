package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.tables.Batch;
import dev.allframe.journal.allsource.tables.ForwardingKeyValues;
import dev.allframe.journal.allsource.tables.KeyValues;
import java.nio.file.Path;

/** Tables of which somebody makes the calls that change them. */
public final class WatchedKeyValues extends ForwardingKeyValues {

    /** Makes calls. */
    public interface Watcher {

        /**
         * Makes a call.
         *
         * @param what {@code batch}, {@code flush} or {@code checkpoint}; of a batch also the most telling of what it
         *         changes
         */
        void around(String what, Runnable call);
    }

    private final Watcher watcher;

    public WatchedKeyValues(KeyValues entries, Watcher watcher) {
        super(entries);
        this.watcher = watcher;
    }

    @Override
    public void write(Batch batch) {
        watcher.around("batch" + contents(batch), () -> entries.write(batch));
    }

    private static String contents(Batch batch) {
        String contents = "";
        for (Batch.Change change : batch.changes()) {
            if (change.table() == Table.SNAPSHOTS) {
                return change.value() == null ? " of deleted snapshots" : " of snapshots";
            }
            if (change.table() == Table.DELETED) {
                contents = " of deletes";
            }
        }
        return contents;
    }

    @Override
    public void flush() {
        watcher.around("flush", entries::flush);
    }

    @Override
    public void checkpoint(Path directory) {
        watcher.around("checkpoint", () -> entries.checkpoint(directory));
    }
}

package dev.allframe.journal.allsource.views;

import dev.allframe.journal.allsource.tables.Reads;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a generation, of one moment or of every moment. */
class RocksViewReads implements ViewReads {

    private final Reads reads;

    RocksViewReads(Reads reads) {
        this.reads = reads;
    }

    @Override
    public final byte @Nullable [] get(ViewTable table, byte[] key) {
        return reads.get(ViewFamily.of(table), key);
    }

    @Override
    public final List<byte @Nullable []> getAll(ViewTable table, List<byte[]> keys) {
        return reads.getAll(ViewFamily.of(table), keys);
    }

    @Override
    public final Cursor cursor(ViewTable table, KeyRange range, boolean descending) {
        return descending
                ? reads.cursorBackwards(ViewFamily.of(table), range)
                : reads.cursor(ViewFamily.of(table), range);
    }
}

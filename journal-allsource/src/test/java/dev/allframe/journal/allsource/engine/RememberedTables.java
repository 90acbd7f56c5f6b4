package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.index.Table;
import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.journal.allsource.tables.MemoryKeyValues;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoreClosedException;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Tables that outlive a store as tables on a disk do: with what was flushed, and any part of the batches after it. */
final class RememberedTables implements Tables {

    private @Nullable MemoryKeyValues index;
    private @Nullable MemoryKeyValues state;

    private boolean indexUsed;
    private boolean stateUsed;

    @Override
    public void create() {
        index = MemoryKeyValues.remembering(Table.INDEX);
        state = MemoryKeyValues.remembering(Table.STATE);
    }

    @Override
    public KeyValues index() {
        indexUsed = true;
        return there(index);
    }

    @Override
    public KeyValues newIndex() {
        index = MemoryKeyValues.remembering(Table.INDEX);
        indexUsed = true;
        return index;
    }

    @Override
    public KeyValues state() {
        stateUsed = true;
        return there(state);
    }

    private static MemoryKeyValues there(@Nullable MemoryKeyValues tables) {
        if (tables == null) {
            throw new CorruptStoreException("the tables are missing");
        }
        return tables;
    }

    @Override
    public void close() {
        checkClosed(indexUsed ? index : null);
        checkClosed(stateUsed ? state : null);
    }

    private static void checkClosed(@Nullable MemoryKeyValues tables) {
        try {
            if (tables != null) {
                tables.verify();
                tables.close();
                throw new AssertionError("tables are still open when the store has closed");
            }
        } catch (StoreClosedException expected) {
            return;
        }
    }

    /** What a crash leaves of them. Now and then the index is gone. */
    RememberedTables left(Random random) {
        RememberedTables left = new RememberedTables();
        left.state = state == null ? null : state.crashTo(between(state.flushedBatches(), state.batches(), random));
        if (index != null && random.nextInt(10) > 0) { // else the directory is gone
            left.index = index.crashTo(between(index.flushedBatches(), index.batches(), random));
        }
        return left;
    }

    /** The same after a restart, with everything that was written. */
    RememberedTables all() {
        RememberedTables left = new RememberedTables();
        left.state = state == null ? null : state.crashTo(state.batches());
        left.index = index == null ? null : index.crashTo(index.batches());
        return left;
    }

    /** What was flushed, and nothing more. */
    RememberedTables flushed() {
        RememberedTables left = new RememberedTables();
        left.state = state == null ? null : state.crash();
        left.index = index == null ? null : index.crash();
        return left;
    }

    private static int between(int least, int most, Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> least;
            case 1 -> most;
            default -> least + random.nextInt(most - least + 1);
        };
    }
}

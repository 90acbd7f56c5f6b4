package dev.allframe.journal.allsource.engine.index;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.files.UnusableDirectoryException;
import dev.allframe.journal.allsource.engine.index.Table;
import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.journal.allsource.tables.RocksKeyValues;
import dev.allframe.journal.allsource.tables.RocksMemory;
import dev.allframe.store.StoreFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Tables in RocksDB, in the directories {@code index} and {@code state} of a store. */
public final class RocksTables implements Tables {

    private final Path index;
    private final Path state;
    private final RocksMemory memory;

    /**
     * Tables that share so many bytes of memory.
     *
     * @throws UnusableDirectoryException if RocksDB would not find the directory
     */
    public RocksTables(Path storeDirectory, long memoryBytes) {
        UnusableDirectoryException.check(storeDirectory);
        this.index = storeDirectory.resolve(StoreLayout.INDEX);
        this.state = storeDirectory.resolve(StoreLayout.STATE);
        this.memory = new RocksMemory(memoryBytes);
    }

    @Override
    public void create() {
        deleteTree(index);
        deleteTree(state);
        RocksKeyValues.createEmpty(state, Table.STATE, memory);
        RocksKeyValues.createEmpty(index, Table.INDEX, memory);
    }

    @Override
    public KeyValues index() {
        return RocksKeyValues.open(index, Table.INDEX, memory);
    }

    @Override
    public KeyValues newIndex() {
        deleteTree(index);
        return RocksKeyValues.create(index, Table.INDEX, memory);
    }

    @Override
    public KeyValues state() {
        return RocksKeyValues.open(state, Table.STATE, memory);
    }

    @Override
    public void close() {
        memory.close();
    }

    private static void deleteTree(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException failed) {
            throw new StoreFailedException("directory=" + directory + " cannot be deleted: " + Failures.message(failed),
                    failed);
        }
    }
}

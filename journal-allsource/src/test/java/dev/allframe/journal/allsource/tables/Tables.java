package dev.allframe.journal.allsource.tables;

import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Tables of a test, which can crash. */
public final class Tables implements AutoCloseable {

    private final Backing backing;
    private final Set<? extends TableName> tables;
    private final Path directory;
    private final RocksMemory memory = new RocksMemory(16 << 20);
    private KeyValues entries;

    private Tables(Backing backing, Set<? extends TableName> tables, Path directory) {
        this.backing = backing;
        this.tables = tables;
        this.directory = directory;
        this.entries = switch (backing) {
            case MEMORY -> MemoryKeyValues.remembering(tables);
            case ROCKS -> RocksKeyValues.create(directory, tables, memory);
        };
    }

    public static Tables create(Backing backing, Set<? extends TableName> tables, Path directory) {
        return new Tables(backing, tables, directory);
    }

    public KeyValues entries() {
        return entries;
    }

    public RocksMemory memory() {
        return memory;
    }

    /** Loses what was not flushed. */
    public KeyValues crash() {
        KeyValues before = entries;
        entries = switch (before) {
            case MemoryKeyValues remembering -> {
                MemoryKeyValues left = remembering.crash();
                remembering.close();
                yield left;
            }
            default -> {
                before.close();
                yield RocksKeyValues.open(directory, tables, memory);
            }
        };
        return entries;
    }

    public Backing backing() {
        return backing;
    }

    @Override
    public void close() {
        entries.close();
        memory.close();
    }

    /** Every entry, as table, key and value in hexadecimal digits. */
    public static List<String> dump(KeyValues entries, Set<? extends TableName> tables) {
        List<String> lines = new ArrayList<>();
        HexFormat hex = HexFormat.of();
        for (TableName table : tables) {
            try (Cursor cursor = entries.cursor(table, KeyRange.all())) {
                while (cursor.next()) {
                    lines.add(table.stored() + " " + hex.formatHex(cursor.key()) + " " + hex.formatHex(cursor.value()));
                }
            }
        }
        return lines;
    }

    /** Copies the files of a directory into another. */
    public static Path copy(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectories(to);
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
            return to;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}

package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The entity types of which snapshots may be kept: of the streams of any other it is known without a look into tables
 * that there is none. A type stays until the store is opened again. Thread-safe.
 */
final class SnapshotTypes {

    /** With more types, or streams that have none, each stream is looked for. */
    static final int MOST = 1_000;

    private final Set<String> types = ConcurrentHashMap.newKeySet();
    private volatile boolean any;

    /** The types of the snapshots that tables hold. Seeks once for each. */
    SnapshotTypes(KeyValues entries) {
        try {
            KeyRange rest = KeyRange.all();
            for (int looks = 0; rest != null; looks++) {
                StreamId first = first(entries, rest);
                if (first != null) {
                    add(first);
                    any |= looks == MOST;
                }
                rest = first == null || any ? null : behindType(first);
            }
        } catch (CorruptStoreException damaged) {
            any = true; // whoever reads there is told
        }
    }

    private static @Nullable StreamId first(KeyValues entries, KeyRange rest) {
        try (Cursor cursor = entries.cursor(Table.SNAPSHOTS, rest)) {
            return cursor.next() ? Values.readKey(Table.SNAPSHOTS, cursor.key(), Keys.Reader::stream) : null;
        }
    }

    /** What is behind the streams of the type of one; behind that alone where it has none. */
    private static @Nullable KeyRange behindType(StreamId stream) {
        String type = stream.value().substring(0, stream.value().length() - stream.entityId().length());
        byte[] key = type.isEmpty() ? Keys.of(stream) : Keys.beginning(type);
        byte[] behind = KeyRange.behindPrefix(key);
        return behind == null ? null : new KeyRange(behind, null);
    }

    /** A snapshot of a stream will be kept. */
    void add(StreamId stream) {
        if (types.size() < MOST) {
            types.add(stream.entityType());
        } else if (!types.contains(stream.entityType())) {
            any = true;
        }
    }

    /** Whether a snapshot of a stream may be kept. */
    boolean mayHave(StreamId stream) {
        return any || types.contains(stream.entityType());
    }
}

package dev.allframe.journal.allsource.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.log.LogEntry.EventsDeleted;
import dev.allframe.journal.allsource.engine.log.LogEntry.SnapshotSaved;
import dev.allframe.journal.allsource.tables.Batch;
import dev.allframe.journal.allsource.tables.MemoryKeyValues;
import dev.allframe.journal.allsource.tables.Tables;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The entries of format 1 as they were first written: they are read for ever, and still written so. */
class GoldenBytesTest {

    private static final StreamId STREAM = new StreamId("account|a\0é€");

    private static List<String> golden(String name) throws IOException {
        try (InputStream in = GoldenBytesTest.class.getResourceAsStream("/golden/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static MemoryKeyValues read(List<String> golden, Set<Table> tables) {
        MemoryKeyValues entries = MemoryKeyValues.open(tables);
        each(golden, (table, entry) -> entries.write(new Batch().put(table, entry.getKey(), entry.getValue())));
        return entries;
    }

    private static void each(List<String> golden, BiConsumer<Table, Map.Entry<byte[], byte[]>> visitor) {
        for (String line : golden) {
            String[] parts = line.split(" ", -1);
            Table table = Arrays.stream(Table.values())
                    .filter(one -> one.stored().equals(parts[0]))
                    .findFirst()
                    .orElseThrow();
            visitor.accept(table, Map.entry(HexFormat.of().parseHex(parts[1]), HexFormat.of().parseHex(parts[2])));
        }
    }

    private static StreamIndex fill(StreamIndex index) {
        index.addSegment(258, List.of(new Run(STREAM, 300, 0, 40)), List.of(new NameCount(NameKind.TAG, "red", 7),
                new NameCount(NameKind.EVENT_TYPE, "account.opened", 300),
                new NameCount(NameKind.ENTITY_TYPE, "account", 1)));
        return index;
    }

    private static StateStore fill(StateStore state) {
        state.apply(List.of(new AppliedEntry(1, StateStoreTest.event(STREAM, "account.opened", 2)),
                new AppliedEntry(2, new EventsDeleted(STREAM, 299)),
                new AppliedEntry(3, new SnapshotSaved(new Snapshot(STREAM, 310, StateStoreTest.NOON,
                        new Payload(-7, "m", new byte[]{0, -1}), StateStoreTest.json("{}")))),
                new AppliedEntry(4, StateStoreTest.changed(STREAM, 1, 1, "value", "tag")),
                new AppliedEntry(5, StateStoreTest.changed(STREAM, 2, 2, null, "tag")),
                new AppliedEntry(6, StateStoreTest.changed(new StreamId("other"), 1, 3, "other", ""))));
        return state;
    }

    @Test
    void the_index_is_still_written_so() throws IOException {
        MemoryKeyValues entries = MemoryKeyValues.open(Table.INDEX);
        fill(StreamIndex.open(entries, "store-1"));

        assertThat(Tables.dump(entries, Table.INDEX)).isEqualTo(golden("index-v1/entries.txt"));
    }

    @Test
    void the_index_is_still_read() throws IOException {
        StreamIndex index = StreamIndex.open(read(golden("index-v1/entries.txt"), Table.INDEX), "store-1");

        assertThat(index.version(STREAM)).isEqualTo(339);
        assertThat(index.streamCount()).isEqualTo(1);
        assertThat(index.locate(STREAM, 1, 400, 400)).containsExactly(new Location(258, 0, 40, 300));
        assertThat(index.segmentsWith(NameKind.TAG, "red")).isEqualTo(Map.of(258L, 7L));
        assertThat(index.indexedSegments()).containsExactly(258L);
        index.removeSegments(List.of(258L));
        assertThat(index.locate(STREAM, 1, 400, 400)).isEmpty();
        assertThat(index.segmentsWith(NameKind.ENTITY_TYPE, "account")).isEmpty();
    }

    @Test
    void the_state_is_still_written_so() throws IOException {
        MemoryKeyValues entries = MemoryKeyValues.open(Table.STATE);
        fill(StateStore.open(entries, "store-1"));

        assertThat(Tables.dump(entries, Table.STATE)).isEqualTo(golden("state-v1/entries.txt"));
    }

    @Test
    void the_state_is_still_read() throws IOException {
        StateStore state = StateStore.open(read(golden("state-v1/entries.txt"), Table.STATE), "store-1");

        assertThat(state.counters()).isEqualTo(new StateCounters(6, 299, 1, 2, 1, 5, 3));
        assertThat(state.deletedTo(STREAM)).isEqualTo(299);
        assertThat(state.types()).containsExactly(new StoredType("account", "account.opened", 2));
        assertThat(state.latestSnapshot(STREAM, SnapshotCriteria.all())).contains(new Snapshot(STREAM, 310,
                StateStoreTest.NOON, new Payload(-7, "m", new byte[]{0, -1}), StateStoreTest.json("{}")));
        assertThat(state.changesAfter(0, 10).changes()).extracting(change -> change.id() + " " + change.revision() + " "
                + change.payload()).containsExactly(STREAM + " 2 null", "other 1 other");
    }

    @Test
    void a_value_that_is_cut_or_of_another_format_is_refused() throws IOException {
        each(golden("index-v1/entries.txt"), (table, entry) -> {
            for (int length = 0; length < entry.getValue().length; length++) {
                byte[] cut = Arrays.copyOf(entry.getValue(), length);
                assertThatThrownBy(() -> decode(table, entry.getKey(), cut)).as(table + " cut to " + length)
                        .isInstanceOf(CorruptStoreException.class);
            }
            byte[] newer = entry.getValue().clone();
            newer[0] = 2;
            assertThatThrownBy(() -> decode(table, entry.getKey(), newer))
                    .isInstanceOf(UnsupportedFormatException.class);
        });
        each(golden("state-v1/entries.txt"), (table, entry) -> {
            for (int length = 0; length < entry.getValue().length; length++) {
                byte[] cut = Arrays.copyOf(entry.getValue(), length);
                assertThatThrownBy(() -> decode(table, entry.getKey(), cut)).as(table + " cut to " + length)
                        .isInstanceOf(CorruptStoreException.class);
            }
        });
    }

    private static void decode(Table table, byte[] key, byte[] value) {
        switch (table) {
            case META -> {
                if (Arrays.equals(key, StoreHeader.KEY)) {
                    StoreHeader.decode(value);
                } else if (Arrays.equals(key, StateFormat.COUNTERS)) {
                    StateFormat.counters(value);
                } else {
                    IndexFormat.number(table, value);
                }
            }
            case STREAMS, NAMES, RANGES, SEGMENTS, CONTENTS -> IndexFormat.describe(table, key, value);
            case SNAPSHOTS -> StateFormat.snapshot(key, value);
            case STATES -> StateFormat.state(STREAM, value, "store-1");
            case CHANGES -> StateFormat.changeId(value);
            case DELETED -> StateFormat.deletedTo(value);
            case TYPES -> StateFormat.type(key, value);
        }
    }
}

package dev.allframe.journal.allsource.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StoreLockedException;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

class RocksKeyValuesTest {

    private static final Set<TestTable> TABLES = EnumSet.of(TestTable.ROWS, TestTable.NAMES);
    private static final byte[] KEY = {1};

    @TempDir
    Path directory;

    private final RocksMemory memory = new RocksMemory(16 << 20);

    @AfterEach
    void closeMemory() {
        memory.close();
    }

    private Path place() {
        return directory.resolve("tables");
    }

    private RocksKeyValues create() {
        return RocksKeyValues.create(place(), TABLES, memory);
    }

    private RocksKeyValues open() {
        return RocksKeyValues.open(place(), TABLES, memory);
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private static Batch put(int value) {
        return new Batch().put(TestTable.ROWS, KEY, new byte[]{(byte) value});
    }

    private static Map<String, byte[]> filesOf(Path place) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> there = Files.list(place)) {
            for (Path file : there.toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    @Test
    void the_witness_of_a_flush_is_still_written_so() {
        assertThat(HexFormat.of().formatHex(FlushWitness.encode(258)))
                .isEqualTo("4146464c010000000201000000000000019a0a1c");
    }

    @Test
    void what_is_missing_is_not_created_by_opening() {
        assertThatThrownBy(this::open).isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining(place().toString());
        assertThat(place()).doesNotExist();
    }

    @Test
    void a_creation_that_a_crash_ended_is_begun_anew() throws IOException {
        Path begun = directory.resolve("tables.tmp");
        Files.createDirectories(begun);
        Files.writeString(begun.resolve("CURRENT"), "half");

        create().close();

        assertThat(begun).doesNotExist();
        open().close();
    }

    @Test
    void creating_over_tables_that_exist_is_refused_and_harms_nothing() {
        try (RocksKeyValues entries = create()) {
            entries.write(put(7));
            entries.flush();
        }

        assertThatThrownBy(this::create).isInstanceOf(EventStoreException.class);

        try (RocksKeyValues entries = open()) {
            assertThat(entries.get(TestTable.ROWS, KEY)).containsExactly(7);
        }
    }

    @Test
    void other_tables_than_asked_for_are_refused() {
        create().close();

        assertThatThrownBy(() -> RocksKeyValues.open(place(), EnumSet.of(TestTable.ROWS), memory))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("names");
        assertThatThrownBy(
                () -> RocksKeyValues.open(place(), EnumSet.of(TestTable.ROWS, TestTable.NAMES, TestTable.TYPES),
                        memory))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining("types");
    }

    @Test
    void tables_that_are_open_are_not_opened_twice() {
        try (RocksKeyValues first = create()) {
            assertThatThrownBy(this::open).isInstanceOf(StoreLockedException.class)
                    .hasMessageContaining(place().toString());
            first.write(put(1));
        }
    }

    @Test
    void closing_ends_cursors_and_views_that_are_open() {
        RocksKeyValues entries = create();
        entries.write(put(1));
        Cursor cursor = entries.cursor(TestTable.ROWS, KeyRange.all());
        assertThat(cursor.next()).isTrue();
        TablesView view = entries.view();
        Cursor ofView = view.cursor(TestTable.ROWS, KeyRange.all());
        assertThat(entries.openNatives()).isEqualTo(3);

        entries.close();

        assertThat(entries.openNatives()).isZero();
        assertThatThrownBy(cursor::key).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(ofView::next).isInstanceOf(StoreClosedException.class);
        cursor.close();
        ofView.close();
        view.close();
    }

    @Test
    void a_view_that_was_closed_is_refused_and_its_cursors_go_on() {
        try (RocksKeyValues entries = create()) {
            entries.write(put(1));
            TablesView view = entries.view();
            Cursor cursor = view.cursor(TestTable.ROWS, KeyRange.all());
            entries.write(put(2));

            view.close();
            view.close();

            assertThatThrownBy(() -> view.get(TestTable.ROWS, KEY)).isInstanceOf(StoreClosedException.class);
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.value()).containsExactly(1);
            cursor.close();
            assertThat(entries.openNatives()).isZero();
        }
    }

    @Test
    void a_checkpoint_has_everything_and_is_left_alone_by_later_changes() {
        Path copy = directory.resolve("copy");
        try (RocksKeyValues entries = create()) {
            entries.write(put(1));
            entries.checkpoint(copy);
            entries.write(put(2));
            entries.flush();
        }

        try (RocksKeyValues entries = RocksKeyValues.open(copy, TABLES, memory)) {
            assertThat(entries.get(TestTable.ROWS, KEY)).containsExactly(1);
        }
    }

    @Test
    void nothing_goes_through_the_log_of_rocksdb() throws IOException {
        try (RocksKeyValues entries = create()) {
            for (int i = 0; i < 1_000; i++) {
                entries.write(put(i));
            }
            for (Map.Entry<String, byte[]> file : filesOf(place()).entrySet()) {
                if (file.getKey().endsWith(".log")) {
                    assertThat(file.getValue()).as(file.getKey()).isEmpty();
                }
            }
        }
    }

    @Test
    void several_stores_share_memory_and_stay_in_it() {
        try (RocksKeyValues one = create();
                RocksKeyValues two = RocksKeyValues.create(directory.resolve("other"), TABLES, memory)) {
            Random random = new Random(1);
            byte[] value = new byte[10_000];
            for (int i = 0; i < 4_000; i++) {
                random.nextBytes(value);
                (i % 2 == 0 ? one : two).write(new Batch().put(TestTable.ROWS, key(i), value.clone()));
            }

            assertThat(one.stats().unflushedBytes() + two.stats().unflushedBytes()).isLessThan(24L << 20);
            assertThat(one.stats().diskBytes() + two.stats().diskBytes()).as("flushed by itself")
                    .isGreaterThan(1L << 20);
        }
    }

    @Test
    void a_flush_without_room_is_told_and_made_later() {
        byte[] key = {1};
        try (RocksKeyValues entries = RocksKeyValues.create(place(), TABLES, memory)) {
            entries.write(new Batch().put(TestTable.ROWS, key, new byte[]{2}));
            assertThatThrownBy(() -> entries.flush(1000)).isInstanceOf(StoreFullException.class);
            entries.write(new Batch().put(TestTable.ROWS, key, new byte[]{3}));

            entries.flush();
        }
        try (RocksKeyValues again = RocksKeyValues.open(place(), TABLES, memory)) {
            assertThat(again.get(TestTable.ROWS, key)).containsExactly(3);
        }
    }

    @Test
    void failures_of_rocksdb_are_told_by_what_callers_can_do() {
        RocksDBException full = failure(Status.Code.IOError, Status.SubCode.NoSpace);
        RocksDBException failed = failure(Status.Code.IOError, Status.SubCode.None);
        RocksDBException corrupt = failure(Status.Code.Corruption, Status.SubCode.None);

        assertThat(RocksFailures.using(place(), full)).isInstanceOf(StoreFullException.class);
        assertThat(RocksFailures.using(place(), failed)).isInstanceOf(StoreFailedException.class);
        assertThat(RocksFailures.using(place(), corrupt)).isInstanceOf(CorruptStoreException.class);
        assertThat(RocksFailures.opening(place(), full)).isInstanceOf(StoreFullException.class);
        assertThat(RocksFailures.opening(place(), failed)).isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining(place().toString());
    }

    private static RocksDBException failure(Status.Code code, Status.SubCode subCode) {
        return new RocksDBException("as the disk says", new Status(code, subCode, "as the disk says"));
    }

    @Test
    void a_store_whose_disk_failed_takes_nothing_more_and_is_still_read() throws IOException {
        try (RocksKeyValues entries = create()) {
            entries.write(put(1));
            entries.flush();
            entries.write(put(2));
            Path moved = Files.move(place(), directory.resolve("moved"));

            assertThatThrownBy(entries::flush).isInstanceOf(StoreFailedException.class);
            Files.move(moved, place());

            assertThatThrownBy(entries::flush).isInstanceOf(StoreFailedException.class)
                    .hasMessageContaining("failed before");
            assertThatThrownBy(() -> entries.write(put(3))).isInstanceOf(StoreFailedException.class);
            assertThat(entries.get(TestTable.ROWS, KEY)).containsExactly(2);
        }
        try (RocksKeyValues entries = open()) {
            assertThat(entries.get(TestTable.ROWS, KEY)).containsExactly(1);
        }
    }

    @Test
    void every_way_of_reading_refuses_a_damaged_block() throws IOException {
        writeThreeTimes(new Random(1));
        for (Map.Entry<String, byte[]> file : filesOf(place()).entrySet()) {
            if (file.getKey().endsWith(".sst")) {
                byte[] damaged = file.getValue();
                for (int i = 0; i < 100; i++) {
                    damaged[i] = (byte) ~damaged[i];
                }
                Files.write(place().resolve(file.getKey()), damaged);
            }
        }
        List<byte[]> keys = IntStream.range(0, 1000).mapToObj(RocksKeyValuesTest::key).toList();

        try (RocksMemory without = new RocksMemory(16 << 20); // in which no block is cached
                RocksKeyValues entries = RocksKeyValues.open(place(), TABLES, without);
                TablesView view = entries.view()) {
            for (Reads reads : List.of(entries, view)) {
                assertThatThrownBy(() -> keys.forEach(key -> reads.get(TestTable.ROWS, key)))
                        .isInstanceOf(CorruptStoreException.class);
                assertThatThrownBy(() -> reads.getAll(TestTable.ROWS, keys)).isInstanceOf(CorruptStoreException.class);
                assertThatThrownBy(() -> walk(reads.cursor(TestTable.ROWS, KeyRange.all())))
                        .isInstanceOf(CorruptStoreException.class);
                assertThatThrownBy(() -> walk(reads.cursorBackwards(TestTable.ROWS, KeyRange.all())))
                        .isInstanceOf(CorruptStoreException.class);
            }
        }
    }

    private static void walk(Cursor cursor) {
        int entries = 0;
        try (cursor) {
            while (cursor.next()) {
                entries++;
            }
        }
        assertThat(entries).as("a whole walk").isZero();
    }

    /**
     * Flips bits in each file of a store with three flushes: it is refused, or all that is read is what was written.
     */
    @Test
    void a_flipped_bit_is_refused_or_harms_nothing() throws IOException {
        Random random = new Random(Seeds.next());
        List<String> expected = writeThreeTimes(random);
        Map<String, byte[]> files = filesOf(place());
        int refused = 0;
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            boolean counts = !file.getKey().startsWith("LOG") && !file.getKey().equals("LOCK");
            int flips = !counts ? 0 : Math.min(file.getValue().length, file.getKey().endsWith(".sst") ? 20 : 80);
            for (int i = 0; i < flips; i++) {
                int at = flips == file.getValue().length ? i : random.nextInt(file.getValue().length);
                byte[] damaged = file.getValue().clone();
                damaged[at] ^= (byte) (1 << random.nextInt(8));
                refused += refusedOrEqual(files, file.getKey(), damaged, file.getKey() + " at " + at, expected);
            }
        }
        assertThat(refused).as("flips that were noticed").isGreaterThan(50);
    }

    @Test
    void a_truncated_or_missing_file_is_refused_or_harms_nothing() throws IOException {
        List<String> expected = writeThreeTimes(new Random(Seeds.next()));
        Map<String, byte[]> files = filesOf(place());
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            boolean counts = file.getKey().endsWith(".sst") || file.getKey().startsWith("MANIFEST")
                    || file.getKey().equals("CURRENT") || file.getKey().equals("FLUSHED");
            for (int part = 0; counts && part < 8; part++) {
                byte[] damaged = Arrays.copyOf(file.getValue(), file.getValue().length * part / 8);
                refusedOrEqual(files, file.getKey(), damaged, file.getKey() + " cut to " + damaged.length, expected);
            }
        }
    }

    /** What a crash leaves of the manifest, wherever it cuts: RocksDB's atomic flushes are several records. */
    @Test
    void a_manifest_that_is_cut_anywhere_is_refused() throws IOException {
        Random random = new Random(Seeds.next());
        List<String> expected = writeThreeTimes(random);
        Map<String, byte[]> files = filesOf(place());
        String name = files.keySet().stream().filter(file -> file.startsWith("MANIFEST")).findFirst().orElseThrow();
        byte[] whole = files.getOrDefault(name, new byte[0]);
        int step = Integer.getInteger("test.manifest.step", 32);
        for (int length = random.nextInt(step); length < whole.length; length += step) {
            String what = name + " cut to " + length;
            int refused = refusedOrEqual(files, name, Arrays.copyOf(whole, length), what, expected);
            assertThat(refused).as(what).isEqualTo(1);
        }
    }

    /**
     * A power loss may leave any of what was written behind the last force: zeros, a part, or a record without the one
     * before it.
     */
    @Test
    void a_torn_end_of_the_manifest_is_cut_where_all_that_was_flushed_stands_before_it() throws IOException {
        Random random = new Random(Seeds.next());
        List<String> expected = writeThreeTimes(random);
        Map<String, byte[]> files = filesOf(place());
        String name = files.keySet().stream().filter(file -> file.startsWith("MANIFEST")).findFirst().orElseThrow();
        byte[] whole = files.getOrDefault(name, new byte[0]);
        byte[] zeros = Arrays.copyOf(whole, whole.length + 512);
        byte[] noise = Arrays.copyOf(whole, whole.length + 512);
        for (int i = whole.length; i < noise.length; i++) {
            noise[i] = (byte) random.nextInt(256);
        }
        byte[] gap = Arrays.copyOf(zeros, zeros.length + 200);
        System.arraycopy(whole, whole.length - 200, gap, zeros.length, 200);

        for (byte[] torn : List.of(zeros, noise, gap)) {
            assertThat(refusedOrEqual(files, name, torn, "torn " + name, expected)).as("refused").isZero();
            Files.write(place().resolve(name), torn);
            try (RocksKeyValues reading = RocksKeyValues.openReadOnly(place(), TABLES, memory)) {
                assertThat(Tables.dump(reading, TABLES)).isEqualTo(expected);
            }
            assertThat(place().resolve(name)).as("opened for reading").hasBinaryContent(torn);
        }
    }

    private List<String> writeThreeTimes(Random random) {
        try (RocksKeyValues entries = create()) {
            for (int flush = 0; flush < 3; flush++) {
                Batch batch = new Batch();
                for (int i = 0; i < 300; i++) {
                    byte[] value = new byte[random.nextInt(40)];
                    random.nextBytes(value);
                    batch.put(i % 2 == 0 ? TestTable.ROWS : TestTable.NAMES, key(random.nextInt(1000)), value);
                }
                entries.write(batch);
                entries.flush();
            }
            return Tables.dump(entries, TABLES);
        }
    }

    private int refusedOrEqual(Map<String, byte[]> files, String name, byte[] damaged, String what,
            List<String> expected) throws IOException {
        Path copy = Files.createTempDirectory(directory, "damaged");
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            if (!file.getKey().startsWith("LOG")) {
                Files.write(copy.resolve(file.getKey()), file.getKey().equals(name) ? damaged : file.getValue());
            }
        }
        List<String> read = new ArrayList<>();
        try (RocksKeyValues entries = RocksKeyValues.open(copy, TABLES, memory)) {
            entries.verify();
            read.addAll(Tables.dump(entries, TABLES));
        } catch (CorruptStoreException | UnsupportedFormatException refused) {
            assertThat(copy.resolve(name)).as("a file that was refused").hasBinaryContent(damaged);
            assertThat(copy.resolveSibling(copy.getFileName() + ".trial.tmp")).doesNotExist();
            return 1;
        }
        assertThat(read).as("what is read after damage of %s", what).isEqualTo(expected);
        return 0;
    }
}

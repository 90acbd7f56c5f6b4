package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** No byte that changed or is missing goes unnoticed. */
@Guarantee({"G1", "G10"})
class DamageTest {

    private static final List<StoredEvent> ROWS = SampleRows.golden();
    private static final int HEADER_FLIPS = Seeds.count("rot.headers", 300);

    /** The least that the header of a page takes. */
    private static final int HEADER_BYTES = 24;

    private final Random random = new Random(Seeds.next());

    private interface Damaged {

        void check(byte[] bytes) throws IOException;
    }

    private void everyFlipAndCut(byte[] whole, Damaged check) throws IOException {
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= (byte) (1 << random.nextInt(8));
            check.check(flipped);
            byte[] other = whole.clone();
            other[i] = (byte) ~other[i];
            check.check(other);
            check.check(Arrays.copyOf(whole, i));
        }
    }

    @Test
    void a_row_file_tells_by_itself() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(ROWS);

        everyFlipAndCut(directory.contents(SegmentFile.ROWS), bytes -> {
            directory.put(SegmentFile.ROWS, bytes);
            assertThatThrownBy(() -> {
                try (SealedRows file = directory.open(SegmentFile.ROWS)) {
                    file.read(0, file.rowCount());
                }
            }).isInstanceOf(CorruptStoreException.class).hasMessageContaining("offset=");
        });
    }

    @Test
    void a_parquet_file_does_not_have_its_digest() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        SegmentMeta meta = directory.seal(ROWS);
        Path name = SegmentFile.PARQUET.in(directory.path(), SegmentDirectory.ID);

        everyFlipAndCut(directory.contents(SegmentFile.PARQUET), bytes -> {
            directory.put(SegmentFile.PARQUET, bytes);
            try (DiskFile file = directory.disk().openReadOnly(name)) {
                assertThatThrownBy(() -> meta.parquetFile().orElseThrow().verify(file, name))
                        .isInstanceOf(CorruptStoreException.class)
                        .hasMessageContaining(name.toString());
            }
        });
    }

    @Test
    void the_end_of_a_parquet_file_is_compared_with_its_digest_when_it_is_opened() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        SegmentMeta meta = directory.seal(ROWS);

        everyFlipAndCut(directory.contents(SegmentFile.PARQUET), bytes -> {
            directory.put(SegmentFile.PARQUET, bytes);
            assertThatThrownBy(() -> directory.open(meta)).isInstanceOf(CorruptStoreException.class)
                    .hasMessageContaining(".parquet");
        });
    }

    @Test
    void a_damaged_parquet_file_is_refused_or_read_without_another_failure() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(ROWS);

        everyFlipAndCut(directory.contents(SegmentFile.PARQUET), bytes -> {
            directory.put(SegmentFile.PARQUET, bytes);
            try (SealedRows file = directory.open(SegmentFile.PARQUET)) {
                file.read(0, file.rowCount());
            } catch (EventStoreException told) {
                assertThat(told)
                        .isInstanceOfAny(CorruptStoreException.class, UnsupportedFormatException.class)
                        .hasMessageContaining(".parquet");
            }
        });
    }

    @Test
    void a_page_of_a_parquet_file_tells_by_itself() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(SampleRows.plain(2_000));
        byte[] whole = directory.contents(SegmentFile.PARQUET);
        byte[] flipped = whole.clone();
        // Well inside the payloads, which take most of the file.
        flipped[whole.length / 3] ^= 1;
        directory.put(SegmentFile.PARQUET, flipped);

        try (SealedRows file = directory.open(SegmentFile.PARQUET)) {
            assertThatThrownBy(() -> file.read(0, 2_000)).isInstanceOf(CorruptStoreException.class)
                    .hasMessageContaining("checksum");
        }
    }

    /**
     * What stands before a page has no checksum of its own, and of a large file the end alone is compared when it is
     * opened.
     */
    @Test
    void the_header_of_a_page_of_a_large_parquet_file_is_told_or_harms_nothing() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        List<StoredEvent> rows = largeRows();
        SegmentMeta meta = directory.seal(rows);
        byte[] whole = directory.contents(SegmentFile.PARQUET);
        List<Integer> headers = headers(directory, meta);
        int told = 0;
        for (int i = 0; i < HEADER_FLIPS; i++) {
            int header = headers.get(random.nextInt(headers.size()));
            int at = header + random.nextInt(HEADER_BYTES);
            int bit = random.nextInt(8);
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << bit);
            directory.put(SegmentFile.PARQUET, flipped);
            String where = "read as it was after bit " + bit + " at " + at + " of the page at " + header + " flipped";
            told += isTold(directory, meta, file -> assertThat(file.read(0, rows.size()).equals(rows)).as(where)
                    .isTrue()) ? 1 : 0;
            int from = random.nextInt(rows.size());
            int to = from + random.nextInt(rows.size() - from);
            isTold(directory, meta, file -> assertThat(file.read(from, to - from).equals(rows.subList(from, to)))
                    .as("rows %d to %d %s", from, to, where)
                    .isTrue());
            EventFilter filter = random.nextBoolean() ? EventFilter.tag("tag") : EventFilter.slices(0, 500);
            isTold(directory, meta, file -> assertThat(matching(file, filter).equals(matching(rows, filter)))
                    .as("%s %s", filter, where)
                    .isTrue());
        }
        assertThat(told).as("flips that were told").isGreaterThan(HEADER_FLIPS / 4);
    }

    private interface Read {

        void of(ParquetSegment file) throws IOException;
    }

    /** Whether damage is told with its file where something is read. */
    private static boolean isTold(SegmentDirectory directory, SegmentMeta meta, Read read) throws IOException {
        try (ParquetSegment file = directory.open(meta)) {
            read.of(file);
            return false;
        } catch (EventStoreException refused) {
            assertThat(refused)
                    .isInstanceOfAny(CorruptStoreException.class, UnsupportedFormatException.class)
                    .hasMessageContaining(".parquet");
            return true;
        }
    }

    private static Set<StoredEvent> matching(ParquetSegment file, EventFilter filter) throws IOException {
        List<StoredEvent> found = new ArrayList<>();
        LoadedSegment.of(file, filter).after(0).forEachRemaining(found::add);
        return matching(found, filter);
    }

    private static Set<StoredEvent> matching(List<StoredEvent> rows, EventFilter filter) {
        return rows.stream().filter(filter::matches).collect(Collectors.toSet());
    }

    private List<StoredEvent> largeRows() {
        List<StoredEvent> rows = new ArrayList<>();
        byte[] payload = new byte[600];
        for (int i = 0; i < 3000; i++) {
            random.nextBytes(payload);
            rows.add(SampleRows.row("account|" + i % 10, 1 + i / 10, 1 + i, HexFormat.of().formatHex(payload)));
        }
        return SampleRows.sorted(rows);
    }

    /** Where pages begin that are not compared with a checksum of the file when it is opened. */
    private static List<Integer> headers(SegmentDirectory directory, SegmentMeta meta) throws IOException {
        Path name = SegmentFile.PARQUET.in(directory.path(), SegmentDirectory.ID);
        List<Integer> headers = new ArrayList<>();
        try (DiskFile file = directory.disk().openReadOnly(name)) {
            assertThat(file.length()).isGreaterThan(1 << 20);
            ParquetFooter footer = ParquetFooter.read(file, name, meta.parquetFile().orElseThrow());
            for (ParquetFooter.Group group : footer.groups()) {
                for (ParquetFooter.Chunk chunk : group.chunks().values()) {
                    if (chunk.dictionaryOffset() >= 0) {
                        headers.add(Math.toIntExact(chunk.dictionaryOffset()));
                    }
                    for (long offset : chunk.offsets()) {
                        headers.add(Math.toIntExact(offset));
                    }
                }
            }
        }
        headers.removeIf(offset -> offset >= 1 << 20);
        assertThat(headers).hasSizeGreaterThan(10);
        return headers;
    }

    @Test
    void a_manifest_tells_by_its_checksum() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        Manifest.empty(SampleRows.STORE).withSealed(directory.seal(ROWS), 5).store(directory.disk(), directory.path());
        Path name = directory.path().resolve(StoreLayout.MANIFEST);

        everyFlipAndCut(directory.contents(name), bytes -> {
            directory.put(name, bytes);
            assertThatThrownBy(() -> Manifest.load(directory.disk(), directory.path(), SampleRows.STORE))
                    .isInstanceOfAny(CorruptStoreException.class, UnsupportedFormatException.class)
                    .hasMessageContaining("MANIFEST");
        });
    }

    @Test
    void a_digest_names_the_mib_that_differs() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        byte[] bytes = new byte[(3 << 20) + 17];
        random.nextBytes(bytes);
        Path name = directory.path().resolve("some");
        directory.put(name, bytes);
        Digest digest;
        try (DiskFile file = directory.disk().openReadOnly(name)) {
            digest = Digest.of(file);
            digest.verify(file, name);
        }
        bytes[(2 << 20) + 5] ^= 1;
        directory.put(name, bytes);

        assertThat(digest.crc32c()).hasSize(4);
        try (DiskFile file = directory.disk().openReadOnly(name)) {
            assertThatThrownBy(() -> digest.verify(file, name)).isInstanceOf(CorruptStoreException.class)
                    .hasMessageContaining("offset=2097152");
        }
    }
}

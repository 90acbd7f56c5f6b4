package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.contents.View;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.ForwardingFile;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.store.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A segment is sealed with its row file; its Parquet file comes later, and nobody who reads sees the difference. */
class ParquetFilesTest {

    /** As many events as fill a tail segment of the store of these tests. */
    private static final int FULL = 10_000;

    private final MemoryDisk disk = new MemoryDisk();
    private CompactedStore store = new CompactedStore(disk);

    @AfterEach
    void close() {
        store.close();
    }

    private void sealWithoutFlush(String stream) {
        int before = store.contents().view().sealed.size();
        store.append(stream, FULL);
        await().atMost(Duration.ofSeconds(30)).until(() -> store.contents().view().sealed.size() > before);
    }

    private boolean has(SegmentFile file, long segmentId) {
        return disk.exists(file.in(CompactedStore.SEGMENTS, segmentId));
    }

    private void assertReads(String stream) {
        assertThat(store.numbers(stream)).isEqualTo(LongStream.rangeClosed(1, FULL).boxed().toList());
    }

    @Test
    void a_store_that_is_quiet_writes_them_by_itself() {
        sealWithoutFlush("account|1");
        assertThat(has(SegmentFile.ROWS, 1)).isTrue();
        assertReads("account|1");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> has(SegmentFile.PARQUET, 1)
                        && store.contents().view().sealed.getFirst().hasParquetFile());

        assertReads("account|1");
        store.reopen();
        assertThat(store.sealedIds()).containsExactly(1L);
        assertReads("account|1");
    }

    @Test
    void what_is_old_is_sealed_and_written_though_it_fills_no_segment() {
        store.close();
        store = new CompactedStore(disk, store.tables, Long.MAX_VALUE, Duration.ofMillis(50), Duration.ZERO);
        store.append("account|1", 3);

        await().atMost(Duration.ofSeconds(30)).until(() -> has(SegmentFile.PARQUET, 1));

        assertThat(store.numbers("account|1")).containsExactly(1L, 2L, 3L);
        store.append("account|1", 1);
        await().atMost(Duration.ofSeconds(30)).until(() -> store.contents().view().sealed.size() == 2);
        assertThat(store.numbers("account|1")).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void a_store_that_is_closed_before_writes_them_when_it_is_opened_again() {
        sealWithoutFlush("account|1");
        store.reopen();

        assertReads("account|1");
        await().atMost(Duration.ofSeconds(30)).until(() -> has(SegmentFile.PARQUET, 1));
        assertReads("account|1");
    }

    @Test
    void a_flush_returns_when_they_are_written() {
        sealWithoutFlush("account|1");
        store.append("account|2", 3);

        store.flush();

        assertThat(store.contents().view().sealed).hasSize(2).allMatch(SealedSegment::hasParquetFile);
        assertThat(has(SegmentFile.PARQUET, 1)).isTrue();
        assertThat(has(SegmentFile.PARQUET, 2)).isTrue();
    }

    @Test
    void neighbours_are_merged_before_one_is_written_for_each() {
        store.close();
        store = new CompactedStore(disk, store.tables, Long.MAX_VALUE, Duration.ofHours(1), Duration.ofHours(1));
        for (int i = 1; i <= 4; i++) {
            sealWithoutFlush("account|" + i);
        }
        assertThat(store.contents().view().sealed).noneMatch(SealedSegment::hasParquetFile);

        store.reopen(); // which counts as quiet
        await().atMost(Duration.ofSeconds(30)).until(() -> store.sealedIds().equals(List.of(5L)));

        assertThat(store.contents().view().sealed.getFirst().hasParquetFile()).isTrue();
        for (int i = 1; i <= 4; i++) {
            assertReads("account|" + i);
        }
    }

    @Test
    void a_row_file_without_a_parquet_file_is_not_evicted() {
        store.close();
        store = new CompactedStore(disk, store.tables, 0, Duration.ofHours(1), Duration.ofHours(1));
        sealWithoutFlush("account|1");
        assertThat(has(SegmentFile.ROWS, 1)).isTrue();

        store.flush();

        await().atMost(Duration.ofSeconds(30)).until(() -> !has(SegmentFile.ROWS, 1));
        assertReads("account|1");
    }

    @Test
    void a_reader_keeps_the_row_file_that_it_has_though_the_segment_gets_its_parquet_file_and_is_merged() {
        store.close();
        store = new CompactedStore(disk, store.tables, Long.MAX_VALUE, Duration.ofHours(1), Duration.ofHours(1));
        sealWithoutFlush("account|1");
        sealWithoutFlush("account|2");
        View held = store.contents().acquire();

        store.flush();
        store.compact();

        assertThat(store.sealedIds()).hasSize(1).doesNotContain(1L, 2L);
        assertThat(has(SegmentFile.ROWS, 1)).isTrue();
        assertThat(has(SegmentFile.PARQUET, 1)).as("the reader does not have it").isFalse();
        assertThat(held.sealed.getFirst().read(0, 10)).hasSize(10);
        held.release();
        assertThat(has(SegmentFile.ROWS, 1)).isFalse();
        assertReads("account|1");
    }

    @Test
    void a_damaged_row_file_fails_the_flush_and_the_others_get_theirs() throws IOException {
        store.close();
        store = new CompactedStore(disk, store.tables, Long.MAX_VALUE, Duration.ofHours(1), Duration.ofHours(1));
        sealWithoutFlush("account|1");
        flip(SegmentFile.ROWS.in(CompactedStore.SEGMENTS, 1), 500);
        store.append("account|2", 3);

        assertThatThrownBy(store::flush).hasRootCauseInstanceOf(CorruptStoreException.class);

        assertThat(store.contents().view().sealed).extracting(SealedSegment::hasParquetFile)
                .containsExactly(false, true);
        assertThat(store.numbers("account|2")).containsExactly(1L, 2L, 3L);
        assertThatThrownBy(store::flush).hasRootCauseInstanceOf(CorruptStoreException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1000})
    void a_row_file_that_the_disk_does_not_read_fails_the_flush_and_the_others_get_theirs(long offset) {
        store.close();
        UnreadableDisk broken = new UnreadableDisk(disk);
        store = new CompactedStore(broken, store.tables, Long.MAX_VALUE, Duration.ofHours(1), Duration.ofHours(1));
        sealWithoutFlush("account|1");
        broken.fail(SegmentFile.ROWS.in(CompactedStore.SEGMENTS, 1), offset);
        store.append("account|2", 3);

        assertThatThrownBy(store::flush).rootCause().isInstanceOf(IOException.class).hasMessage("a test");

        assertThat(store.contents().view().sealed).extracting(SealedSegment::hasParquetFile)
                .containsExactly(false, true);
        assertThat(has(SegmentFile.PARQUET, 1)).isFalse();
        assertThat(store.numbers("account|2")).containsExactly(1L, 2L, 3L);
        assertThatThrownBy(store::flush).rootCause().hasMessage("a test");
        broken.heal();
        assertReads("account|1");
        store.reopen();
        store.flush();
        assertThat(has(SegmentFile.PARQUET, 1)).isTrue();
    }

    /** Does not read one of its files from an offset on. */
    private static final class UnreadableDisk extends ForwardingDisk {

        private volatile @Nullable Path unreadable;
        private volatile long from;

        UnreadableDisk(Disk disk) {
            super(disk);
        }

        void fail(Path file, long offset) {
            from = offset;
            unreadable = file;
        }

        void heal() {
            unreadable = null;
        }

        @Override
        public DiskFile openReadOnly(Path path) throws IOException {
            return new ForwardingFile(super.openReadOnly(path)) {
                @Override
                public int read(ByteBuffer into, long offset) throws IOException {
                    if (path.equals(unreadable) && (from == 0 || (offset >= from && offset < length() / 2))) {
                        throw new IOException("a test");
                    }
                    return super.read(into, offset);
                }
            };
        }
    }

    private void flip(Path path, long offset) throws IOException {
        try (DiskFile file = disk.open(path)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 1));
            file.write(one.flip(), offset);
        }
    }
}

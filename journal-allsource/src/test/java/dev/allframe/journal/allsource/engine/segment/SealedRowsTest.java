package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.Envelope;
import dev.allframe.store.Payload;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What row files and Parquet files have in common, compared with a list. */
class SealedRowsTest {

    private static List<StoredEvent> all(Iterator<StoredEvent> rows) {
        List<StoredEvent> all = new ArrayList<>();
        rows.forEachRemaining(all::add);
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void every_odd_value_is_read_as_it_was_written(SegmentFile kind) throws IOException {
        List<StoredEvent> rows = SampleRows.odd(new Random(Seeds.next()), 9_000);
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(rows);

        try (SealedRows file = directory.open(kind)) {
            assertThat(file.rowCount()).isEqualTo(9_000);
            assertThat(file.read(0, 9_000)).isEqualTo(rows);
            assertThat(all(file.rows())).isEqualTo(rows);
        }
    }

    @ParameterizedTest
    @EnumSource
    void any_range_of_rows_is_read(SegmentFile kind) throws IOException {
        Random random = new Random(Seeds.next());
        List<StoredEvent> rows = SampleRows.odd(random, 9_000);
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(rows);

        try (SealedRows file = directory.open(kind)) {
            for (int i = 0; i < 300; i++) {
                int first = random.nextInt(9_000);
                int count = random.nextInt(Math.min(9_000 - first, random.nextBoolean() ? 20 : 5_000) + 1);
                assertThat(file.read(first, count)).isEqualTo(rows.subList(first, first + count));
            }
            assertThat(file.read(9_000, 0)).isEmpty();
            assertThatThrownBy(() -> file.read(8_999, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.read(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_file_of_several_row_groups_is_one_file(SegmentFile kind) throws IOException {
        Random random = new Random(Seeds.next());
        List<StoredEvent> rows = new ArrayList<>();
        for (StoredEvent plain : SampleRows.plain(3_000)) {
            byte[] bytes = new byte[8_000];
            random.nextBytes(bytes);
            var envelope = plain.envelope();
            rows.add(new StoredEvent(plain.stream(), plain.sequenceNr(), plain.position(), plain.writer(),
                    Envelope.of("blob", 1, new Payload(9, "", bytes), envelope.tags(),
                            envelope.metadata(), null)));
        }
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(rows);

        try (SealedRows file = directory.open(kind)) {
            assertThat(all(file.rows())).isEqualTo(rows);
            assertThat(file.read(900, 1_500)).isEqualTo(rows.subList(900, 2_400));
            assertThat(all(LoadedSegment.of(file).after(2_990))).hasSize(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_read_touches_only_what_it_needs(SegmentFile kind) throws IOException {
        List<StoredEvent> rows = SampleRows.plain(60_000);
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(rows);

        try (SealedRows file = directory.open(kind)) {
            file.read(31_000, 20); // of a Parquet file each MiB is compared with its checksum when it is first read
            directory.disk().reset();
            file.read(31_000, 20);

            long read = directory.disk().bytes.get();
            assertThat(read).isPositive().isLessThan(directory.contents(kind).length / 6);
            assertThat(directory.disk().reads.get()).isLessThan(50);
        }
    }

    @Test
    void twenty_rows_of_a_row_file_are_one_read_of_at_most_two_blocks() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(SampleRows.plain(20_000));

        try (SealedRows file = directory.open(SegmentFile.ROWS)) {
            directory.disk().reset();
            file.read(12_345, 20);

            assertThat(directory.disk().reads.get()).isEqualTo(1);
            assertThat(directory.disk().bytes.get()).isLessThan(2L * RowFileWriter.BLOCK_BYTES);
        }
    }

    @ParameterizedTest
    @EnumSource
    void many_threads_read_at_once(SegmentFile kind) throws Exception {
        List<StoredEvent> rows = SampleRows.odd(new Random(Seeds.next()), 6_000);
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(rows);

        try (SealedRows file = directory.open(kind); ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> readers = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(thread);
                readers.add(threads.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        int first = random.nextInt(5_900);
                        assertThat(file.read(first, 100)).isEqualTo(rows.subList(first, first + 100));
                    }
                    return null;
                }));
            }
            for (Future<?> reader : readers) {
                reader.get();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_file_of_another_segment_or_store_is_refused(SegmentFile kind) throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(SampleRows.golden());
        var file = kind.in(directory.path(), SegmentDirectory.ID);
        UUID other = new UUID(1, 2);

        assertThatThrownBy(() -> {
            switch (kind) {
                case ROWS -> RowFile.open(directory.disk(), file, SampleRows.STORE, 8);
                case PARQUET -> ParquetSegment.open(directory.disk(), file, SampleRows.STORE, 8,
                        SegmentDirectory.digest(directory.disk(), file));
            }
        }).isInstanceOf(CorruptStoreException.class).hasMessageContaining("segment 8");
        assertThatThrownBy(() -> {
            switch (kind) {
                case ROWS -> RowFile.open(directory.disk(), file, other, SegmentDirectory.ID);
                case PARQUET -> ParquetSegment.open(directory.disk(), file, other, SegmentDirectory.ID,
                        SegmentDirectory.digest(directory.disk(), file));
            }
        }).isInstanceOf(CorruptStoreException.class).hasMessageContaining(other.toString());
    }
}

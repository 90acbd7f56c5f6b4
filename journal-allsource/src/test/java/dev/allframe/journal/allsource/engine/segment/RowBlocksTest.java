package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Blocks of row files that stay in memory, and how long. */
class RowBlocksTest {

    /** Some hundred rows of some tens of streams: more than ten blocks. */
    private static final List<StoredEvent> ROWS = SampleRows.sorted(SampleRows.plain(3_000));

    private SegmentDirectory directory;
    private SegmentMeta first;
    private SegmentMeta second;

    @BeforeEach
    void two_segments() throws IOException {
        directory = SegmentDirectory.on(new MemoryDisk(), Path.of("/segments"));
        first = directory.seal(1, ROWS);
        second = directory.seal(2, ROWS);
    }

    private OpenFiles files(RowBlocks blocks) {
        return new OpenFiles(directory.disk(), directory.path(), SampleRows.STORE, blocks, 10);
    }

    private List<StoredEvent> page(OpenFiles files, SegmentMeta segment, int row, int count) throws IOException {
        return files.read(segment, SegmentFile.ROWS, rows -> rows.readPage(row, count));
    }

    /** How often the disk is read for a page, which must be right. */
    private long reads(OpenFiles files, SegmentMeta segment, int row, int count) throws IOException {
        directory.disk().reset();
        assertThat(page(files, segment, row, count)).isEqualTo(ROWS.subList(row, row + count));
        return directory.disk().reads.get();
    }

    @Test
    void a_block_is_read_from_disk_once_for_all_its_streams() throws IOException {
        OpenFiles files = files(new RowBlocks(1 << 20));
        page(files, first, 0, 20);

        assertThat(reads(files, first, 20, 20)).isZero();
        assertThat(reads(files, first, 0, 40)).isZero();
        assertThat(reads(files, second, 20, 20)).as("of the other segment").isPositive();
        assertThat(reads(files, first, 2_000, 20)).as("of another block").isPositive();
        assertThat(reads(files, first, 2_001, 18)).isZero();
    }

    @Test
    void without_room_each_page_is_read_from_disk() throws IOException {
        RowBlocks none = new RowBlocks(0);
        OpenFiles files = files(none);

        assertThat(reads(files, first, 0, 20)).isPositive();
        assertThat(reads(files, first, 0, 20)).isPositive();
        assertThat(none.sizeBytes()).isZero();
    }

    @Test
    void pages_at_random_are_the_rows_and_the_room_is_not_exceeded() throws IOException {
        Random random = new Random(Seeds.next());
        RowBlocks blocks = new RowBlocks(60_000);
        OpenFiles files = files(blocks);
        boolean hit = false;
        boolean missed = false;
        for (int i = 0; i < 500; i++) {
            int row = random.nextInt(ROWS.size());
            int count = 1 + random.nextInt(Math.min(random.nextInt(10) == 0 ? 1_000 : 30, ROWS.size() - row));
            long reads = reads(files, random.nextBoolean() ? first : second, row, count);
            hit |= reads == 0;
            missed |= reads > 0;
            assertThat(blocks.sizeBytes()).isLessThanOrEqualTo(60_000);
        }
        assertThat(hit && missed).isTrue();
    }

    @Test
    void rows_of_any_kind_come_back_from_a_kept_block() throws IOException {
        List<StoredEvent> odd = SampleRows.odd(new Random(Seeds.next()), 400);
        SegmentMeta segment = directory.seal(3, odd);
        OpenFiles files = files(new RowBlocks(1 << 20));
        for (int round = 0; round < 2; round++) {
            for (int row = 0; row < odd.size(); row += 7) {
                int count = Math.min(7, odd.size() - row);
                assertThat(page(files, segment, row, count)).isEqualTo(odd.subList(row, row + count));
            }
        }
    }

    /** Room for so many of these blocks, and half of one. */
    private RowBlocks roomFor(int count) throws IOException {
        RowBlocks probe = new RowBlocks(1 << 20);
        page(files(probe), first, 0, 20);
        return new RowBlocks(count * probe.sizeBytes() + probe.sizeBytes() / 2);
    }

    @Test
    void a_block_of_which_every_row_was_wanted_removes_no_other() throws IOException {
        RowBlocks blocks = roomFor(2);
        OpenFiles files = files(blocks);
        page(files, first, 0, 20);

        page(files, second, 0, 3_000);

        assertThat(reads(files, first, 0, 20)).isZero();
        assertThat(reads(files, second, 0, 20)).as("takes free room").isZero();
        assertThat(reads(files, second, 2_500, 20)).as("finds no room").isPositive();
    }

    @Test
    void a_block_that_nobody_asked_for_longest_makes_room() throws IOException {
        OpenFiles files = files(roomFor(3));
        page(files, first, 0, 20);
        for (int row = 500; row < 2_500; row += 500) {
            page(files, first, row, 20);
            assertThat(reads(files, first, 0, 20)).isZero();
        }
        assertThat(reads(files, first, 500, 20)).isPositive();
    }

    @Test
    void a_block_that_nobody_asks_for_is_given_back() throws IOException {
        AtomicLong now = new AtomicLong();
        List<Runnable> later = new ArrayList<>();
        RowBlocks blocks = new RowBlocks(1 << 20, now::get, later::add);
        OpenFiles files = files(blocks);
        page(files, first, 0, 20);
        page(files, first, 2_000, 20);
        long both = blocks.sizeBytes();

        now.addAndGet(RowBlocks.IDLE.toNanos() - 1);
        later.removeFirst().run();
        assertThat(blocks.sizeBytes()).isEqualTo(both);

        assertThat(reads(files, first, 0, 20)).isZero();
        now.addAndGet(1);
        later.removeFirst().run();
        assertThat(blocks.sizeBytes()).isBetween(1L, both - 1);
        assertThat(reads(files, first, 0, 20)).isZero();

        now.addAndGet(RowBlocks.IDLE.toNanos());
        later.removeFirst().run();
        assertThat(blocks.sizeBytes()).isZero();
        assertThat(later).isEmpty();
        assertThat(reads(files, first, 0, 20)).isPositive();
        assertThat(later).hasSize(1);
    }

    @Test
    void blocks_go_with_their_file() throws IOException {
        RowBlocks blocks = new RowBlocks(1 << 20);
        OpenFiles files = files(blocks);
        page(files, first, 0, 20);
        long one = blocks.sizeBytes();
        page(files, second, 0, 20);

        files.forget(1, SegmentFile.ROWS);
        assertThat(blocks.sizeBytes()).isEqualTo(one);

        files.read(second, SegmentFile.ROWS, rows -> {
            files.forget(2, SegmentFile.ROWS);
            return assertThat(rows.readPage(2_000, 20)).isEqualTo(ROWS.subList(2_000, 2_020));
        });
        assertThat(blocks.sizeBytes()).as("also those that were read after it was forgotten").isZero();

        page(files, first, 0, 20);
        files.close();
        assertThat(blocks.sizeBytes()).isZero();
    }

    @Test
    void a_damaged_block_is_told_at_each_read_and_never_kept() throws IOException {
        Path file = SegmentFile.ROWS.in(directory.path(), 1);
        byte[] bytes = directory.contents(file);
        bytes[RowFileFormat.HEADER_BYTES + RowFileFormat.BLOCK_HEADER_BYTES + 5] ^= 1;
        directory.put(file, bytes);
        RowBlocks blocks = new RowBlocks(1 << 20);
        OpenFiles files = files(blocks);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> page(files, first, 0, 20)).isInstanceOf(CorruptStoreException.class)
                    .hasMessageContaining("checksum");
            assertThat(blocks.sizeBytes()).isZero();
        }
        assertThat(page(files, first, 2_000, 20)).isEqualTo(ROWS.subList(2_000, 2_020));
    }

    @Test
    void who_reads_all_rows_of_a_file_of_his_own_keeps_none() throws IOException {
        RowBlocks blocks = new RowBlocks(1 << 20);
        try (SealedRows rows = files(blocks).open(first, SegmentFile.ROWS)) {
            rows.rows().forEachRemaining(row -> {});
        }
        assertThat(blocks.sizeBytes()).isZero();
    }

    @Test
    void many_read_at_once_while_blocks_come_and_go() throws Exception {
        long seed = Seeds.next();
        RowBlocks blocks = new RowBlocks(60_000);
        OpenFiles files = files(blocks);
        List<Callable<Boolean>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Random random = new Random(seed + i);
            readers.add(() -> {
                for (int turn = 0; turn < 300; turn++) {
                    int row = random.nextInt(ROWS.size() - 30);
                    SegmentMeta segment = random.nextBoolean() ? first : second;
                    if (!page(files, segment, row, 30).equals(ROWS.subList(row, row + 30))) {
                        return false;
                    }
                    if (turn % 50 == 0) {
                        files.forget(segment.id(), SegmentFile.ROWS);
                    }
                }
                return true;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<Boolean> right : threads.invokeAll(readers)) {
                assertThat(right.get()).isTrue();
            }
        }
        assertThat(blocks.sizeBytes()).isLessThanOrEqualTo(60_000);
        files.close();
        assertThat(blocks.sizeBytes()).isZero();
    }
}

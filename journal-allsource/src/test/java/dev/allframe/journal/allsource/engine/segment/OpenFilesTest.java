package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.io.WatchedDisk;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files of segments are opened when they are read, and no more than so many stay open. */
class OpenFilesTest {

    private static final List<StoredEvent> ROWS = SampleRows.sorted(SampleRows.plain(40));

    private final WatchedDisk disk = new WatchedDisk(new MemoryDisk());
    private final Map<Long, SegmentMeta> segments = new HashMap<>();
    private SegmentDirectory directory;
    private final RowBlocks blocks = new RowBlocks(1 << 20);
    private OpenFiles files;

    @BeforeEach
    void three_segments() throws IOException {
        directory = SegmentDirectory.on(disk, Path.of("/segments"));
        for (long id = 1; id <= 3; id++) {
            segments.put(id, directory.seal(id, ROWS));
        }
        disk.forget();
        files = new OpenFiles(disk, directory.path(), SampleRows.STORE, blocks, 2);
    }

    @AfterEach
    void nothing_stays_open() {
        files.close();
        assertThat(disk.open()).isEmpty();
    }

    private SegmentMeta segment(long id) {
        return Objects.requireNonNull(segments.get(id));
    }

    private Path rowFile(long id) {
        return SegmentFile.ROWS.in(directory.path(), id);
    }

    private void read(long id, SegmentFile kind) throws IOException {
        List<StoredEvent> read = files.read(segment(id), kind, rows -> rows.read(3, 2));
        assertThat(read).isEqualTo(ROWS.subList(3, 5));
    }

    @Test
    void a_file_is_opened_when_it_is_first_read_and_stays_open() throws IOException {
        assertThat(disk.opened()).isEmpty();

        read(1, SegmentFile.ROWS);
        read(1, SegmentFile.ROWS);
        read(1, SegmentFile.PARQUET);

        assertThat(disk.opened()).containsOnlyKeys(rowFile(1), SegmentFile.PARQUET.in(directory.path(), 1));
        assertThat(disk.opened().values()).containsOnly(1);
        assertThat(disk.open()).hasSize(2);
    }

    @Test
    void the_one_that_was_not_read_for_longest_is_closed_when_there_are_too_many() throws IOException {
        read(1, SegmentFile.ROWS);
        read(2, SegmentFile.ROWS);
        read(1, SegmentFile.ROWS);
        read(3, SegmentFile.ROWS);
        assertThat(disk.open()).containsOnlyKeys(rowFile(1), rowFile(3));

        read(2, SegmentFile.ROWS);
        assertThat(disk.open()).containsOnlyKeys(rowFile(2), rowFile(3));
        assertThat(disk.opened()).containsEntry(rowFile(2), 2);
    }

    @Test
    void what_is_being_read_stays_open_though_there_are_too_many() throws IOException {
        files.read(segment(1), SegmentFile.ROWS, first -> {
            read(2, SegmentFile.ROWS);
            read(3, SegmentFile.ROWS);
            return assertThat(first.read(0, 40)).isEqualTo(ROWS);
        });
        assertThat(disk.open()).containsOnlyKeys(rowFile(1), rowFile(3));
    }

    @Test
    void a_file_that_is_forgotten_is_closed_at_once_or_when_it_was_read() throws IOException {
        read(1, SegmentFile.ROWS);
        files.forget(1, SegmentFile.ROWS);
        assertThat(disk.open()).isEmpty();

        files.read(segment(1), SegmentFile.ROWS, rows -> {
            files.forget(1, SegmentFile.ROWS);
            return assertThat(rows.read(0, 40)).isEqualTo(ROWS);
        });
        assertThat(disk.open()).isEmpty();
        files.forget(3, SegmentFile.ROWS);
    }

    @Test
    void what_is_read_while_all_are_closed_is_closed_behind_the_reader() throws IOException {
        files.read(segment(1), SegmentFile.ROWS, rows -> {
            files.close();
            return assertThat(rows.read(0, 40)).isEqualTo(ROWS);
        });
        assertThat(disk.open()).isEmpty();
    }

    @Test
    void damage_is_told_at_each_read_and_not_kept() throws IOException {
        byte[] whole = directory.contents(rowFile(1));
        byte[] cut = new byte[whole.length - 1];
        System.arraycopy(whole, 0, cut, 0, cut.length);
        directory.put(rowFile(1), cut);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> read(1, SegmentFile.ROWS)).isInstanceOf(CorruptStoreException.class)
                    .hasMessageContaining(rowFile(1).toString());
            assertThat(disk.open()).isEmpty();
        }

        directory.put(rowFile(1), whole);
        read(1, SegmentFile.ROWS);
    }

    @Test
    void many_who_ask_at_once_read_one_open_file() throws Exception {
        int readers = 8;
        Phaser all = new Phaser(readers);
        List<Future<?>> reading = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(readers)) {
            for (int i = 0; i < readers; i++) {
                reading.add(threads.submit(() -> files.read(segment(1), SegmentFile.PARQUET, rows -> {
                    all.arriveAndAwaitAdvance();
                    return assertThat(rows.read(0, 40)).isEqualTo(ROWS);
                })));
            }
        }
        for (Future<?> read : reading) {
            read.get();
        }
        assertThat(disk.opened().values()).containsExactly(1);
    }
}

package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.io.WatchedDisk;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.upkeep.CompactionReport;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoreFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Opening is bounded by the tail: of sealed segments it reads the manifest alone. */
@Guarantee("G3")
class OpeningTest {

    private static final int SEGMENTS = 3; // too few to be merged

    private final WatchedDisk disk = new WatchedDisk(new MemoryDisk());
    private final CompactedStore.KeptTables tables = new CompactedStore.KeptTables();

    private CompactedStore store() {
        return store(disk);
    }

    private CompactedStore store(Disk on) {
        return new CompactedStore(on, tables, Long.MAX_VALUE, Duration.ofHours(1), Duration.ofHours(1));
    }

    @BeforeEach
    void a_closed_store_of_three_segments() {
        try (CompactedStore store = store()) {
            for (int i = 0; i < SEGMENTS; i++) {
                store.append("account|" + i, 10);
                store.flush();
            }
        }
        disk.forget();
    }

    @AfterEach
    void no_file_stays_open() {
        assertThat(disk.open()).isEmpty();
    }

    private Set<Path> openedSegmentFiles() {
        return disk.opened()
                .keySet()
                .stream()
                .filter(file -> file.startsWith(CompactedStore.SEGMENTS))
                .collect(Collectors.toSet());
    }

    @Test
    void no_file_of_a_segment_is_opened_before_it_is_read() {
        try (CompactedStore store = store()) {
            assertThat(store.sealedIds()).hasSize(SEGMENTS);
            assertThat(openedSegmentFiles()).isEmpty();

            assertThat(store.numbers("account|2")).hasSize(10);
            assertThat(openedSegmentFiles())
                    .containsExactly(SegmentFile.ROWS.in(CompactedStore.SEGMENTS, store.sealedIds().get(2)));

            assertThat(store.all()).hasSize(10 * SEGMENTS);
            assertThat(openedSegmentFiles()).hasSize(SEGMENTS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_damaged_file_is_told_by_who_reads_it_and_the_others_are_read(SegmentFile kind) throws IOException {
        damage(SegmentFile.PARQUET, 2);
        if (kind == SegmentFile.ROWS) {
            damage(SegmentFile.ROWS, 2);
        } else {
            disk.delete(SegmentFile.ROWS.in(CompactedStore.SEGMENTS, 2));
        }
        try (CompactedStore store = store()) {
            assertThat(store.numbers("account|0")).hasSize(10);
            assertThatThrownBy(() -> store.numbers("account|1")).hasCauseInstanceOf(CorruptStoreException.class)
                    .hasMessageContaining(kind.in(CompactedStore.SEGMENTS, 2).toString());
        }
    }

    private void damage(SegmentFile kind, long segmentId) throws IOException {
        Path file = kind.in(CompactedStore.SEGMENTS, segmentId);
        disk.delete(file);
        disk.create(file).close();
    }

    /** As where a power loss takes what an index that was built anew had not flushed. */
    @Test
    void an_empty_index_learns_the_version_of_a_stream_that_no_segment_tells() {
        try (CompactedStore store = store()) {
            for (int i = 0; i < SEGMENTS; i++) {
                store.delete("account|" + i, 10);
            }
            store.flush();
            store.compact();
            assertThat(store.sealedIds()).isEmpty();
            store.append("account|0", 1);
            store.flush(); // the log has no delete any more
            store.delete("account|0", 11);
            store.append("account|0", 1);
            store.flush();
            store.delete("account|0", 12);
            store.compact();
            assertThat(store.sealedIds()).isEmpty();
        }
        for (int i = 0; i < 2; i++) {
            tables.newIndex();
            try (CompactedStore store = store()) {
                assertThat(store.version("account|0")).isEqualTo(12);
                assertThat(store.version("account|1")).isEqualTo(10);
                assertThat(store.numbers("account|1")).isEmpty();
            }
        }
    }

    @Test
    void a_file_that_the_manifest_names_and_that_is_missing_is_told_at_once() throws IOException {
        Path file = SegmentFile.PARQUET.in(CompactedStore.SEGMENTS, 3);
        disk.delete(file);
        assertThatThrownBy(this::store).isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("is missing");
    }

    /** Opening a segment's file fails as where a process has too many open files, for a while. */
    private static final class Failing extends ForwardingDisk {

        private volatile boolean fails;

        Failing(Disk disk) {
            super(disk);
        }

        @Override
        public DiskFile openReadOnly(Path file) throws IOException {
            if (fails && Objects.requireNonNull(file.getParent()).endsWith("segments")) {
                throw new IOException(file + ": Too many open files");
            }
            return disk.openReadOnly(file);
        }
    }

    @Test
    void a_segment_that_the_index_does_not_know_and_that_cannot_be_opened_is_told() {
        tables.newIndex();
        Failing failing = new Failing(disk);
        failing.fails = true;
        assertThatThrownBy(() -> store(failing).close()).isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("Too many open files");
        failing.fails = false;
        try (CompactedStore store = store(failing)) {
            assertThat(store.all()).hasSize(10 * SEGMENTS);
        }
    }

    @Test
    void a_compaction_that_could_not_open_a_file_is_tried_again() {
        Failing failing = new Failing(disk);
        try (CompactedStore store = store(failing)) {
            failing.fails = true;
            assertThatThrownBy(store::compact).hasCauseInstanceOf(StoreFailedException.class);
            failing.fails = false;
            assertThat(store.compact()).isEqualTo(new CompactionReport(SEGMENTS, 1, 0));
        }
    }
}

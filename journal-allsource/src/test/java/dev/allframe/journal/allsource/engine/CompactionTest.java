package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.contents.View;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.read.PositionReads;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.upkeep.CompactionReport;
import dev.allframe.journal.allsource.engine.upkeep.Kept;
import dev.allframe.journal.allsource.engine.upkeep.Publication;
import dev.allframe.journal.allsource.engine.upkeep.RowFileBudget;
import dev.allframe.journal.allsource.engine.upkeep.Segments;
import dev.allframe.store.BackendStats;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventFilter;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Segments are merged, deleted events leave the disk, and readers see neither happen. */
final class CompactionTest {

    private final MemoryDisk disk = new MemoryDisk();
    private final CompactedStore store = new CompactedStore(disk);

    @AfterEach
    void close() {
        store.close();
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void a_stream_keeps_its_version_when_all_its_events_were_deleted_before_they_were_sealed() {
        store.append("gone|1", 3);
        store.append("kept|1", 1);
        store.delete("gone|1", 3);
        store.flush();

        assertThat(store.version("gone|1")).isEqualTo(3);
        store.reopen();
        assertThat(store.version("gone|1")).isEqualTo(3);
        store.append("gone|1", 1);
        assertThat(store.numbers("gone|1")).containsExactly(4L);
    }

    @Test
    void a_scan_ends_where_the_last_events_were_deleted_before_they_were_sealed() {
        store.append("account|1", 3);
        store.append("account|2", 2);
        store.delete("account|2", 2);
        store.flush();

        assertThat(store.all()).extracting(StoredEvent::sequenceNr).containsExactly(1L, 2L, 3L);
        assertThat(
                CompactedStore.get(store.backend.getAllEvents(EventFilter.all(), Position.START, 100)).next().index())
                .isEqualTo(5);
    }

    @Test
    void small_segments_become_one_without_the_deleted_events() throws IOException {
        for (int i = 0; i < 3; i++) {
            store.append("account|1", 10);
            store.append("account|2", 5);
            store.flush();
        }
        store.delete("account|1", 14);
        store.delete("account|2", 15);
        List<StoredEvent> before = store.all();

        assertThat(store.compact()).isEqualTo(new CompactionReport(3, 1, 29));

        assertThat(store.all()).isEqualTo(before).hasSize(16);
        assertThat(store.numbers("account|1")).isEqualTo(numbers(15, 30));
        assertThat(store.numbers("account|2")).isEmpty();
        assertThat(store.version("account|2")).isEqualTo(15);
        assertThat(store.contents().view().sealed).singleElement()
                .satisfies(segment -> assertThat(segment.meta().rows()).isEqualTo(16));
        assertThat(store.files()).containsExactly("00000000000000000004.parquet", "00000000000000000004.rows");
        store.reopen();
        assertThat(store.all()).isEqualTo(before);
        assertThat(store.version("account|2")).isEqualTo(15);
        assertThat(store.numbers("account|1")).isEqualTo(numbers(15, 30));
    }

    @Test
    void a_segment_of_which_all_is_deleted_leaves_nothing() throws IOException {
        store.append("account|1", 10);
        store.flush();
        store.delete("account|1", 10);

        assertThat(store.compact()).isEqualTo(new CompactionReport(1, 0, 10));

        assertThat(store.files()).isEmpty();
        store.append("account|1", 1);
        assertThat(store.all()).extracting(event -> event.position().index()).containsExactly(11L);
        store.reopen();
        assertThat(store.all()).extracting(StoredEvent::sequenceNr).containsExactly(11L);
    }

    @Test
    void what_is_kept_of_a_stream_has_no_gap_where_a_delete_comes_while_a_segment_is_made() {
        store.append("account|1", 6);
        List<StoredEvent> events = store.all();
        Kept kept = new Kept(store.contents().state());

        assertThat(kept.test(events.get(0))).isTrue();
        store.delete("account|1", 3);

        assertThat(events).allMatch(kept);
        assertThat(kept.dropped()).isEmpty();
        assertThat(new Kept(store.contents().state()).test(events.get(2))).isFalse();
    }

    @Test
    void a_reader_that_has_an_older_view_finds_everything_in_it_and_its_files_stay_until_it_leaves()
            throws IOException {
        store.append("account|1", 10);
        store.flush();
        store.append("account|2", 10);
        store.flush();
        View old = store.contents().acquire();
        EventFilter filter = new EventFilter.ByTag("account|2");
        List<StoredEvent> before = store.all(filter);

        store.compact();

        PositionReads reads = store.positionReads();
        assertThat(reads.read(old, filter, Position.START, 100).events()).isEqualTo(before).hasSize(10);
        assertThat(store.all(filter)).isEqualTo(before);
        assertThat(store.files()).hasSize(6);
        old.release();
        assertThat(store.files()).containsExactly("00000000000000000003.parquet", "00000000000000000003.rows");
    }

    @Test
    void what_cannot_be_read_is_neither_merged_nor_deleted() throws IOException {
        for (int i = 1; i <= 3; i++) {
            store.append("account|" + i, 20);
            store.flush();
        }
        store.reopen();
        Path rows = SegmentFile.ROWS.in(CompactedStore.SEGMENTS, 3);
        Path parquet = SegmentFile.PARQUET.in(CompactedStore.SEGMENTS, 3);
        flip(rows, 60);
        flip(parquet, 60);

        assertThatThrownBy(store::compact).hasCauseInstanceOf(CorruptStoreException.class)
                .hasMessageContaining(rows.toString());

        assertThat(store.backend.compactionFailures()).isEqualTo(1);
        assertThat(store.sealedIds()).hasSize(2).contains(3L);
        assertThat(store.files()).hasSize(4).contains("00000000000000000003.parquet", "00000000000000000003.rows");
        assertThat(store.numbers("account|1")).isEqualTo(numbers(1, 20));
        assertThat(store.numbers("account|2")).isEqualTo(numbers(1, 20));
        flip(rows, 60);
        flip(parquet, 60);
        store.reopen();
        assertThat(store.compact()).isEqualTo(new CompactionReport(2, 1, 0));
        assertThat(store.all()).hasSize(60);
    }

    private void flip(Path path, long offset) throws IOException {
        try (DiskFile file = disk.open(path)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 1));
            file.write(one.flip(), offset);
        }
    }

    @Test
    void files_that_a_crash_has_left_are_deleted_when_the_store_is_opened_and_no_others() throws IOException {
        store.append("account|1", 10);
        store.flush();
        byte[] rows = bytes(SegmentFile.ROWS.in(CompactedStore.SEGMENTS, 1));
        put("00000000000000000007.rows.tmp", rows);
        put("00000000000000000007.rows", rows); // which says that it is of segment 1
        put("notes.txt", rows);
        store.append("account|1", 10);
        store.flush();
        byte[] second = bytes(SegmentFile.ROWS.in(CompactedStore.SEGMENTS, 2));
        store.compact();
        put("00000000000000000002.rows", second);

        store.reopen();

        assertThat(store.files()).containsExactly("00000000000000000003.parquet", "00000000000000000003.rows",
                "00000000000000000007.rows", "notes.txt");
        assertThat(store.numbers("account|1")).isEqualTo(numbers(1, 20));
    }

    private byte[] bytes(Path path) throws IOException {
        try (DiskFile file = disk.openReadOnly(path)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.length());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    private void put(String name, byte[] bytes) throws IOException {
        try (DiskFile file = disk.create(CompactedStore.SEGMENTS.resolve(name))) {
            file.write(ByteBuffer.wrap(bytes), 0);
            file.force();
        }
    }

    @Test
    void a_store_whose_manifest_is_missing_is_refused_and_loses_nothing() throws IOException {
        store.append("account|1", 10);
        store.flush();
        store.backend.close();
        byte[] manifest = bytes(CompactedStore.DIRECTORY.resolve(StoreLayout.MANIFEST));
        disk.delete(CompactedStore.DIRECTORY.resolve(StoreLayout.MANIFEST));

        assertThatThrownBy(store::reopen).isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining("the file MANIFEST is missing in /store");

        try (DiskFile file = disk.create(CompactedStore.DIRECTORY.resolve(StoreLayout.MANIFEST))) {
            file.write(ByteBuffer.wrap(manifest), 0);
        }
        store.reopen();
        assertThat(store.numbers("account|1")).isEqualTo(numbers(1, 10));
    }

    @Test
    void row_files_are_kept_within_their_budget_and_reads_stay_the_same() throws IOException {
        for (int i = 1; i <= 3; i++) {
            store.append("account|" + i, 200);
            store.append("account|all", 50);
            store.flush();
        }
        List<StoredEvent> before = store.all();
        long newest = store.contents().view().sealed.getLast().meta().rowFile().length();
        store.backend.close();
        View stale;
        try (CompactedStore small = new CompactedStore(disk, store.tables, newest)) {
            stale = small.contents().acquire();
            small.compact(); // which merges the three, and then there is one row file too large
            assertThat(small.files()).filteredOn(name -> name.endsWith(".rows")).hasSizeLessThanOrEqualTo(3);
            stale.release();

            assertThat(small.files()).containsExactly("00000000000000000004.parquet");
            assertThat(small.all()).isEqualTo(before).hasSize(750);
            assertThat(small.numbers("account|2")).isEqualTo(numbers(1, 200));
            assertThat(small.numbers("account|all")).isEqualTo(numbers(1, 150));
            small.delete("account|2", 100);
            assertThat(small.compact()).isEqualTo(new CompactionReport(1, 1, 100));
            assertThat(small.numbers("account|2")).isEqualTo(numbers(101, 200));
        }
    }

    @Test
    void the_row_files_of_the_oldest_positions_go_first() throws IOException {
        for (int i = 1; i <= 3; i++) {
            store.append("account|" + i, 20);
            store.flush();
        }
        long bytes = 0;
        for (SealedSegment segment : store.contents().view().sealed.subList(1, 3)) {
            bytes += segment.meta().rowFile().length();
        }
        View held = store.contents().acquire();

        budget(store, bytes).keep();

        assertThat(store.contents().view().sealed).extracting(SealedSegment::hasRowFile)
                .containsExactly(false, true, true);
        assertThat(held.sealed.getFirst().read(0, 20)).hasSize(20);
        assertThat(store.files()).hasSize(6);
        held.release();
        await().atMost(Duration.ofSeconds(30)) // the compactor may still look at the view before
                .untilAsserted(() -> assertThat(store.files()).hasSize(5)
                        .doesNotContain("00000000000000000001.rows"));
        assertThat(store.all()).hasSize(60);
    }

    @Test
    void a_row_file_that_is_the_only_good_copy_is_not_deleted() throws IOException {
        for (int i = 1; i <= 3; i++) {
            store.append("account|" + i, 20);
            store.flush();
        }
        flip(SegmentFile.PARQUET.in(CompactedStore.SEGMENTS, 1), 60);
        RowFileBudget budget = budget(store, 0);

        assertThatThrownBy(budget::keep).isInstanceOf(CorruptStoreException.class);
        budget.keep();

        assertThat(store.contents().view().sealed).extracting(SealedSegment::hasRowFile)
                .containsExactly(true, false, false);
        assertThat(store.all()).hasSize(60);
    }

    private RowFileBudget budget(CompactedStore of, long bytes) throws IOException {
        Manifest manifest = Manifest.load(disk, CompactedStore.DIRECTORY,
                UUID.fromString(of.backend.storeId())).orElseThrow();
        Segments segments = new Segments(disk, CompactedStore.DIRECTORY, manifest.storeId(), manifest,
                of.contents().index(), 1 << 20);
        return new RowFileBudget(segments,
                new Publication(disk, CompactedStore.DIRECTORY, manifest, segments, of.contents()), of.contents(),
                bytes);
    }

    @Test
    void bytes_are_those_of_the_payloads_that_are_kept() {
        store.append("account|1", 10);
        long bytes = store.backend.stats().bytes();
        store.flush();
        assertThat(store.backend.stats().bytes()).isEqualTo(bytes).isPositive();
        store.delete("account|1", 5);
        store.compact();

        assertThat(store.backend.stats().bytes()).isEqualTo(bytes / 2);
        store.reopen();
        assertThat(store.backend.stats().bytes()).isEqualTo(bytes / 2);
    }

    @Test
    void counters_tell_where_events_are() {
        store.append("account|1", 10);
        BackendStats.Tiers unsealed = store.backend.stats().tiers();
        assertThat(unsealed.segments()).isZero();
        assertThat(unsealed.unsealedEvents()).isEqualTo(10);
        assertThat(unsealed.bytes()).containsEntry("rows", 0L).containsEntry("parquet", 0L);
        assertThat(unsealed.bytes().get("tail")).isEqualTo(store.backend.stats().bytes());

        store.flush();
        BackendStats.Tiers sealed = store.backend.stats().tiers();
        assertThat(sealed.segments()).isEqualTo(1);
        assertThat(sealed.unsealedEvents()).isZero();
        assertThat(sealed.bytes()).containsEntry("tail", 0L);
        assertThat(sealed.bytes().get("rows")).isPositive();
        assertThat(sealed.bytes().get("parquet")).isPositive();
    }

    @Test
    void counters_tell_how_the_writer_is_doing() {
        assertThat(store.backend.stats().writes().forces()).isZero();

        store.append("account|1", 10);

        BackendStats.Writes writes = store.backend.stats().writes();
        assertThat(writes.forces()).isPositive();
        assertThat(writes.queued()).isZero();
        assertThat(writes.forceMedian()).isPositive().isLessThanOrEqualTo(writes.forceP99());
        assertThat(writes.forceP99()).isLessThanOrEqualTo(writes.forceMax());
    }

    @Test
    void a_closed_store_refuses_to_compact() {
        store.backend.close();

        assertThatThrownBy(store::compact).hasMessageContaining("closed");
    }
}

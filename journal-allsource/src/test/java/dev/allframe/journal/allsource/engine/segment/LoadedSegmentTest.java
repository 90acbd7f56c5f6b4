package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadedSegmentTest {

    private static LoadedSegment load(SegmentFile kind, List<StoredEvent> rows) throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(rows);
        try (SealedRows file = directory.open(kind)) {
            return LoadedSegment.of(file);
        }
    }

    @ParameterizedTest
    @EnumSource
    void it_has_all_rows_and_their_order(SegmentFile kind) throws IOException {
        Random random = new Random(Seeds.next());
        List<StoredEvent> rows = SampleRows.odd(random, 5_000);
        List<StoredEvent> byPosition = new ArrayList<>(rows);
        byPosition.sort(Comparator.comparingLong(row -> row.position().index()));

        LoadedSegment loaded = load(kind, rows);

        assertThat(loaded.rowCount()).isEqualTo(5_000);
        assertThat(loaded.segmentId()).isEqualTo(7);
        for (int row = 0; row < 5_000; row++) {
            assertThat(loaded.rowAt(row)).isEqualTo(rows.get(row));
            assertThat(loaded.streamAt(row)).isEqualTo(rows.get(row).stream());
            assertThat(loaded.positionAt(row)).isEqualTo(rows.get(row).position().index());
        }
        assertThat(loaded.after(0)).toIterable().isEqualTo(byPosition);
        for (int i = 0; i < 50; i++) {
            long position = random.nextLong(byPosition.getLast().position().index() + 2);
            assertThat(loaded.after(position)).toIterable()
                    .isEqualTo(byPosition.stream().filter(row -> row.position().index() > position).toList());
        }
    }

    @Test
    void positions_that_lie_far_apart_are_sorted_too() {
        assertThat(PositionOrder.of(new long[]{Long.MAX_VALUE, Long.MIN_VALUE, 0})).containsExactly(1, 2, 0);
        assertThat(PositionOrder.of(new long[]{1_000_000, 5, 100})).containsExactly(1, 2, 0);
        assertThat(PositionOrder.of(new long[]{3, 1, 2})).containsExactly(1, 2, 0);
        assertThat(PositionOrder.of(new long[]{9})).containsExactly(0);
        assertThatThrownBy(() -> PositionOrder.of(new long[]{4, 4, 5})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void its_size_is_that_of_its_rows_and_little_more() throws IOException {
        LoadedSegment loaded = load(SegmentFile.ROWS, SampleRows.plain(10_000));

        assertThat(loaded.sizeBytes()).isBetween(10_000L * 50, 10_000L * 120);
    }

    @Test
    void the_cache_keeps_those_asked_for_last_within_its_budget() throws IOException {
        LoadedSegment loaded = load(SegmentFile.ROWS, SampleRows.golden());
        SegmentCache cache = new SegmentCache(2 * loaded.sizeBytes() + 1);
        AtomicInteger loads = new AtomicInteger();
        SegmentCache.Loader loader = () -> {
            loads.incrementAndGet();
            return loaded;
        };
        cache.get(1, loader);
        cache.get(2, loader);
        cache.get(1, loader);
        cache.get(3, loader); // 2 goes
        assertThat(loads).hasValue(3);

        cache.get(1, loader);
        cache.get(3, loader);
        assertThat(loads).hasValue(3);
        cache.get(2, loader);
        assertThat(loads).hasValue(4);
        assertThat(cache.sizeBytes()).isEqualTo(2 * loaded.sizeBytes());
        cache.forget(2);
        cache.forget(2);
        assertThat(cache.sizeBytes()).isEqualTo(loaded.sizeBytes());
    }

    @Test
    void a_segment_larger_than_the_budget_is_given_and_not_kept() throws IOException {
        LoadedSegment loaded = load(SegmentFile.ROWS, SampleRows.golden());
        SegmentCache cache = new SegmentCache(10);

        assertThat(cache.get(1, () -> loaded)).isSameAs(loaded);
        assertThat(cache.sizeBytes()).isZero();
    }

    @Test
    void a_segment_is_loaded_once_for_all_who_wait_for_it() throws Exception {
        LoadedSegment loaded = load(SegmentFile.ROWS, SampleRows.golden());
        SegmentCache cache = new SegmentCache(1 << 20);
        CountDownLatch inLoad = new CountDownLatch(1);
        CompletableFuture<LoadedSegment> go = new CompletableFuture<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Future<LoadedSegment> first = threads.submit(() -> cache.get(1, () -> {
                inLoad.countDown();
                return go.join();
            }));
            inLoad.await();
            List<Future<LoadedSegment>> others = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                others.add(threads.submit(() -> cache.get(1, () -> {
                    throw new AssertionError("loaded twice");
                })));
            }
            go.complete(loaded);
            assertThat(first.get()).isSameAs(loaded);
            for (Future<LoadedSegment> other : others) {
                assertThat(other.get()).isSameAs(loaded);
            }
        }
    }

    @Test
    void a_failed_load_is_tried_again() throws IOException {
        LoadedSegment loaded = load(SegmentFile.ROWS, SampleRows.golden());
        SegmentCache cache = new SegmentCache(1 << 20);

        assertThatThrownBy(() -> cache.get(1, () -> {
            throw new IOException("broken");
        })).isInstanceOf(IOException.class).hasMessage("broken");

        assertThat(cache.get(1, () -> loaded)).isSameAs(loaded);
    }
}

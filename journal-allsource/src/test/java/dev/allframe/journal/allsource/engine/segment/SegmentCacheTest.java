package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.store.EventFilter;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SegmentCacheTest {

    private final SegmentCache.Reader anna = new SegmentCache.Reader();
    private final SegmentCache.Reader bert = new SegmentCache.Reader();
    private final List<Long> loads = new ArrayList<>();
    private LoadedSegment segment;
    private long size;

    @BeforeEach
    void a_segment() throws IOException {
        segment = segment();
        size = segment.sizeBytes();
    }

    private static LoadedSegment segment() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(SampleRows.golden());
        try (SealedRows file = directory.open(SegmentFile.ROWS)) {
            return LoadedSegment.of(file);
        }
    }

    private SegmentCache cache(int segments) {
        return new SegmentCache(segments * size);
    }

    /** Segments that are of one size; each load is noted. */
    private void read(SegmentCache cache, SegmentCache.Reader reader, long... segmentIds) throws IOException {
        for (long id : segmentIds) {
            cache.get(reader, id, EventFilter.all(), () -> {
                loads.add(id);
                return segment;
            });
        }
    }

    private List<Long> loadsOf(SegmentCache cache, SegmentCache.Reader reader, long... segmentIds)
            throws IOException {
        loads.clear();
        read(cache, reader, segmentIds);
        return List.copyOf(loads);
    }

    private static long[] range(long first, long last) {
        return LongStream.rangeClosed(first, last).toArray();
    }

    @Test
    void a_reader_keeps_the_two_asked_for_last_besides_the_budget_of_those_before() throws IOException {
        SegmentCache cache = cache(2);

        read(cache, anna, range(1, 9));

        assertThat(cache.sizeBytes()).isEqualTo(4 * size);
        assertThat(loadsOf(cache, anna, 6, 7, 8, 9)).isEmpty();
        assertThat(loadsOf(cache, anna, 5)).containsExactly(5L);
    }

    @Test
    void a_reader_of_everything_takes_no_segment_of_another_that_fits_into_the_budget() throws IOException {
        SegmentCache cache = cache(3);
        read(cache, anna, 7, 8, 9);

        read(cache, bert, range(1, 20)); // 7, 8 and 9 too

        assertThat(loadsOf(cache, anna, 7, 8, 9)).isEmpty();
        assertThat(loadsOf(cache, bert, 19, 20)).isEmpty();
        assertThat(loadsOf(cache, bert, 18)).containsExactly(18L);
    }

    @Test
    void the_segment_that_a_slow_reader_reads_stays_however_many_readers_pass_by() throws IOException {
        SegmentCache cache = cache(2);
        read(cache, anna, 7);

        for (int i = 0; i < 10; i++) {
            read(cache, new SegmentCache.Reader(), range(10 + 5 * i, 14 + 5 * i));
            assertThat(loadsOf(cache, anna, 7)).isEmpty();
        }
    }

    @Test
    void two_readers_in_step_load_each_segment_once() throws IOException {
        SegmentCache cache = cache(2);

        for (long id = 1; id <= 20; id++) {
            read(cache, anna, id, id + 1); // the second ahead
            read(cache, bert, id, id + 1);
        }

        assertThat(loads).isEqualTo(LongStream.rangeClosed(1, 21).boxed().toList());
    }

    @Test
    void memory_is_bounded_by_the_budget_and_two_segments_however_many_readers_there_are() throws IOException {
        Random random = new Random(Seeds.next());
        SegmentCache cache = cache(3);
        List<SegmentCache.Reader> readers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            if (readers.size() < 50) {
                readers.add(new SegmentCache.Reader());
            }
            SegmentCache.Reader reader = readers.get(random.nextInt(readers.size()));
            long id = random.nextInt(30);
            read(cache, reader, id);
            assertThat(cache.sizeBytes()).isLessThanOrEqualTo(5 * size);
            assertThat(loadsOf(cache, reader, id)).isEmpty();
            if (random.nextInt(20) == 0) {
                cache.forget(id);
                assertThat(loadsOf(cache, reader, id)).containsExactly(id);
            }
        }
        for (long id = 0; id < 30; id++) {
            cache.forget(id);
            cache.forget(id);
        }
        assertThat(cache.sizeBytes()).isZero();
    }

    @Test
    void readers_that_are_kept_keep_no_segment_in_memory_that_the_cache_has_given_up() throws IOException {
        SegmentCache cache = new SegmentCache(10);
        WeakReference<LoadedSegment> given = new WeakReference<>(
                cache.get(anna, 1, EventFilter.all(), SegmentCacheTest::segment));

        read(cache, bert, 2);

        await().until(() -> {
            System.gc();
            return given.refersTo(null);
        });
        assertThat(loadsOf(cache, anna, 1)).containsExactly(1L);
    }

    @Test
    void a_segment_larger_than_the_budget_is_kept_for_its_reader_until_another_reads() throws IOException {
        SegmentCache cache = new SegmentCache(10);

        read(cache, anna, 1, 2, 1, 2);
        assertThat(loads).containsExactly(1L, 2L);
        read(cache, bert, 3);

        assertThat(cache.sizeBytes()).isEqualTo(size);
        assertThat(loadsOf(cache, anna, 2)).containsExactly(2L);
    }

    @Test
    void the_whole_of_a_segment_is_given_for_any_part() throws IOException {
        LoadedSegment part = segment();
        SegmentCache cache = new SegmentCache(1 << 20);
        EventFilter tagged = EventFilter.tag("a");

        assertThat(cache.get(anna, 1, tagged, () -> part)).isSameAs(part);
        assertThat(cache.get(anna, 1, EventFilter.tag("a"), () -> segment)).isSameAs(part);
        assertThat(cache.get(anna, 1, EventFilter.tag("b"), () -> segment)).isSameAs(segment);
        assertThat(cache.get(anna, 1, EventFilter.all(), () -> segment)).isSameAs(segment);
        assertThat(cache.get(anna, 1, tagged, () -> part)).isSameAs(segment);

        cache.forget(1);
        assertThat(cache.sizeBytes()).isZero();
    }

    @Test
    void the_filters_of_what_is_kept_count_too() throws IOException {
        long room = 10 * size;
        SegmentCache cache = new SegmentCache(room);
        for (int i = 0; i < 20; i++) {
            cache.get(anna, 1, EventFilter.tag(i + "x".repeat((int) size)), () -> segment);
        }
        assertThat(cache.sizeBytes()).isBetween(room / 2, room + 8 * size);

        for (int i = 19; i >= 0; i--) {
            cache.get(anna, 1, EventFilter.tag(i + "x".repeat((int) size)), () -> {
                loads.add(1L);
                return segment;
            });
        }
        assertThat(loads).hasSizeGreaterThanOrEqualTo(14);
    }

    @Test
    void a_segment_is_loaded_once_for_all_who_wait_for_it() throws Exception {
        SegmentCache cache = cache(9);
        CountDownLatch inLoad = new CountDownLatch(1);
        CompletableFuture<LoadedSegment> go = new CompletableFuture<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Future<LoadedSegment> first = threads.submit(() -> cache.get(anna, 1, EventFilter.all(), () -> {
                inLoad.countDown();
                return go.join();
            }));
            inLoad.await();
            List<Future<LoadedSegment>> others = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                others.add(threads.submit(() -> cache.get(bert, 1, EventFilter.all(), () -> {
                    throw new AssertionError("loaded twice");
                })));
            }
            go.complete(segment);
            assertThat(first.get()).isSameAs(segment);
            for (Future<LoadedSegment> other : others) {
                assertThat(other.get()).isSameAs(segment);
            }
        }
    }

    @Test
    void a_failed_load_is_tried_again() throws IOException {
        SegmentCache cache = cache(9);

        assertThatThrownBy(() -> cache.get(anna, 1, EventFilter.all(), () -> {
            throw new IOException("broken");
        })).isInstanceOf(IOException.class).hasMessage("broken");

        assertThat(cache.get(anna, 1, EventFilter.all(), () -> segment)).isSameAs(segment);
    }

    @Test
    void what_nobody_asks_for_is_removed_after_a_while() throws IOException {
        AtomicLong now = new AtomicLong();
        List<Runnable> later = new ArrayList<>();
        SegmentCache cache = new SegmentCache(9 * size, now::get, later::add);
        read(cache, anna, range(1, 3));

        now.addAndGet(SegmentCache.IDLE.toNanos() - 1);
        read(cache, bert, 2);
        now.addAndGet(1);
        later.removeFirst().run();

        assertThat(cache.sizeBytes()).isEqualTo(size);
        assertThat(loadsOf(cache, bert, 2)).isEmpty();
        assertThat(later).as("looks that are to come").hasSize(1);

        now.addAndGet(SegmentCache.IDLE.toNanos());
        later.removeFirst().run();

        assertThat(cache.sizeBytes()).isZero();
        assertThat(later).as("looks while nothing is kept").isEmpty();
        assertThat(loadsOf(cache, anna, 2, 3)).containsExactly(2L, 3L);
        assertThat(cache.sizeBytes()).isEqualTo(2 * size);
        assertThat(later).hasSize(1);
    }

    @Test
    void a_closed_store_keeps_nothing() throws IOException {
        SegmentCache cache = cache(9);
        read(cache, anna, range(1, 3));

        cache.clear();

        assertThat(cache.sizeBytes()).isZero();
        assertThat(loadsOf(cache, anna, 2)).containsExactly(2L);
    }
}

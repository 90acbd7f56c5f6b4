package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.io.WatchedDisk;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads of everything out of files: beside recoveries, beside each other, and ahead of those who want the pages. */
class ScanTest {

    private static final int SEGMENTS = 6;

    /** Of the payloads of a segment, at least; in memory a segment has less than thrice as many. */
    private static final int BYTES = 200_000;

    private static final Disk MEMORY = new MemoryDisk();
    private static final CompactedStore.KeptTables TABLES = new CompactedStore.KeptTables();

    private final WatchedDisk files = new WatchedDisk(MEMORY);
    private final HeldDisk disk = new HeldDisk(files);
    private final CompactedStore store = open(disk);
    private final List<CountDownLatch> held = new ArrayList<>();

    private static CompactedStore open(Disk on) {
        return new CompactedStore(on, TABLES, Long.MAX_VALUE, Duration.ofHours(1), Duration.ofHours(1), 4L * BYTES);
    }

    /**
     * Segment n has all events of stream n, a third of the number of the segment before, so that none are merged, and
     * as many bytes. The tests change nothing.
     */
    @BeforeAll
    static void a_closed_store() {
        try (CompactedStore store = open(MEMORY)) {
            for (int segment = 1; segment <= SEGMENTS; segment++) {
                store.append(stream(segment), events(segment), "x".repeat(BYTES / events(segment)));
                store.flush();
            }
            assertThat(store.sealedIds()).hasSize(SEGMENTS);
        }
    }

    @AfterEach
    void all_files_are_closed_with_the_store() {
        held.forEach(CountDownLatch::countDown);
        store.close();
        assertThat(files.open()).isEmpty();
    }

    private static String stream(int segment) {
        return "account|" + segment;
    }

    private static int events(int segment) {
        return (int) Math.pow(3, SEGMENTS + 2 - segment);
    }

    private static int eventsFrom(int segment) {
        return IntStream.rangeClosed(segment, SEGMENTS).map(ScanTest::events).sum();
    }

    private Path rows(int segment) {
        return SegmentFile.ROWS.in(CompactedStore.SEGMENTS, store.sealedIds().get(segment - 1));
    }

    private void hold(int segment) {
        held.add(disk.hold(rows(segment)));
    }

    private void awaitReaderOf(int segment) {
        await().until(() -> !disk.reads(rows(segment)).isEmpty());
    }

    private CompletionStage<EventPage> page(EventFilter filter, Position after, int limit) {
        return store.backend.getAllEvents(filter, after, limit);
    }

    private EventPage page(Position after, int limit) {
        return CompactedStore.get(page(EventFilter.all(), after, limit));
    }

    /** The pages of a reader of everything. */
    private List<StoredEvent> readAll(Position from, int limit) {
        List<StoredEvent> events = new ArrayList<>();
        EventPage page = page(from, limit);
        events.addAll(page.events());
        while (!page.atEnd()) {
            page = page(page.next(), limit);
            events.addAll(page.events());
        }
        return events;
    }

    private Position before(int segment) {
        return new Position(store.backend.storeId(), 0, 0, eventsFrom(1) - eventsFrom(segment));
    }

    @Test
    void recoveries_are_answered_while_scans_are_held_up_by_the_disk() {
        hold(1);
        List<CompletableFuture<EventPage>> scans = new ArrayList<>();
        for (EventFilter filter : List.of(EventFilter.all(), EventFilter.tag(stream(1)),
                EventFilter.entityType("account"))) {
            scans.add(page(filter, Position.START, 100).toCompletableFuture());
        }
        awaitReaderOf(1);

        for (int segment = 2; segment <= SEGMENTS; segment++) {
            assertThat(store.numbers(stream(segment))).hasSize(events(segment));
        }

        assertThat(scans).noneMatch(CompletableFuture::isDone);
        held.getLast().countDown();
        scans.forEach(scan -> assertThat(CompactedStore.get(scan).events()).hasSize(100));
    }

    @Test
    void neither_pages_nor_recoveries_wait_for_a_segment_that_is_loaded_ahead() {
        hold(2);
        EventPage first = page(Position.START, 100);
        EventPage second = page(first.next(), 100);
        awaitReaderOf(2);

        assertThat(page(second.next(), 500).events()).hasSize(500);
        assertThat(store.numbers(stream(3))).hasSize(events(3));
    }

    @Test
    void each_segment_is_loaded_once_and_ahead_of_the_pages_that_read_it() {
        Position next = Position.START;
        for (int segment = 1; segment <= SEGMENTS; segment++) {
            int third = events(segment) / 3;
            next = page(next, third).next();
            next = page(next, third).next();
            if (segment < SEGMENTS) {
                awaitReaderOf(segment + 1);
            }
            next = page(next, third).next();
        }

        assertThat(next).isEqualTo(before(SEGMENTS + 1));
        for (int segment = 1; segment <= SEGMENTS; segment++) {
            assertThat(disk.reads(rows(segment))).extracting(HeldDisk.Read::offset).doesNotHaveDuplicates();
            assertThat(disk.reads(rows(segment))).extracting(HeldDisk.Read::thread)
                    .containsOnly(segment == 1 ? "allframe-store-scanner-1" : "allframe-store-ahead-1");
        }
    }

    @Test
    void nothing_is_loaded_ahead_for_who_wants_one_page() {
        for (int i = 0; i < 5; i++) {
            assertThat(page(Position.START, 10).events()).hasSize(10);
        }
        EventPage second = page(page(before(3), 10).next(), 10);

        awaitReaderOf(4); // on the thread that loads ahead, after what was asked of it before
        assertThat(second.events()).hasSize(10);
        assertThat(disk.reads(rows(2))).isEmpty();
    }

    @Test
    void a_segment_of_which_nothing_is_wanted_is_not_loaded_ahead() {
        EventFilter filter = EventFilter.tag(stream(1)).or(EventFilter.tag(stream(4)));
        EventPage first = CompactedStore.get(page(filter, Position.START, 100));
        EventPage second = CompactedStore.get(page(filter, first.next(), 100));

        awaitReaderOf(4);
        assertThat(second.events()).hasSize(100);
        assertThat(disk.reads(rows(2))).isEmpty();
        assertThat(disk.reads(rows(3))).isEmpty();
    }

    @Test
    void a_scan_of_everything_leaves_the_segments_of_another_reader_in_the_cache() {
        Position others = before(SEGMENTS - 1);
        int events = eventsFrom(SEGMENTS - 1);
        assertThat(readAll(others, 5)).hasSize(events);
        disk.forgetReads();

        assertThat(readAll(Position.START, 500)).hasSize(eventsFrom(1));
        assertThat(disk.reads(rows(1))).isNotEmpty();
        assertThat(readAll(others, 5)).hasSize(events);

        assertThat(disk.reads(rows(SEGMENTS - 1))).isEmpty();
        assertThat(disk.reads(rows(SEGMENTS))).isEmpty();
        disk.forgetReads();
        assertThat(readAll(Position.START, 500)).hasSize(eventsFrom(1));
        assertThat(disk.reads(rows(1))).as("the cache holds less than the store").isNotEmpty();
    }

    @Test
    void more_readers_than_are_known_again_read_everything_in_turn() {
        int readers = 100;
        List<EventPage> pages = new ArrayList<>();
        int[] read = new int[readers];
        for (int reader = 0; reader < readers; reader++) {
            Position begin = new Position(store.backend.storeId(), 0, 0, reader + 1L);
            pages.add(new EventPage(List.of(), begin, false));
        }

        while (!pages.stream().allMatch(EventPage::atEnd)) {
            for (int reader = 0; reader < readers; reader++) {
                if (!pages.get(reader).atEnd()) {
                    EventPage page = page(pages.get(reader).next(), 700);
                    read[reader] += page.events().size();
                    pages.set(reader, page);
                }
            }
        }

        for (int reader = 0; reader < readers; reader++) {
            assertThat(read[reader]).as("from %d on", reader + 2).isEqualTo(eventsFrom(1) - reader - 1);
        }
    }

    @Test
    void a_segment_that_cannot_be_read_fails_the_page_that_reads_it_and_none_before() {
        disk.breakFile(SegmentFile.ROWS.in(CompactedStore.SEGMENTS, store.sealedIds().get(1)));
        disk.breakFile(SegmentFile.PARQUET.in(CompactedStore.SEGMENTS, store.sealedIds().get(1)));
        Position next = Position.START;
        for (int i = 0; i < 3; i++) {
            EventPage page = page(next, events(1) / 3);
            assertThat(page.events()).hasSize(events(1) / 3);
            next = page.next();
        }
        Position end = next;
        assertThatThrownBy(() -> page(end, 10)).hasMessageContaining("broken");
        assertThatThrownBy(() -> page(end, 10)).hasMessageContaining("broken");
        assertThat(page(before(3), 10).events()).hasSize(10);
    }
}

package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.store.EventFilter;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
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

    @ParameterizedTest
    @EnumSource
    void a_part_has_all_rows_that_a_filter_wants(SegmentFile kind) throws IOException {
        Random random = new Random(Seeds.next());
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(SampleRows.odd(random, 5_000));
        try (SealedRows file = directory.open(kind)) {
            LoadedSegment whole = LoadedSegment.of(file);
            for (int i = 0; i < 100; i++) {
                EventFilter filter = filter(random, whole);

                LoadedSegment part = LoadedSegment.of(file, filter);

                assertThat(wanted(part, filter)).as(filter.toString()).isEqualTo(wanted(whole, filter));
                if (kind == SegmentFile.PARQUET && !filter.toString().contains("[name=]")) {
                    // The column says nothing of a stream without a type, and nothing of one whose type is empty.
                    assertThat(part.rowCount()).as(filter.toString()).isEqualTo(wanted(part, filter).size());
                }
            }
        }
    }

    private static List<StoredEvent> wanted(LoadedSegment loaded, EventFilter filter) {
        List<StoredEvent> wanted = new ArrayList<>();
        loaded.after(0).forEachRemaining(row -> {
            if (filter.matches(row)) {
                wanted.add(row);
            }
        });
        return wanted;
    }

    /** One that wants some row, and one that perhaps wants none, alone or together. */
    private static EventFilter filter(Random random, LoadedSegment loaded) {
        StoredEvent row = loaded.rowAt(random.nextInt(loaded.rowCount()));
        Instant time = row.envelope().metadata().timestamp();
        int slice = row.stream().slice();
        return switch (random.nextInt(9)) {
            case 0 -> EventFilter.slices(slice, Math.min(StreamId.SLICES - 1, slice + random.nextInt(200)));
            case 1 -> EventFilter.slices(random.nextInt(slice + 1), slice);
            case 2 -> EventFilter.entityType(row.stream().entityType() + (random.nextInt(4) == 0 ? "x" : ""));
            case 3 -> EventFilter.eventType(row.envelope().eventType());
            case 4 -> EventFilter.tag(row.envelope().tags().stream().findFirst().orElse("no such tag"));
            case 5 -> new EventFilter.ByTime(time, time.plusMillis(random.nextInt(10_000)));
            case 6 -> new EventFilter.ByTime(Instant.MIN, random.nextBoolean() ? time : Instant.MAX);
            case 7 -> filter(random, loaded).and(filter(random, loaded));
            default -> filter(random, loaded).or(filter(random, loaded));
        };
    }

    @ParameterizedTest
    @EnumSource
    void for_a_part_little_more_of_the_file_is_read_than_it_needs(SegmentFile kind) throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(SampleRows.plain(100_000));
        try (SealedRows file = directory.open(kind)) {
            directory.disk().reset();
            LoadedSegment whole = LoadedSegment.of(file);
            long all = directory.disk().bytes.get();
            directory.disk().reset();

            int slice = whole.streamAt(50_000).slice();
            LoadedSegment part = LoadedSegment.of(file, EventFilter.slices(slice, slice));

            assertThat(part.rowCount()).isBetween(1, whole.rowCount() / 10);
            assertThat(directory.disk().bytes.get()).isLessThan(all / 4);
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
}

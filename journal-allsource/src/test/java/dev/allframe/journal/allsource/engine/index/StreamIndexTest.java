package dev.allframe.journal.allsource.engine.index;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.allsource.tables.Backing;
import dev.allframe.journal.allsource.tables.Batch;
import dev.allframe.journal.allsource.tables.Tables;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StreamIndexTest {

    private static final String STORE = "store-1";
    private static final StreamId ANNA = StreamId.of("account", "anna");
    private static final StreamId BERT = StreamId.of("account", "bert");
    private static final Comparator<StreamId> ORDER = Comparator.comparingInt(StreamId::slice)
            .thenComparing(Comparator.naturalOrder());

    @TempDir
    Path directory;

    private Tables tables(Backing backing) {
        return Tables.create(backing, Table.INDEX, directory.resolve("index"));
    }

    /** Runs in the order of a segment: for each stream its first sequence number and rows. */
    private static List<Run> runs(Map<StreamId, long[]> parts) {
        List<Run> runs = new ArrayList<>();
        int row = 0;
        for (StreamId stream : parts.keySet().stream().sorted(ORDER).toList()) {
            long[] part = parts.getOrDefault(stream, new long[0]);
            runs.add(new Run(stream, part[0], row, (int) part[1]));
            row += (int) part[1];
        }
        return runs;
    }

    private static List<Run> run(StreamId stream, long first, int rows) {
        return List.of(new Run(stream, first, 0, rows));
    }

    /** Anna has 1 to 10 in segment 1, 11 to 15 in segment 2, 16 to 20 in segment 3. */
    private static void addThree(StreamIndex index) {
        index.addSegment(1, run(ANNA, 1, 10), List.of(new NameCount(NameKind.TAG, "red", 4)));
        index.addSegment(2, run(ANNA, 11, 5), List.of(new NameCount(NameKind.EVENT_TYPE, "red", 5)));
        index.addSegment(3, run(ANNA, 16, 5), List.of(new NameCount(NameKind.TAG, "red", 1)));
    }

    @ParameterizedTest
    @EnumSource
    void rows_of_a_stream_are_found_in_order(Backing backing) {
        try (Tables tables = tables(backing)) {
            StreamIndex index = StreamIndex.open(tables.entries(), STORE);
            addThree(index);

            assertThat(index.locate(ANNA, 1, Long.MAX_VALUE, Long.MAX_VALUE)).containsExactly(new Location(1, 0, 10, 1),
                    new Location(2, 0, 5, 11), new Location(3, 0, 5, 16));
            assertThat(index.locate(ANNA, -5, 12, 100)).containsExactly(new Location(1, 0, 10, 1),
                    new Location(2, 0, 2, 11));
            assertThat(index.locate(ANNA, 4, 4, 100)).containsExactly(new Location(1, 3, 1, 4));
            assertThat(index.locate(ANNA, 10, 18, 3)).containsExactly(new Location(1, 9, 1, 10),
                    new Location(2, 0, 2, 11));
            assertThat(index.locate(ANNA, 3, 10, 100)).containsExactly(new Location(1, 2, 8, 3));
            assertThat(index.locate(ANNA, 3, 10, 4)).containsExactly(new Location(1, 2, 4, 3));
            assertThat(index.locate(ANNA, 20, 20, 100)).containsExactly(new Location(3, 4, 1, 20));
            assertThat(index.locate(ANNA, 15, 20, 100)).containsExactly(new Location(2, 4, 1, 15),
                    new Location(3, 0, 5, 16));
            assertThat(index.locate(ANNA, 21, 100, 10)).isEmpty();
            assertThat(index.locate(ANNA, 5, 4, 10)).isEmpty();
            assertThat(index.locate(BERT, 1, 100, 10)).isEmpty();
            assertThat(index.locate(new StreamId("account|ann"), 1, 100, 10)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void versions_and_streams_stay_when_rows_vanish(Backing backing) {
        try (Tables tables = tables(backing)) {
            StreamIndex index = StreamIndex.open(tables.entries(), STORE);
            addThree(index);
            index.addSegment(4, run(BERT, 1, 2), List.of());

            index.replaceSegments(List.of(1L, 2L, 3L, 4L), 5, run(ANNA, 14, 2), List.of());

            assertThat(index.version(ANNA)).isEqualTo(20);
            assertThat(index.version(BERT)).isEqualTo(2);
            assertThat(index.streams(null, 10)).containsExactly(ANNA, BERT);
            assertThat(index.streams(ANNA, 10)).containsExactly(BERT);
            assertThat(index.streams(new StreamId("account|b"), 10)).containsExactly(BERT);
            assertThat(index.streams(null, 1)).containsExactly(ANNA);
            assertThat(index.streamCount()).isEqualTo(2);
            assertThat(index.locate(ANNA, 1, 100, 100)).containsExactly(new Location(5, 0, 2, 14));
            assertThat(index.locate(BERT, 1, 100, 100)).isEmpty();
            assertThat(index.indexedSegments()).containsExactly(5L);
            assertThat(index.segmentsWith(NameKind.TAG, "red")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_stream_can_be_known_by_its_version_alone(Backing backing) {
        try (Tables tables = tables(backing)) {
            StreamIndex index = StreamIndex.open(tables.entries(), STORE);

            index.noteStream(ANNA, 7);
            index.noteStream(ANNA, 3);
            index.addSegment(1, run(ANNA, 1, 2), List.of());

            assertThat(index.version(ANNA)).isEqualTo(7);
            assertThat(index.streamCount()).isEqualTo(1);
            assertThat(index.version(BERT)).isZero();
            assertThatThrownBy(() -> index.noteStream(BERT, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThat(index.streams(null, 10)).containsExactly(ANNA);
        }
    }

    @ParameterizedTest
    @EnumSource
    void segments_are_found_by_the_names_of_their_rows(Backing backing) {
        try (Tables tables = tables(backing)) {
            StreamIndex index = StreamIndex.open(tables.entries(), STORE);
            addThree(index);

            assertThat(index.segmentsWith(NameKind.TAG, "red")).isEqualTo(Map.of(1L, 4L, 3L, 1L));
            assertThat(index.segmentsWith(NameKind.EVENT_TYPE, "red")).isEqualTo(Map.of(2L, 5L));
            assertThat(index.segmentsWith(NameKind.ENTITY_TYPE, "red")).isEmpty();
            assertThat(index.segmentsWith(NameKind.TAG, "re")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_segment_that_would_be_read_wrongly_is_refused(Backing backing) {
        try (Tables tables = tables(backing)) {
            StreamIndex index = StreamIndex.open(tables.entries(), STORE);
            List<Run> gap = List.of(new Run(ANNA, 1, 1, 1));
            List<Run> twice = List.of(new Run(ANNA, 1, 0, 1), new Run(ANNA, 2, 1, 1));

            assertThatThrownBy(() -> index.addSegment(1, gap, List.of())).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> index.addSegment(1, twice, List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(index.indexedSegments()).isEmpty();
            assertThat(index.streamCount()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_index_of_another_store_is_refused(Backing backing) {
        try (Tables tables = tables(backing)) {
            StreamIndex.open(tables.entries(), STORE);
            assertThatThrownBy(() -> StreamIndex.open(tables.entries(), "another"))
                    .isInstanceOf(CorruptStoreException.class)
                    .hasMessageContaining(STORE)
                    .hasMessageContaining("another");

            tables.entries()
                    .write(new Batch().put(Table.STREAMS, Keys.of(ANNA), IndexFormat.number(1))
                            .delete(Table.META, StoreHeader.KEY));
            assertThatThrownBy(() -> StreamIndex.open(tables.entries(), STORE))
                    .isInstanceOf(CorruptStoreException.class)
                    .hasMessageContaining("no header");
        }
    }

    @ParameterizedTest
    @EnumSource
    void differences_are_said_in_words(Backing backing) {
        try (Tables tables = tables(backing);
                Tables others = Tables.create(backing, Table.INDEX, directory.resolve("other"))) {
            StreamIndex index = StreamIndex.open(tables.entries(), STORE);
            StreamIndex other = StreamIndex.open(others.entries(), STORE);
            addThree(index);
            addThree(other);
            assertThat(index.difference(other, 10)).isEmpty();

            index.noteStream(ANNA, 30);
            other.addSegment(3, run(ANNA, 16, 5), List.of(new NameCount(NameKind.TAG, "blue", 1)));

            assertThat(index.difference(other, 10)).contains(
                    "streams: here account|anna version=30, there account|anna version=20",
                    "names: only there: TAG blue segment=3 rows=1", "names: only here: TAG red segment=3 rows=1");
            assertThat(index.difference(other, 1)).hasSize(1);
        }
    }

    /** What the model knows of one segment. */
    private record Segment(TreeMap<StreamId, long[]> parts, long reds) {}

    @ParameterizedTest
    @EnumSource
    void an_index_does_what_maps_do_and_equals_one_computed_again(Backing backing) {
        Random random = new Random(Seeds.next());
        try (Tables tables = tables(backing)) {
            StreamIndex index = StreamIndex.open(tables.entries(), STORE);
            NavigableMap<Long, Segment> segments = new TreeMap<>();
            TreeMap<StreamId, Long> versions = new TreeMap<>();
            long next = 1;
            for (int step = 0; step < 150; step++) {
                if (segments.size() < 3 || random.nextInt(3) > 0) {
                    TreeMap<StreamId, long[]> parts = new TreeMap<>();
                    for (int i = random.nextInt(400); i >= 0; i--) {
                        StreamId stream = StreamId.of("account", "s" + random.nextInt(500) + "\0é".substring(0, i % 3));
                        long rows = random.nextLong(1, 6);
                        if (parts.putIfAbsent(stream,
                                new long[]{versions.getOrDefault(stream, 0L) + 1, rows}) == null) {
                            versions.merge(stream, rows, Long::sum);
                        }
                    }
                    segments.put(next, new Segment(parts, step + 1));
                    index.addSegment(next, runs(parts), reds(step + 1));
                } else {
                    long first = segments.firstKey();
                    long second = segments.higherKey(first);
                    Segment merged = merged(requireNonNull(segments.remove(first)),
                            requireNonNull(segments.remove(second)),
                            random, versions);
                    segments.put(next, merged);
                    index.replaceSegments(List.of(first, second), next, runs(merged.parts()), reds(merged.reds()));
                }
                next++;
                if (random.nextInt(20) == 0) {
                    index.flush();
                    index = StreamIndex.open(tables.crash(), STORE);
                }
            }
            assertThat(index.streams(null, 10_000)).containsExactlyElementsOf(versions.keySet());
            assertThat(index.streamCount()).isEqualTo(versions.size());
            assertThat(index.indexedSegments()).isEqualTo(segments.keySet());
            for (StreamId stream : versions.keySet()) {
                assertThat(index.version(stream)).isEqualTo(versions.get(stream));
                checkRows(index, stream, segments, random);
            }
            checkComputedAgain(backing, index, segments, versions);
        }
    }

    private static List<NameCount> reds(long reds) {
        return List.of(new NameCount(NameKind.TAG, "red", reds));
    }

    /**
     * Both, without some beginnings, and some streams altogether. Where the second does not go on behind the first, the
     * first is gone.
     */
    private static Segment merged(Segment first, Segment second, Random random, Map<StreamId, Long> versions) {
        TreeMap<StreamId, long[]> parts = new TreeMap<>();
        for (StreamId stream : versions.keySet()) {
            long[] one = first.parts().get(stream);
            long[] two = second.parts().get(stream);
            long[] both = one == null || two == null || one[0] + one[1] != two[0]
                    ? two == null ? one : two
                    : new long[]{one[0], one[1] + two[1]};
            if (both != null) {
                long cut = random.nextInt(6) == 0 ? Math.min(both[1], random.nextInt(8)) : 0;
                if (cut < both[1]) {
                    parts.put(stream, new long[]{both[0] + cut, both[1] - cut});
                }
            }
        }
        return new Segment(parts, first.reds() + second.reds());
    }

    private static void checkRows(StreamIndex index, StreamId stream, NavigableMap<Long, Segment> segments,
            Random random) {
        TreeMap<Long, Long> segmentOf = new TreeMap<>();
        segments.forEach((id, segment) -> {
            long[] part = segment.parts().get(stream);
            for (long i = 0; part != null && i < part[1]; i++) {
                segmentOf.put(part[0] + i, id);
            }
        });
        long from = random.nextInt(30);
        long to = from + random.nextInt(60);
        int limit = 1 + random.nextInt(20);
        List<String> expected = segmentOf.subMap(from, true, to, true)
                .entrySet()
                .stream()
                .limit(limit)
                .map(Object::toString)
                .toList();
        List<String> up = new ArrayList<>();
        for (Location location : index.locate(stream, from, to, limit)) {
            for (long nr = location.firstSequenceNr(); nr <= location.lastSequenceNr(); nr++) {
                up.add(nr + "=" + location.segmentId());
            }
        }
        assertThat(up).isEqualTo(expected);
    }

    private void checkComputedAgain(Backing backing, StreamIndex index, NavigableMap<Long, Segment> segments,
            Map<StreamId, Long> versions) {
        try (Tables others = Tables.create(backing, Table.INDEX, directory.resolve("again"))) {
            StreamIndex again = StreamIndex.open(others.entries(), STORE);
            versions.forEach(again::noteStream);
            segments.descendingMap()
                    .forEach((id, segment) -> again.addSegment(id, runs(segment.parts()), reds(segment.reds())));

            assertThat(index.difference(again, 5)).isEmpty();
            List<String> runs = new ArrayList<>();
            again.forEachRun((id, run) -> runs.add(id + " " + run));
            List<String> ours = new ArrayList<>();
            index.forEachRun((id, run) -> ours.add(id + " " + run));
            assertThat(ours).isEqualTo(runs).isNotEmpty();

            again.removeSegments(segments.keySet());
            assertThat(again.indexedSegments()).isEmpty();
            assertThat(again.segmentsWith(NameKind.TAG, "red")).isEmpty();
            again.forEachRun((id, run) -> {
                throw new AssertionError(id + " " + run + " is left");
            });
            try (Cursor contents = others.entries().cursor(Table.CONTENTS, KeyRange.all())) {
                assertThat(contents.next()).isFalse();
            }
        }
    }
}

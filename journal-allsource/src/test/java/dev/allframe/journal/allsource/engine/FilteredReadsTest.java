package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever part of a segment is loaded for a filter: it gives what reading everything and looking at each event gives.
 */
@Guarantee("G3")
class FilteredReadsTest {

    private static final int SEGMENTS = 3;
    private static final int STREAMS = 40;

    private final Random random = new Random(Seeds.next());

    private static String stream(int number) {
        return (number % 10 == 0 ? "loan|" : "account|") + number;
    }

    private static CompactedStore store(long rowFileBytes) {
        return new CompactedStore(new MemoryDisk(), new CompactedStore.KeptTables(), rowFileBytes, Duration.ofHours(1),
                Duration.ofHours(1));
    }

    private static CompactedStore filled(long rowFileBytes) {
        CompactedStore store = store(rowFileBytes);
        for (int segment = 0; segment < SEGMENTS; segment++) {
            for (int stream = segment; stream < STREAMS; stream++) {
                store.append(stream(stream), 1 + stream % 7);
            }
            store.flush();
        }
        store.append(stream(1), 5); // not sealed
        return store;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE})
    void a_filter_gives_what_it_matches_whichever_files_are_read(long rowFileBytes) {
        try (CompactedStore store = filled(rowFileBytes)) {
            if (rowFileBytes == 0) {
                store.compact();
                assertThat(store.contents().view().sealed).isNotEmpty().noneMatch(SealedSegment::hasRowFile);
            }
            List<StoredEvent> all = store.all();
            for (int i = 0; i < 300; i++) {
                EventFilter filter = filter(all);
                assertThat(store.all(filter)).as(filter.toString())
                        .isEqualTo(all.stream().filter(filter::matches).toList());
            }
        }
    }

    private static void appendAt(CompactedStore store, long... millis) {
        List<Envelope> records = Arrays.stream(millis)
                .mapToObj(time -> Envelope.of("noted", 1, Payload.json("{}".getBytes(StandardCharsets.UTF_8)),
                        Set.of(), EventMetadata.at(Instant.ofEpochMilli(time)), null))
                .toList();
        CompactedStore.get(store.backend.append(
                new Append(new StreamId("account|1"), ExpectedVersion.any(), "writer", records)));
    }

    @Test
    void times_that_lie_as_far_apart_as_can_be_are_found() {
        try (CompactedStore store = store(Long.MAX_VALUE)) {
            appendAt(store, 0, 5, (1L << 62) - 1);
            store.flush();
            appendAt(store, Long.MIN_VALUE, 6, Long.MAX_VALUE);
            store.flush();
            assertThat(store.all(new EventFilter.ByTime(Instant.EPOCH, Instant.MAX))).hasSize(5);
            assertThat(store.all(new EventFilter.ByTime(Instant.EPOCH, Instant.ofEpochMilli(10)))).hasSize(3);
            assertThat(store.all(new EventFilter.ByTime(Instant.MIN, Instant.EPOCH))).hasSize(1);
        }
    }

    @Test
    void one_call_looks_at_a_bounded_part_of_the_store_though_it_finds_nothing() {
        try (CompactedStore store = store(0)) {
            for (int i = 0; i < 400; i++) {
                store.append(i % 8 < 2 ? stream(i % 8) : stream(i), 1000);
            }
            store.flush();
            store.compact();
            assertThat(store.contents().view().sealed).hasSizeGreaterThan(3).noneMatch(SealedSegment::hasRowFile);

            EventPage page = CompactedStore.get(store.backend.getAllEvents(
                    EventFilter.tag(stream(0)).and(EventFilter.tag(stream(1))), Position.START, 10));

            assertThat(page.events()).isEmpty();
            assertThat(page.atEnd()).isFalse();
            assertThat(page.next().index()).isBetween(100_000L, 399_000L);
        }
    }

    private EventFilter filter(List<StoredEvent> all) {
        StoredEvent event = all.get(random.nextInt(all.size()));
        int slice = event.stream().slice();
        Instant time = event.envelope().metadata().timestamp();
        return switch (random.nextInt(8)) {
            case 0 -> EventFilter.tag(event.stream().value());
            case 1 -> EventFilter.slices(slice, Math.min(StreamId.SLICES - 1, slice + random.nextInt(300)));
            case 2 -> EventFilter.entityType(event.stream().entityType());
            case 3 -> EventFilter.eventType(random.nextBoolean() ? "noted" : "never");
            case 4 -> new EventFilter.ByTime(time, time.plusMillis(random.nextInt(3)));
            case 5 -> new EventFilter.ByTime(random.nextBoolean() ? time : Instant.MIN, Instant.MAX);
            case 6 -> filter(all).and(filter(all));
            default -> filter(all).or(filter(all));
        };
    }
}

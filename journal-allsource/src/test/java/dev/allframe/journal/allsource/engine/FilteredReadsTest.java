package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.store.EventFilter;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever part of a segment is loaded for a filter: it gives what reading everything and looking at each event gives. */
@Guarantee("G3")
class FilteredReadsTest {

    private static final int SEGMENTS = 3;
    private static final int STREAMS = 40;

    private final Random random = new Random(Seeds.next());

    private static String stream(int number) {
        return (number % 10 == 0 ? "loan|" : "account|") + number;
    }

    private static CompactedStore filled(long rowFileBytes) {
        CompactedStore store = new CompactedStore(new MemoryDisk(), new CompactedStore.KeptTables(), rowFileBytes,
                Duration.ofHours(1), Duration.ofHours(1));
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

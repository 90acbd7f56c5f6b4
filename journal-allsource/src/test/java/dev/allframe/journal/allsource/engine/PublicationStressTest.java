package dev.allframe.journal.allsource.engine;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.index.MemoryTables;
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
import dev.allframe.store.StreamPage;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Many append while others read, and all is sealed and compacted meanwhile. Readers of positions never see a gap that
 * is filled later, they see each append whole, and no version that anybody is told is lower than one that was told
 * before.
 */
@Guarantee({"G2", "G3"})
class PublicationStressTest {

    private static final int APPENDS = Seeds.count("stress.appends", 900);
    private static final int WRITERS = 3;
    private static final int READERS = 2;
    private static final List<StreamId> STREAMS = List.of(new StreamId("a|1"), new StreamId("a|2"),
            new StreamId("b|1"), new StreamId("plain"));

    private final long seed = Seeds.next();
    private final AtomicInteger writing = new AtomicInteger(WRITERS);
    private final EngineBackend store = new EngineBackend(Engine.open(new MemoryDisk(), StoreLife.DIRECTORY,
            new MemoryTables(), StoreLife.SMALL, Clock.fixed(Model.NOW, ZoneOffset.UTC), "a test"), "fsync");

    @Test
    void readers_see_every_append_whole_in_order_and_without_gaps() throws Exception {
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Random random = new Random(seed + i);
            tasks.add(() -> write(random));
        }
        for (int i = 0; i < READERS; i++) {
            Random random = new Random(seed + WRITERS + i);
            tasks.add(() -> readPositions(random));
        }
        tasks.add(this::readVersions);
        List<Long> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
            for (Future<Long> result : threads.invokeAll(tasks, 2 + APPENDS / 100, TimeUnit.MINUTES)) {
                results.add(result.get());
            }
        }
        long written = results.subList(0, WRITERS).stream().mapToLong(Long::longValue).sum();
        for (long read : results.subList(WRITERS, WRITERS + READERS)) {
            StoreLife.check(read == written, "read " + read + " events of " + written);
        }
        Stages.run(store::close);
    }

    /** Appends of one to five events, each of which says which of how many it is. */
    private long write(Random random) {
        long events = 0;
        try {
            Map<StreamId, Long> told = new HashMap<>();
            for (int i = 0; i < APPENDS / WRITERS; i++) {
                StreamId stream = STREAMS.get(random.nextInt(STREAMS.size()));
                int size = 1 + random.nextInt(5);
                List<Envelope> records = new ArrayList<>();
                for (int number = 1; number <= size; number++) {
                    records.add(Envelope.of("happened", 1,
                            Payload.json(("[" + number + "," + size + "]").getBytes(StandardCharsets.UTF_8)), Set.of(),
                            EventMetadata.at(Model.NOW), null));
                }
                long version = Stages.get(store.append(new Append(stream, ExpectedVersion.any(), "writer", records)))
                        .lastSequenceNr();
                notLess(told, stream, version);
                StreamPage page = Stages.get(store.getStreamPage(stream, version, Long.MAX_VALUE, 1));
                notLess(told, stream, page.highestSequenceNr());
                StoreLife.check(page.events().getFirst().sequenceNr() == version,
                        stream + " does not have event " + version + ", which was acknowledged");
                notLess(told, stream, Stages.get(store.highestSequenceNr(stream)));
                events += size;
            }
            return events;
        } finally {
            writing.decrementAndGet();
        }
    }

    private static void notLess(Map<StreamId, Long> told, StreamId stream, long version) {
        long before = told.getOrDefault(stream, 0L);
        StoreLife.check(version >= before, stream + " has version " + version + " after " + before);
        told.put(stream, version);
    }

    private long readPositions(Random random) {
        Position after = Position.START;
        long position = 0;
        Map<StreamId, Long> sequenceNrs = new HashMap<>();
        int left = 0;
        while (true) {
            boolean last = writing.get() == 0;
            EventPage page = Stages.get(store.getAllEvents(EventFilter.all(), after, 1 + random.nextInt(30)));
            for (StoredEvent event : page.events()) {
                StoreLife.check(event.position().index() == ++position,
                        "position " + event.position().index() + " where " + position + " is next");
                StoreLife.check(event.sequenceNr() == sequenceNrs.merge(event.stream(), 1L, Long::sum),
                        "a gap in " + event.stream() + " before " + event.sequenceNr());
                left = left(event, left);
            }
            StoreLife.check(!page.atEnd() || left == 0, "the end is in the middle of an append, at " + position);
            after = page.next();
            if (last && page.atEnd()) {
                return position;
            }
        }
    }

    /** Which of how many of its append an event is. */
    private record Place(int number, int size) {

        static Place of(StoredEvent event) {
            String text = new String(event.envelope().payload().bytes(), StandardCharsets.UTF_8);
            int comma = text.indexOf(',');
            return new Place(Integer.parseInt(text.substring(1, comma)),
                    Integer.parseInt(text.substring(comma + 1, text.length() - 1)));
        }
    }

    /** How many events of the append come after this one. */
    private static int left(StoredEvent event, int before) {
        Place place = Place.of(event);
        StoreLife.check(before == 0 ? place.number == 1 : before == place.size - place.number + 1,
                place + " where " + before + " of an append are missing");
        return place.size - place.number;
    }

    /** A stream's events are there up to the version that was told, and the version is that of a whole append. */
    private long readVersions() {
        Map<StreamId, Long> told = new HashMap<>();
        List<StreamId> streams = new ArrayList<>(STREAMS);
        Collections.shuffle(streams, new Random(seed));
        long looks = 0;
        while (writing.get() > 0) {
            for (StreamId stream : streams) {
                long version = Stages.get(looks % 2 == 0
                        ? store.highestSequenceNr(stream)
                        : store.getStreamPage(stream, 1, 1, 1).thenApply(StreamPage::highestSequenceNr));
                notLess(told, stream, version);
                if (version > 0) {
                    List<StoredEvent> found = Stages.get(store.getEvents(stream, version, Long.MAX_VALUE, 100));
                    StoreLife.check(!found.isEmpty() && found.getFirst().sequenceNr() == version,
                            stream + " has version " + version + " and begins with " + found);
                    Place place = Place.of(found.getFirst());
                    StoreLife.check(place.number == place.size,
                            stream + " has version " + version + " in the middle of an append: " + place);
                }
                looks++;
            }
            Collections.rotate(streams, 1);
        }
        return looks;
    }
}

package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Appends, deletes, seals, compactions and evictions in a random order, compared with a plain model, while readers
 * read.
 */
final class CompactionModelTest {

    private static final int STREAMS = 12;
    private static final int STEPS = Integer.getInteger("test.steps", 1600);

    /**
     * What is known of a stream, for readers: deleted to {@code deletedAtLeast}, perhaps to {@code deletedAtMost};
     * written likewise.
     */
    private static final class Known {

        final AtomicLong writtenAtLeast = new AtomicLong();
        final AtomicLong writtenAtMost = new AtomicLong();
        final AtomicLong deletedAtLeast = new AtomicLong();
        final AtomicLong deletedAtMost = new AtomicLong();
    }

    private final Map<String, Known> streams = new TreeMap<>();
    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicLong reads = new AtomicLong();

    @Test
    void every_event_is_seen_once_whatever_is_compacted_meanwhile() throws Exception {
        String given = System.getProperty("test.seed", "");
        long seed = given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
        System.out.println("test.seed=" + seed);
        for (int i = 0; i < STREAMS; i++) {
            streams.put("account|" + i, new Known());
        }
        Random random = new Random(seed);
        try (CompactedStore store = new CompactedStore(new MemoryDisk(), new CompactedStore.KeptTables(), 20_000)) {
            for (int life = 0; life < 4; life++) {
                done.set(false);
                List<CompletableFuture<Void>> readers = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    long readerSeed = random.nextLong();
                    readers.add(CompletableFuture.runAsync(() -> readStreams(store, new Random(readerSeed))));
                    readers.add(CompletableFuture.runAsync(() -> readAll(store, new Random(readerSeed))));
                }
                long before = reads.get();
                for (int i = 0; i < STEPS / 4 || reads.get() < before + 20; i++) {
                    step(store, random);
                    readers.forEach(reader -> assertThat(reader).isNotCompletedExceptionally());
                }
                done.set(true);
                readers.forEach(CompletableFuture::join);
                check(store);
                store.reopen();
                check(store);
            }
            store.flush();
            store.compact();
            check(store);
            assertThat(store.backend.compactionFailures()).isZero();
            assertThat(store.contents().view().sealed).hasSizeLessThanOrEqualTo(1);
        }
    }

    private String anyStream(Random random) {
        return "account|" + random.nextInt(STREAMS);
    }

    private void step(CompactedStore store, Random random) {
        String id = anyStream(random);
        Known known = known(id);
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3, 4 -> {
                int count = 1 + random.nextInt(20);
                known.writtenAtMost.addAndGet(count);
                store.append(id, count);
                known.writtenAtLeast.addAndGet(count);
            }
            case 5, 6 -> {
                long written = known.writtenAtLeast.get();
                long to = random.nextInt(3) == 0 ? written : random.nextLong(written + 1);
                known.deletedAtMost.accumulateAndGet(to, Math::max);
                store.delete(id, to);
                known.deletedAtLeast.accumulateAndGet(to, Math::max);
            }
            case 7 -> store.flush();
            case 8 -> store.compact();
            default -> store.version(id);
        }
    }

    private Known known(String id) {
        Known known = streams.get(id);
        if (known == null) {
            throw new IllegalArgumentException(id);
        }
        return known;
    }

    private void readStreams(CompactedStore store, Random random) {
        while (!done.get()) {
            String id = anyStream(random);
            Known known = known(id);
            long deletedBefore = known.deletedAtLeast.get();
            long writtenBefore = known.writtenAtLeast.get();
            List<Long> numbers = random.nextBoolean()
                    ? store.numbers(id)
                    : CompactedStore.get(store.backend.getEventsBackwards(new StreamId(id), Long.MAX_VALUE, 10_000))
                            .reversed()
                            .stream()
                            .map(StoredEvent::sequenceNr)
                            .toList();
            long deletedAfter = known.deletedAtMost.get();
            long writtenAfter = known.writtenAtMost.get();
            String seen = id + " " + numbers + ", deleted " + deletedBefore + ".." + deletedAfter + ", written "
                    + writtenBefore + ".." + writtenAfter;
            if (numbers.isEmpty()) {
                assertThat(writtenBefore).as(seen).isLessThanOrEqualTo(deletedAfter);
            } else {
                assertThat(numbers.getFirst() - 1).as(seen).isBetween(deletedBefore, deletedAfter);
                assertThat(numbers.getLast()).as(seen).isBetween(writtenBefore, writtenAfter);
                assertThat(numbers.getLast() - numbers.getFirst() + 1).as(seen).isEqualTo(numbers.size());
            }
            reads.incrementAndGet();
        }
    }

    /** Reads everything in position order: of each stream what was there all the time must come, in order and once. */
    private void readAll(CompactedStore store, Random random) {
        while (!done.get()) {
            String only = random.nextBoolean() ? anyStream(random) : "";
            EventFilter filter = only.isEmpty() ? EventFilter.all() : EventFilter.tag(only);
            Map<String, Long> writtenBefore = new TreeMap<>();
            streams.forEach((id, known) -> writtenBefore.put(id, known.writtenAtLeast.get()));
            Map<String, List<Long>> seen = new TreeMap<>();
            long position = 0;
            Position after = Position.START;
            while (true) {
                EventPage page = CompactedStore.get(store.backend.getAllEvents(filter, after, 1 + random.nextInt(50)));
                for (StoredEvent event : page.events()) {
                    assertThat(event.position().index()).isGreaterThan(position);
                    position = event.position().index();
                    seen.computeIfAbsent(event.stream().value(), id -> new ArrayList<>()).add(event.sequenceNr());
                }
                after = page.next();
                if (page.atEnd()) {
                    break;
                }
            }
            writtenBefore.forEach((id, written) -> {
                if (only.isEmpty() || only.equals(id)) {
                    long deleted = known(id).deletedAtMost.get();
                    List<Long> numbers = seen.getOrDefault(id, List.of());
                    for (long number = deleted + 1; number <= written; number++) {
                        assertThat(numbers).as(id).contains(number);
                    }
                    assertThat(numbers).as(id).isSorted().doesNotHaveDuplicates();
                }
            });
            reads.incrementAndGet();
        }
    }

    private void check(CompactedStore store) {
        List<StoredEvent> all = store.all();
        streams.forEach((id, known) -> {
            List<Long> expected = new ArrayList<>();
            for (long number = known.deletedAtLeast.get() + 1; number <= known.writtenAtLeast.get(); number++) {
                expected.add(number);
            }
            assertThat(store.numbers(id)).as(id).isEqualTo(expected);
            assertThat(store.version(id)).as(id).isEqualTo(known.writtenAtLeast.get());
            assertThat(all).filteredOn(event -> event.stream().value().equals(id))
                    .extracting(StoredEvent::sequenceNr)
                    .as(id)
                    .isEqualTo(expected);
        });
    }
}

package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.Append;
import dev.allframe.store.Appended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Random calls on a few streams, beside a list that does the same: after each call both hold the same.
 * {@code -Dtest.seed=…} replays a history.
 */
@Guarantee({"G2", "G3", "G4"})
abstract class RandomHistoryConformance extends StoreConformance {

    private static final int CALLS = 500;
    private static final List<StreamId> STREAMS = List.of(ANNA, BERT, StreamId.of("transfer", "t"),
            new StreamId("odd"));
    private static final List<EventFilter> FILTERS = List.of(EventFilter.all(), EventFilter.tag("even"),
            EventFilter.entityType("account"), EventFilter.entityType("transfer").or(EventFilter.tag("odd")),
            EventFilter.tag("even").and(EventFilter.slices(0, 511)), EventFilter.tag("never"));

    private final List<StoredEvent> kept = new ArrayList<>();
    private final Map<StreamId, Long> versions = new HashMap<>();
    private final List<Position> positions = new ArrayList<>(List.of(Position.START));
    private Random random = new Random();

    RandomHistoryConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    @Test
    void a_store_does_what_a_list_does() {
        String given = System.getProperty("test.seed", "");
        long seed = given.isBlank() ? random.nextLong() : Long.parseLong(given);
        System.out.println("replay this history with -Dtest.seed=" + seed);
        random = new Random(seed);

        append(STREAMS.getFirst());
        for (int call = 0; call < CALLS; call++) {
            StreamId stream = STREAMS.get(random.nextInt(STREAMS.size()));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> append(stream);
                case 3 -> delete(stream);
                case 4 -> readForwards(stream);
                case 5 -> readBackwards(stream);
                case 6 -> readAll(FILTERS.get(random.nextInt(FILTERS.size())));
                default -> readEnds(stream);
            }
        }
        assertThat(readAll()).isEqualTo(kept);
    }

    private long version(StreamId stream) {
        return versions.getOrDefault(stream, 0L);
    }

    private List<StoredEvent> keptWhere(Predicate<StoredEvent> wanted) {
        return kept.stream().filter(wanted).toList();
    }

    private void append(StreamId stream) {
        long version = version(stream);
        ExpectedVersion expected = switch (random.nextInt(5)) {
            case 0 -> ExpectedVersion.any();
            case 1 -> ExpectedVersion.noStream();
            case 2 -> ExpectedVersion.streamExists();
            case 3 -> ExpectedVersion.exactly(version + random.nextInt(2));
            default -> ExpectedVersion.exactly(version);
        };
        List<Envelope> records = IntStream.rangeClosed(0, random.nextInt(4)).mapToObj(i -> record()).toList();
        CompletionStage<Appended> stage = store.append(new Append(stream, expected, "random", records));
        if (!expected.accepts(version)) {
            assertThat(refused(VersionConflictException.class, stage).actual()).isEqualTo(version);
            return;
        }
        Appended appended = done(stage);
        List<StoredEvent> added = done(store.getEventsAfter(stream, version, 10));
        assertThat(added).extracting(StoredEvent::envelope).isEqualTo(records);
        assertThat(sequenceNrs(added)).first().isEqualTo(version + 1);
        assertThat(appended).isEqualTo(new Appended(stream, version + 1, version + records.size(),
                added.getLast().position()));
        kept.addAll(added);
        versions.put(stream, appended.lastSequenceNr());
        added.forEach(event -> positions.add(event.position()));
    }

    private Envelope record() {
        int number = random.nextInt(1_000);
        return Envelope.of("account.noted", 1, json("event " + number), Set.of(number % 2 == 0 ? "even" : "odd"),
                EventMetadata.at(NOON), null);
    }

    private void delete(StreamId stream) {
        long to = random.nextInt(10) == 0 ? Long.MAX_VALUE : version(stream) - random.nextInt(12);
        done(store.deleteEventsTo(stream, to));
        kept.removeIf(event -> event.stream().equals(stream) && event.sequenceNr() <= to);
    }

    private void readForwards(StreamId stream) {
        long from = random.nextLong(version(stream) + 3) - 1;
        long to = from + random.nextInt(20) - 1;
        int limit = 1 + random.nextInt(12);
        assertThat(done(store.getEvents(stream, from, to, limit))).isEqualTo(keptWhere(
                event -> event.stream().equals(stream) && from <= event.sequenceNr() && event.sequenceNr() <= to)
                .stream()
                .limit(limit)
                .toList());
    }

    private void readBackwards(StreamId stream) {
        long from = random.nextLong(version(stream) + 3);
        int limit = 1 + random.nextInt(12);
        assertThat(done(store.getEventsBackwards(stream, from, limit)))
                .isEqualTo(keptWhere(event -> event.stream().equals(stream) && event.sequenceNr() <= from)
                        .reversed()
                        .stream()
                        .limit(limit)
                        .toList());
    }

    private void readAll(EventFilter filter) {
        Position after = positions.get(random.nextInt(positions.size()));
        assertThat(readAll(filter, after, 1 + random.nextInt(50))).isEqualTo(
                keptWhere(event -> event.position().compareTo(after) > 0 && filter.matches(event)));
    }

    private void readEnds(StreamId stream) {
        assertThat(done(store.highestSequenceNr(stream))).isEqualTo(version(stream));
        assertThat(done(store.lastPosition())).isEqualTo(positions.getLast());
        assertThat(done(store.getStreams(null, 10)))
                .isEqualTo(STREAMS.stream().filter(each -> version(each) > 0).sorted().toList());
        assertThat(store.stats().events()).isEqualTo(kept.size());
    }
}

package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.Appended;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventReader;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What writers and readers on several threads can rely on. */
@Guarantee({"G2", "G3", "G4"})
abstract class ConcurrencyConformance extends StoreConformance {

    private static final int THREADS = 4;

    ConcurrencyConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    @Test
    void of_writers_that_expect_the_same_version_one_wins() {
        int versions = 100;
        Map<Long, String> winners = new ConcurrentHashMap<>();
        List<String> twice = new ArrayList<>();

        done(together(THREADS, thread -> {
            for (long version = 0; version < versions; version++) {
                String text = "thread " + thread + " at " + version;
                try {
                    Appended won = done(appending(ANNA, ExpectedVersion.exactly(version), text));
                    if (winners.put(won.lastSequenceNr(), text) != null) {
                        synchronized (twice) {
                            twice.add(text);
                        }
                    }
                } catch (VersionConflictException lost) {
                    assertThat(lost.actual()).isGreaterThan(version);
                }
            }
        }));

        assertThat(twice).as("won what another had won").isEmpty();
        assertThat(winners).hasSize(versions);
        List<StoredEvent> stored = read(ANNA);
        assertThat(sequenceNrs(stored)).isEqualTo(numbersTo(versions));
        assertThat(stored).allSatisfy(
                event -> assertThat(texts(List.of(event))).containsExactly(winners.get(event.sequenceNr())));
    }

    @Test
    void writers_that_expect_nothing_all_get_their_place() {
        int appends = 150;
        done(together(THREADS, thread -> {
            for (int i = 0; i < appends; i++) {
                append(ANNA, thread + " " + i + " first", thread + " " + i + " second");
            }
        }));

        List<StoredEvent> stored = read(ANNA);
        assertThat(sequenceNrs(stored)).isEqualTo(numbersTo(2L * THREADS * appends));
        List<String> texts = texts(stored);
        for (int i = 0; i < texts.size(); i += 2) {
            assertThat(texts.get(i + 1)).as("nothing comes between records of one append")
                    .isEqualTo(texts.get(i).replace("first", "second"));
        }
        for (int thread = 0; thread < THREADS; thread++) {
            String own = thread + " ";
            assertThat(texts.stream().filter(text -> text.startsWith(own) && text.endsWith("first")))
                    .containsExactlyElementsOf(IntStream.range(0, appends).mapToObj(i -> own + i + " first").toList());
        }
    }

    @Test
    void writers_of_many_streams_do_not_mix() {
        int streams = 100;
        done(together(THREADS, thread -> {
            for (int i = 0; i < streams; i++) {
                append(StreamId.of("account", thread + "-" + i), thread + "-" + i + " a", thread + "-" + i + " b");
            }
        }));

        assertThat(done(store.getStreams(null, EventReader.MAX_PAGE))).hasSize(THREADS * streams);
        assertThat(store.stats().streams()).isEqualTo((long) THREADS * streams);
        for (int thread = 0; thread < THREADS; thread++) {
            for (int i = 0; i < streams; i++) {
                String id = thread + "-" + i;
                assertThat(texts(read(StreamId.of("account", id)))).containsExactly(id + " a", id + " b");
            }
        }
    }

    @Test
    void nothing_appears_behind_what_a_reader_of_all_events_has_seen() {
        int appends = 400;
        CompletableFuture<Void> writers = together(THREADS, thread -> {
            for (int i = 0; i < appends; i++) {
                append(StreamId.of("account", "of thread " + thread), "a", "b");
            }
        });

        List<StoredEvent> seen = new ArrayList<>();
        AtomicReference<Position> position = new AtomicReference<>(Position.START);
        eventually("the reader sees all", () -> {
            EventPage page = done(store.getAllEvents(EventFilter.all(), position.get(), 100));
            seen.addAll(page.events());
            position.set(page.next());
            return seen.size() >= 2 * THREADS * appends;
        });
        done(writers);

        assertThat(seen).isEqualTo(readAll()).doesNotHaveDuplicates();
        assertThat(seen).extracting(StoredEvent::position).isSortedAccordingTo(Comparator.naturalOrder());
    }

    @Test
    void position_order_is_the_order_of_completed_appends() {
        List<Position> completed = new ArrayList<>();
        CompletableFuture<Void> others = together(THREADS - 1, thread -> {
            for (int i = 0; i < 200; i++) {
                append(StreamId.of("account", "of thread " + thread), "a");
            }
        });
        for (int i = 0; i < 200; i++) {
            completed.add(append(i % 2 == 0 ? ANNA : BERT, "b").lastPosition());
        }
        done(others);

        assertThat(completed).isSortedAccordingTo(Comparator.naturalOrder());
        assertThat(readAll()).hasSize(200 * THREADS).extracting(StoredEvent::position).containsAll(completed);
    }

    @Test
    void a_reader_beside_a_writer_sees_whole_appends_in_order() {
        int appends = 300;
        CompletableFuture<Void> writer = together(1, thread -> {
            for (int i = 0; i < appends; i++) {
                append(ANNA, "a", "b", "c");
            }
        });

        eventually("the reader sees all", () -> {
            List<StoredEvent> seen = read(ANNA);
            assertThat(sequenceNrs(seen)).isEqualTo(numbersTo(seen.size()));
            assertThat(seen.size() % 3).as("records of an append are seen together").isZero();
            assertThat(done(store.highestSequenceNr(ANNA))).isGreaterThanOrEqualTo(seen.size());
            return seen.size() == 3 * appends;
        });
        done(writer);
    }

    @Test
    void what_one_thread_has_appended_every_thread_reads() {
        done(together(THREADS, thread -> {
            for (int i = 1; i <= 50; i++) {
                long version = append(StreamId.of("account", "of thread " + thread), "a").lastSequenceNr();
                assertThat(version).isEqualTo(i);
                done(together(1, other -> assertThat(read(StreamId.of("account", "of thread " + thread))).hasSize(
                        (int) version)));
            }
        }));
    }
}

package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.Append;
import dev.allframe.store.AppendOutcome;
import dev.allframe.store.Appended;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a writer of many appends at once can rely on. */
@Guarantee({"G2", "G3"})
abstract class AppendEachConformance extends StoreConformance {

    AppendEachConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    private static Append asking(StreamId stream, ExpectedVersion expected, String... texts) {
        return new Append(stream, expected, "conformance", Arrays.stream(texts).map(StoreConformance::event).toList());
    }

    private CompletionStage<List<AppendOutcome>> appendingEach(Append... appends) {
        CompletableFuture<List<AppendOutcome>> outcomes = new CompletableFuture<>();
        store.appendEach(List.of(appends), outcomes::complete);
        return outcomes;
    }

    private static Appended stored(AppendOutcome outcome) {
        assertThat(outcome).isInstanceOf(AppendOutcome.Stored.class);
        return ((AppendOutcome.Stored) outcome).appended();
    }

    private static void assertFailed(AppendOutcome outcome, Class<? extends Throwable> type) {
        assertThat(outcome).isInstanceOf(AppendOutcome.Failed.class);
        assertThat(((AppendOutcome.Failed) outcome).reason()).isExactlyInstanceOf(type);
    }

    @Test
    void each_append_has_its_own_outcome_whatever_becomes_of_the_others() {
        append(ANNA, "a");

        List<AppendOutcome> outcomes = done(appendingEach(asking(BERT, ExpectedVersion.noStream(), "b", "c"),
                asking(ANNA, ExpectedVersion.exactly(7), "never"),
                asking(BERT, ExpectedVersion.any(), "x".repeat(2 * MAX_RECORD_BYTES)),
                asking(ANNA, ExpectedVersion.exactly(1), "d")));

        assertThat(outcomes).hasSize(4);
        List<StoredEvent> all = readAll();
        assertThat(stored(outcomes.getFirst())).isEqualTo(new Appended(BERT, 1, 2, all.get(2).position()));
        assertFailed(outcomes.get(1), VersionConflictException.class);
        assertFailed(outcomes.get(2), RecordTooLargeException.class);
        assertThat(stored(outcomes.getLast())).isEqualTo(new Appended(ANNA, 2, 2, all.get(3).position()));
        assertThat(texts(all)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void an_append_sees_those_before_it() {
        List<AppendOutcome> outcomes = done(appendingEach(asking(ANNA, ExpectedVersion.noStream(), "a"),
                asking(ANNA, ExpectedVersion.exactly(1), "b", "c"), asking(ANNA, ExpectedVersion.exactly(1), "never"),
                asking(ANNA, ExpectedVersion.exactly(3), "d")));

        assertFailed(outcomes.get(2), VersionConflictException.class);
        assertThat(stored(outcomes.getLast()).firstSequenceNr()).isEqualTo(4);
        assertThat(texts(read(ANNA))).containsExactly("a", "b", "c", "d");
    }

    @Test
    void very_many_are_stored_in_their_order() {
        List<Append> many = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            many.add(asking(StreamId.of("account", "s" + i % 100), ExpectedVersion.exactly(i / 100), "e" + i));
        }

        List<AppendOutcome> outcomes = done(appendingEach(many.toArray(Append[]::new)));

        assertThat(outcomes).hasSize(20_000).allMatch(AppendOutcome.Stored.class::isInstance);
        List<String> texts = texts(readAll());
        for (int i = 0; i < 20_000; i++) {
            assertThat(texts.get(i)).isEqualTo("e" + i);
        }
    }

    @Test
    void one_thread_s_calls_take_effect_in_their_order() {
        CompletionStage<Appended> first = appending(ANNA, ExpectedVersion.exactly(0), "a");
        CompletionStage<List<AppendOutcome>> second = appendingEach(asking(ANNA, ExpectedVersion.exactly(1), "b"));
        CompletionStage<Long> seen = store.highestSequenceNr(ANNA);
        CompletionStage<Appended> third = appending(ANNA, ExpectedVersion.exactly(2), "c");

        assertThat(done(third).lastSequenceNr()).isEqualTo(3);
        assertThat(done(seen)).isBetween(2L, 3L);
        assertThat(stored(done(second).getFirst()).lastSequenceNr()).isEqualTo(2);
        assertThat(done(first).lastSequenceNr()).isEqualTo(1);
    }

    @Test
    void of_none_the_answer_is_none() {
        assertThat(done(appendingEach())).isEmpty();

        append(ANNA, "a");
        assertThat(texts(readAll())).containsExactly("a");
    }

    @Test
    void a_receiver_that_throws_spoils_nothing() {
        AtomicInteger told = new AtomicInteger();
        store.appendEach(List.of(asking(ANNA, ExpectedVersion.any(), "a")), outcomes -> {
            told.incrementAndGet();
            throw new IllegalStateException("planted");
        });

        assertThat(done(appendingEach(asking(ANNA, ExpectedVersion.exactly(1), "b")))).hasSize(1);
        assertThat(told).hasValue(1);
        assertThat(texts(read(ANNA))).containsExactly("a", "b");
    }

    @Test
    void a_closed_store_refuses_all() {
        store.close();

        List<AppendOutcome> outcomes = done(appendingEach(asking(ANNA, ExpectedVersion.any(), "a"),
                asking(BERT, ExpectedVersion.any(), "b")));

        assertThat(outcomes).hasSize(2);
        outcomes.forEach(outcome -> assertFailed(outcome, StoreClosedException.class));
    }

    @Test
    @SuppressWarnings("NullAway") // on purpose
    void a_null_is_refused_at_the_call() {
        assertThatNullPointerException().isThrownBy(() -> store.appendEach(null, outcomes -> {}))
                .withMessage("appends");
        assertThatNullPointerException().isThrownBy(() -> store.appendEach(List.of(), null)).withMessage("answer");

        append(ANNA, "a");
        assertThat(texts(readAll())).containsExactly("a");
    }
}

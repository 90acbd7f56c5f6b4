package dev.allframe.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.projection.ReactionType.Begin;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReactionTypeTest {

    record Ask() implements Command {}

    @Stored("done")
    record Done() implements Event {}

    @Stored("state")
    record State() {}

    private static final AggregateType<Ask, Done, State> THING = AggregateType.named("thing", Ask.class, Done.class,
            State.class, new Aggregate<>() {
                @Override
                public State initialState() {
                    return new State();
                }

                @Override
                public Decision<Done> decide(State state, Ask command) {
                    return Decision.noChange();
                }

                @Override
                public State evolve(State state, Done event) {
                    return state;
                }
            });

    private static final Reaction<Done> NOTHING = (event, info) -> CompletableFuture.completedFuture(null);

    private final ReactionType mails = ReactionType.named("mails").from(THING, NOTHING);

    @Test
    void where_it_begins_must_be_said() {
        assertThat(mails.problems())
                .containsExactly("reaction 'mails' does not say where it begins: add .fromNow() or .fromStart()");
        assertThatThrownBy(mails::begin).isInstanceOf(IllegalStateException.class);
        assertThat(mails.fromNow().problems()).isEmpty();
        assertThat(mails.fromNow().begin()).isEqualTo(Begin.NOW);
        assertThat(mails.fromStart().begin()).isEqualTo(Begin.START);
    }

    @Test
    void all_problems_are_reported_at_once() {
        ReactionType wrong = ReactionType.named("No Name")
                .fromNow()
                .parallel(0)
                .unsaved(0)
                .within(Duration.ZERO)
                .retry(Duration.ofSeconds(2), Duration.ofSeconds(1), 0);

        assertThat(wrong.problems()).hasSize(7);
        assertThat(mails.from(THING, NOTHING).fromNow().problems())
                .containsExactly("reaction 'mails' reads aggregate 'thing' twice");
    }

    @Test
    void pauses_grow_from_the_least_to_the_most() {
        ReactionType retrying = mails.retry(Duration.ofMillis(100), Duration.ofMillis(350), 5);

        assertThat(retrying.pauseAfter(1)).isEqualTo(Duration.ofMillis(100));
        assertThat(retrying.pauseAfter(2)).isEqualTo(Duration.ofMillis(200));
        assertThat(retrying.pauseAfter(3)).isEqualTo(Duration.ofMillis(350));
        assertThat(retrying.pauseAfter(Integer.MAX_VALUE)).isEqualTo(Duration.ofMillis(350));
        assertThat(retrying.attempts()).isEqualTo(5);
    }

    @Test
    void an_idempotency_key_names_one_event_of_the_store() {
        StreamId stream = StreamId.of("thing", "t-1");
        EventMetadata metadata = EventMetadata.at(Instant.EPOCH);

        assertThat(new ReactionInfo(stream, 7, 1, Position.START, metadata).idempotencyKey()).isEqualTo("thing|t-1#7");
        assertThat(new ReactionInfo(stream, 7, 2, Position.START, metadata).idempotencyKey())
                .isEqualTo("thing|t-1#7.2");
    }
}

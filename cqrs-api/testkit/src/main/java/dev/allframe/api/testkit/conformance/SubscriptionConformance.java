package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.EventFilter;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.ForeignPositionException;
import dev.allframe.store.Position;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.Subscription;
import dev.allframe.store.VersionConflictException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link Subscription} over the backend. */
@Guarantee("G3")
abstract class SubscriptionConformance extends StoreConformance {

    private final List<StoredEvent> delivered = Collections.synchronizedList(new ArrayList<>());
    private final List<Subscription> subscriptions = new ArrayList<>();

    SubscriptionConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    private Subscription subscribe(EventFilter filter, Position after) {
        Subscription subscription = Subscription.start(store, filter, after, delivered::add);
        subscriptions.add(subscription);
        return subscription;
    }

    @AfterEach
    void close_the_subscriptions() {
        subscriptions.forEach(Subscription::close);
    }

    private List<String> deliveredTexts() {
        return texts(List.copyOf(delivered));
    }

    private void awaitDelivered(String... expected) {
        eventually("deliveries", () -> delivered.size() >= expected.length);
        assertThat(deliveredTexts()).containsExactly(expected);
    }

    @Test
    void history_comes_first_and_then_what_is_appended() {
        append(ANNA, "1", "2");
        Subscription subscription = subscribe(EventFilter.all(), Position.START);
        awaitDelivered("1", "2");

        append(BERT, "3");
        awaitDelivered("1", "2", "3");
        Position last = append(ANNA, "4").lastPosition();
        awaitDelivered("1", "2", "3", "4");

        assertThat(delivered).isEqualTo(readAll());
        eventually("the position follows", () -> subscription.position().equals(last));
    }

    @Test
    void an_empty_store_can_be_subscribed_to() {
        subscribe(EventFilter.all(), Position.START);

        append(ANNA, "1");

        awaitDelivered("1");
    }

    @Test
    void the_hand_over_from_history_to_live_has_no_gap_and_no_duplicate() {
        int threads = 4;
        int appends = 700;
        AtomicInteger done = new AtomicInteger();
        CompletableFuture<Void> writers = together(threads, thread -> {
            for (int i = 0; i < appends; i++) {
                append(StreamId.of("account", "of thread " + thread), "first", "second");
                done.incrementAndGet();
            }
        });
        eventually("some history", () -> done.get() >= appends);

        subscribe(EventFilter.all(), Position.START);
        eventually("all is delivered", () -> delivered.size() >= 2 * threads * appends);
        done(writers);

        assertThat(delivered).hasSize(2 * threads * appends).isEqualTo(readAll());
    }

    @Test
    void several_subscriptions_see_the_same() {
        List<StoredEvent> others = Collections.synchronizedList(new ArrayList<>());
        subscribe(EventFilter.all(), Position.START);
        subscriptions.add(Subscription.start(store, EventFilter.all(), Position.START, others::add));

        for (int i = 0; i < 100; i++) {
            append(i % 2 == 0 ? ANNA : BERT, "event " + i);
        }

        eventually("all is delivered", () -> delivered.size() >= 100 && others.size() >= 100);
        assertThat(delivered).isEqualTo(readAll());
        assertThat(others).isEqualTo(readAll());
    }

    @Test
    void a_subscription_begins_behind_its_position() {
        append(ANNA, "1");
        Position seen = append(ANNA, "2").lastPosition();
        append(ANNA, "3");

        subscribe(EventFilter.all(), seen);
        append(ANNA, "4");

        awaitDelivered("3", "4");
    }

    @Test
    void a_subscription_goes_on_where_another_was_closed() {
        append(ANNA, "1", "2");
        Subscription first = subscribe(EventFilter.all(), Position.START);
        awaitDelivered("1", "2");
        first.close();
        done(first.ended());
        append(BERT, "3");

        subscribe(EventFilter.all(), first.position());

        awaitDelivered("1", "2", "3");
    }

    @Test
    void a_subscription_delivers_what_its_filter_wants() {
        append(ANNA, "1");
        append(StreamId.of("transfer", "t"), "2");
        subscribe(EventFilter.entityType("transfer"), Position.START);

        append(BERT, "3");
        append(StreamId.of("transfer", "t"), "4");

        awaitDelivered("2", "4");
    }

    @Test
    void a_refused_append_is_never_delivered() {
        subscribe(EventFilter.all(), Position.START);
        append(ANNA, "1");
        for (int i = 0; i < 20; i++) {
            refused(VersionConflictException.class, appending(ANNA, ExpectedVersion.noStream(), "stale"));
            refused(RecordTooLargeException.class,
                    appending(ANNA, ExpectedVersion.any(), "not alone", "x".repeat(MAX_RECORD_BYTES + 1)));
        }
        append(ANNA, "2");

        awaitDelivered("1", "2");
    }

    @Test
    void what_the_consumer_throws_ends_the_subscription() {
        append(ANNA, "1", "2", "3");
        Subscription subscription = Subscription.start(store, EventFilter.all(), Position.START, event -> {
            if (event.sequenceNr() == 2) {
                throw new IllegalStateException("the consumer fails");
            }
            delivered.add(event);
        });
        subscriptions.add(subscription);

        assertThat(refused(IllegalStateException.class, subscription.ended())).hasMessage("the consumer fails");
        append(ANNA, "4");

        assertThat(deliveredTexts()).containsExactly("1");
        assertThat(subscription.position()).isEqualTo(readAll().getFirst().position());
    }

    @Test
    void a_closed_subscription_delivers_nothing_more() {
        Subscription subscription = subscribe(EventFilter.all(), Position.START);
        append(ANNA, "1");
        awaitDelivered("1");

        subscription.close();
        done(subscription.ended());
        append(ANNA, "2");
        subscribe(EventFilter.all(), readAll().getFirst().position());

        awaitDelivered("1", "2");
    }

    @Test
    void a_subscription_ends_when_its_store_is_closed() {
        Subscription subscription = subscribe(EventFilter.all(), Position.START);
        append(ANNA, "1");
        awaitDelivered("1");

        store.close();

        refused(StoreClosedException.class, subscription.ended());
    }

    @Test
    @Guarantee("G10")
    void a_subscription_behind_a_position_of_another_store_fails() {
        append(ANNA, "1");
        Position own = done(store.lastPosition());

        Subscription subscription = subscribe(EventFilter.all(), new Position("no store", 0, 0, own.index()));

        refused(ForeignPositionException.class, subscription.ended());
        assertThat(delivered).isEmpty();
    }
}

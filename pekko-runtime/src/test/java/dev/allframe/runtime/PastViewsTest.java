package dev.allframe.runtime;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.CommandBusConformance.newId;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.take;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.AsOf;
import dev.allframe.projection.Folding;
import dev.allframe.projection.PastView;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.projection.ViewComparison;
import dev.allframe.projection.ViewComparison.Difference;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.ForeignPositionException;
import dev.allframe.store.History;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** States, and rows of views, as they were; and served rows beside those that events make today. */
final class PastViewsTest {

    record Purse(BigDecimal amount) {}

    record Seen(long number) {}

    /** What nobody knows of a pure handler. */
    private static final AtomicLong CALLS = new AtomicLong();
    private static final AtomicReference<String> POISON = new AtomicReference<>("");

    private static final ProjectionType<String, Purse> PURSES = ProjectionType
            .named("purses", version(1), String.class, Purse.class)
            .from(WALLET, (event, info) -> switch (event) {
                case WalletEvent.WasPut(var amount, var note) -> upsert(info.id(), new Purse(BigDecimal.ZERO),
                        purse -> new Purse(purse.amount().add(amount)));
                case WalletEvent.WasTaken(var amount) -> upsert(info.id(), new Purse(BigDecimal.ZERO),
                        purse -> new Purse(purse.amount().subtract(amount)));
                case WalletEvent.Exploded exploded -> none();
            });

    private static final ProjectionType<String, Seen> COUNTING = ProjectionType
            .named("counting", version(1), String.class, Seen.class)
            .from(WALLET, (event, info) -> upsert(info.id(), new Seen(0), seen -> new Seen(CALLS.incrementAndGet())));

    private static final ProjectionType<String, Seen> CLOCK = ProjectionType
            .named("clock", version(1), String.class, Seen.class)
            .from(WALLET, (event, info) -> upsert(info.id(), new Seen(0), seen -> new Seen(System.nanoTime())));

    private static final ProjectionType<String, Seen> PARKING = ProjectionType
            .named("parking", version(1), String.class, Seen.class)
            .from(WALLET, (event, info) -> {
                if (POISON.get().equals(info.id() + "#" + info.sequenceNr())) {
                    throw new IllegalStateException("poison");
                }
                return upsert(info.id(), new Seen(0), seen -> new Seen(seen.number() + info.sequenceNr()));
            })
            .perStream()
            .parkFailures();

    /**
     * Stands, but for the tests that say how late it is. A class of its own: AllFrame asks for it from other threads.
     */
    private static final class Adjusted implements InstantSource {

        private static final AtomicReference<Instant> NOW = new AtomicReference<>(
                Instant.parse("2026-01-01T00:00:00Z"));

        @Override
        public Instant instant() {
            return NOW.get();
        }
    }

    private static final AllFrame ALL_FRAME = AllFrame
            .standalone("past", ConfigFactory.parseString("allframe.storage = memory")
                    .withFallback(ConfigFactory.load()))
            .clock(new Adjusted().withZone(ZoneOffset.UTC))
            .aggregate(WALLET)
            .projection(PURSES)
            .projection(COUNTING)
            .projection(CLOCK)
            .projection(PARKING)
            .start();

    @AfterAll
    static void end() {
        ALL_FRAME.close();
    }

    private static CommandResult.Accepted<WalletEvent> pay(String id, long amount) {
        return ALL_FRAME.commands().dispatchAndWait(WALLET, id, put(amount)).orThrow();
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static void later(Duration time) {
        Adjusted.NOW.updateAndGet(now -> now.plus(time));
    }

    private static void seen(ProjectionType<?, ?> view, ConsistencyToken token) {
        assertThat(done(ALL_FRAME.view(view).await(token, Duration.ofSeconds(30))))
                .isInstanceOf(ViewAnswer.Seen.class);
    }

    private static PastView<String, Purse> purses(AsOf asOf) {
        return done(ALL_FRAME.asOf(PURSES, asOf));
    }

    @Test
    void who_writes_meanwhile_holds_up_no_view_of_the_past_and_is_not_seen_by_it() {
        String id = newId();
        pay(id, 1);

        // Each event that is folded is followed by another, which is behind the end.
        try (PastView<String, Purse> past = purses(AsOf.now().where((event, info) -> {
            pay(id, 1);
            return true;
        }))) {
            assertThat(past.get(id)).contains(new Purse(BigDecimal.ONE));
        }
    }

    @Test
    void a_position_of_another_store_is_refused() {
        Position foreign = Position.parse(done(ALL_FRAME.backend().lastPosition()).asText()
                .replace(ALL_FRAME.backend().storeId(), "another"));

        assertThatThrownBy(() -> purses(AsOf.position(foreign)))
                .hasRootCauseInstanceOf(ForeignPositionException.class);
    }

    @Test
    void an_instance_has_the_state_that_it_had() {
        String id = newId();
        pay(id, 1);
        Instant first = Adjusted.NOW.get();
        later(Duration.ofHours(1));
        pay(id, 2);
        History<?> history = ALL_FRAME.history(WALLET, id);

        assertThat(history.at(0)).isEmpty();
        assertThat(history.at(first.minusMillis(1))).isEmpty();
        assertThat(history.at(first)).isEqualTo(history.at(1)).get().extracting("sequenceNr").isEqualTo(1L);
        assertThat(history.at(1).get().storedAt()).isEqualTo(first);
        assertThat(history.at(2)).isEqualTo(history.now()).isEqualTo(history.at(99)).isEqualTo(history.at(Instant.MAX));
        assertThat(history.at(1).get().state()).isNotEqualTo(history.now().get().state());
        assertThat(ALL_FRAME.history(WALLET, newId()).now()).isEmpty();
    }

    @Test
    void a_view_is_folded_as_it_was_at_a_moment_at_a_place_and_by_a_condition() {
        String id = newId();
        pay(id, 1);
        Instant before = Adjusted.NOW.get();
        later(Duration.ofHours(1));
        CommandResult.Accepted<WalletEvent> second = pay(id, 2);
        pay(id, 4);
        ALL_FRAME.commands().dispatchAndWait(WALLET, id, take(3)).orThrow();

        try (PastView<String, Purse> past = purses(AsOf.stored(before));
                PastView<String, Purse> now = purses(AsOf.now())) {
            assertThat(past.get(id)).contains(new Purse(BigDecimal.valueOf(1)));
            assertThat(now.get(id)).contains(new Purse(BigDecimal.valueOf(4)));
            assertThat(now.count()).isGreaterThanOrEqualTo(past.count());
        }
        try (PastView<String, Purse> past = purses(AsOf.position(done(ALL_FRAME.backend()
                .getEvent(StreamId.of(WALLET.name(), id), second.token().sequenceNr())).get().position()))) {
            assertThat(past.get(id)).contains(new Purse(BigDecimal.valueOf(3)));
        }
        try (PastView<String, Purse> puts = purses(AsOf.now()
                .where((event, info) -> event instanceof WalletEvent.WasPut)
                .where((event, info) -> info.sequenceNr() > 1))) {
            assertThat(puts.get(id)).contains(new Purse(BigDecimal.valueOf(6)));
        }
    }

    @Test
    void a_view_of_the_past_leaves_nothing_and_tells_how_far_it_is() {
        pay(newId(), 1);
        List<Folding> told = new ArrayList<>();

        PastView<String, Purse> past = done(ALL_FRAME.asOf(PURSES, AsOf.now(), told::add));
        past.close();
        past.close();

        assertThat(told).isNotEmpty();
        assertThat(told.getLast().share()).isEqualTo(1);
        assertThat(ALL_FRAME.projections().describe()).extracting(ProjectionMetadata::state)
                .doesNotContain(ProjectionState.UNREGISTERED);
    }

    @Test
    void a_view_that_fails_at_an_event_of_the_past_says_at_which() {
        String id = newId();
        pay(id, 1);
        ProjectionType<String, Purse> failing = ProjectionType
                .named("failing", version(1), String.class, Purse.class)
                .from(WALLET, (event, info) -> {
                    throw new IllegalStateException("never");
                });

        assertThatThrownBy(() -> done(ALL_FRAME.asOf(failing, AsOf.now()))).isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("view 'failing' fails at event ")
                .hasMessageContaining("never");
    }

    private static ViewComparison verify(ProjectionType<?, ?> view) {
        return done(ALL_FRAME.projections().verify(view.name(), 10, progress -> {}));
    }

    @Test
    void served_rows_that_events_make_again_are_the_same() {
        ConsistencyToken token = pay(newId(), 1).token();
        seen(PURSES, token);

        ViewComparison same = verify(PURSES);

        assertThat(same.isSame()).isTrue();
        assertThat(same.digest()).isEqualTo(same.otherDigest())
                .isEqualTo(ALL_FRAME.projections()
                        .describe("purses")
                        .digest());
        assertThat(same.rows()).isEqualTo(same.otherRows()).isPositive();
        assertThat(same.differences()).isEmpty();
    }

    @Test
    void a_handler_that_is_not_pure_or_reads_the_clock_is_found() {
        String id = newId();
        ConsistencyToken token = pay(id, 1).token();
        seen(COUNTING, token);
        seen(CLOCK, token);

        for (ProjectionType<String, Seen> view : List.of(COUNTING, CLOCK)) {
            ViewComparison found = verify(view);
            assertThat(found.isSame()).isFalse();
            assertThat(found.different()).isEqualTo(found.rows());
            assertThat(found.differences()).hasSizeLessThanOrEqualTo(10).allSatisfy(difference -> {
                assertThat(difference.row()).isInstanceOf(Seen.class);
                assertThat(difference.otherRow()).isInstanceOf(Seen.class).isNotEqualTo(difference.row());
            });
            assertThat(found.differences()).extracting(Difference::key).doesNotHaveDuplicates();
        }
        assertThat(done(ALL_FRAME.projections().verify("clock", 0, progress -> {})).differences()).isEmpty();
    }

    @Test
    void streams_that_are_parked_and_events_that_are_left_out_are_no_difference() {
        String parked = newId();
        String skipped = newId();
        pay(parked, 1);
        POISON.set(parked + "#2");
        pay(parked, 2);
        ConsistencyToken last = pay(parked, 3).token();
        ConsistencyToken other = pay(skipped, 1).token();
        seen(PARKING, other);
        await().untilAsserted(() -> assertThat(ALL_FRAME.projections().describe("parking").parked()).isEqualTo(1));
        assertThat(last.sequenceNr()).isEqualTo(3);

        assertThat(verify(PARKING).isSame()).isTrue();

        done(ALL_FRAME.projections()
                .skip("parking", StreamId.of(WALLET.name(), parked), 2,
                        Order.of("the test", "it is poison")));
        await().untilAsserted(() -> assertThat(ALL_FRAME.view(PARKING).get(parked)).contains(new Seen(4)));
        assertThat(verify(PARKING).isSame()).isTrue();
        try (PastView<String, Seen> now = done(ALL_FRAME.asOf(PARKING, AsOf.now()))) {
            assertThat(now.get(parked)).isEqualTo(Optional.of(new Seen(4)));
        }
    }

    @Test
    void what_cannot_be_verified_is_told() {
        assertThatThrownBy(() -> ALL_FRAME.projections().verify("nothing", 1, progress -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no view 'nothing'");
        assertThatThrownBy(() -> ALL_FRAME.projections().verify("purses", -1, progress -> {}))
                .hasMessageContaining("0 or more");
    }
}

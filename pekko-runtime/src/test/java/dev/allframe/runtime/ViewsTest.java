package dev.allframe.runtime;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.update;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.CommandBusConformance.newId;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.take;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.api.testkit.fixture.WatchProbe;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionMetadata.StoredGeneration;
import dev.allframe.projection.ProjectionRegistry;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Views beside real actors, on the storage in memory. */
@Guarantee({"G6", "G7"})
final class ViewsTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Order ORDER = Order.of("the test", "to see what happens");

    record Purse(BigDecimal amount, String lastNote) {}

    static final Index<Purse, String> NOTE = Index.on("note", Purse::lastNote, Keys.STRING);

    /** Wallets whose events fail in the view that stands before them. */
    private static final Set<String> STOPPING = ConcurrentHashMap.newKeySet();

    /** Wallets whose events fail in the view that parks them. */
    private static final Set<String> PARKED = ConcurrentHashMap.newKeySet();

    static final ProjectionType<String, Purse> PURSES = ProjectionType
            .named("purses", version(1), String.class, Purse.class)
            .indexedBy(NOTE)
            .from(WALLET, ViewsTest::onWallet);

    static final ProjectionType<String, Purse> STANDING = ProjectionType
            .named("standing", version(1), String.class, Purse.class)
            .from(WALLET, (event, info) -> poisoned(STOPPING, event, info));

    static final ProjectionType<String, Purse> PARKING = ProjectionType
            .named("parking", version(1), String.class, Purse.class)
            .from(WALLET, (event, info) -> poisoned(PARKED, event, info))
            .perStream()
            .parkFailures();

    static final ProjectionType<String, Purse> LEAVING = ProjectionType
            .named("leaving", version(1), String.class, Purse.class)
            .from(WALLET, ViewsTest::onWallet);

    private static Change<String, Purse> onWallet(WalletEvent event, EventInfo info) {
        return switch (event) {
            case WalletEvent.WasPut(var amount, var note) -> upsert(info.id(), new Purse(BigDecimal.ZERO, ""),
                    purse -> new Purse(purse.amount().add(amount), note));
            case WalletEvent.WasTaken(var amount) ->
                update(info.id(), purse -> new Purse(purse.amount().subtract(amount), "taken"));
            case WalletEvent.Exploded exploded -> none();
        };
    }

    private static Change<String, Purse> poisoned(Set<String> poison, WalletEvent event, EventInfo info) {
        if (poison.contains(info.id())) {
            throw new IllegalStateException("poison");
        }
        return onWallet(event, info);
    }

    private static final AllFrame ALL_FRAME = AllFrame
            .standalone("views", ConfigFactory.parseString("allframe.storage = memory")
                    .withFallback(ConfigFactory.load()))
            .aggregate(WALLET)
            .projection(PURSES)
            .projection(STANDING)
            .projection(PARKING)
            .projection(LEAVING)
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

    private static ProjectionMetadata described(ProjectionType<?, ?> type) {
        return ALL_FRAME.projections().describe(type.name());
    }

    private static void awaitState(ProjectionType<?, ?> type, ProjectionState state) {
        await().atMost(LONG).untilAsserted(() -> assertThat(described(type).state()).isEqualTo(state));
    }

    @Test
    void whoever_presents_the_token_of_a_command_sees_what_it_has_done() {
        View<String, Purse> view = ALL_FRAME.view(PURSES);
        String id = newId();
        for (int i = 1; i <= 100; i++) {
            CommandResult.Accepted<WalletEvent> paid = pay(id, 1);

            ViewAnswer<Optional<Purse>> answer = done(view.get(id, paid.token(), LONG));

            assertThat(answer).isEqualTo(new ViewAnswer.Seen<>(Optional.of(new Purse(BigDecimal.valueOf(i), "note"))));
        }
        assertThat(view.by(NOTE, "note").keys()).contains(id);
    }

    @Test
    void many_who_wait_at_once_all_see_their_own_commands() {
        View<String, Purse> view = ALL_FRAME.view(PURSES);
        List<CompletableFuture<ViewAnswer<Optional<Purse>>>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String id = newId();
            answers.add(ALL_FRAME.commands()
                    .dispatch(WALLET, id, put(7))
                    .thenCompose(result -> view.get(id, result.orThrow().token(), LONG))
                    .toCompletableFuture());
        }

        for (CompletableFuture<ViewAnswer<Optional<Purse>>> answer : answers) {
            assertThat(done(answer))
                    .isEqualTo(new ViewAnswer.Seen<>(Optional.of(new Purse(BigDecimal.valueOf(7), "note"))));
        }
    }

    @Test
    void tokens_that_no_event_stands_behind_are_answered() {
        View<String, Purse> view = ALL_FRAME.view(PURSES);
        StreamId stream = StreamId.of("wallet", newId());
        String store = ALL_FRAME.backend().storeId();

        assertThat(done(view.await(new ConsistencyToken("another", stream, 1), LONG)))
                .isInstanceOfSatisfying(ViewAnswer.Never.class,
                        never -> assertThat(never.reason()).contains("another"));
        assertThat(done(view.await(new ConsistencyToken(store, stream, 0), LONG))).isInstanceOf(ViewAnswer.Seen.class);
        assertThat(done(view.await(List.of(), LONG))).isInstanceOf(ViewAnswer.Seen.class);
        assertThat(done(view.await(new ConsistencyToken(store, stream, 1), Duration.ofMillis(50))))
                .isInstanceOf(ViewAnswer.NotYet.class);
        assertThat(done(view.await(ALL_FRAME.commands().dispatchAndWait(WALLET, newId(), take(1)), LONG)))
                .as("a refused command")
                .isInstanceOf(ViewAnswer.Seen.class);
    }

    @Test
    void a_token_is_awaited_before_its_event_is_stored_and_after_it_was_deleted() {
        View<String, Purse> view = ALL_FRAME.view(PURSES);
        String id = newId();
        StreamId stream = StreamId.of("wallet", id);
        CompletableFuture<ViewAnswer<Position>> early = view
                .await(new ConsistencyToken(ALL_FRAME.backend().storeId(), stream, 2), LONG)
                .toCompletableFuture();
        pay(id, 1);
        CommandResult.Accepted<WalletEvent> second = pay(id, 1);

        assertThat(done(early)).isInstanceOf(ViewAnswer.Seen.class);
        assertThat(view.get(id)).contains(new Purse(BigDecimal.TWO, "note"));
        done(ALL_FRAME.backend().deleteEventsTo(stream, 2));
        assertThat(done(view.await(second.token(), LONG))).isInstanceOf(ViewAnswer.Seen.class);
    }

    @Test
    void a_view_that_stands_says_so_at_once_and_goes_on_when_the_event_is_skipped() {
        View<String, Purse> view = ALL_FRAME.view(STANDING);
        String poison = newId();
        STOPPING.add(poison);
        CommandResult.Accepted<WalletEvent> bad = pay(poison, 1);
        String other = newId();
        CommandResult.Accepted<WalletEvent> good = pay(other, 5);

        assertThat(done(view.await(bad.token(), LONG))).isInstanceOfSatisfying(ViewAnswer.NotYet.class,
                notYet -> assertThat(notYet.state()).isEqualTo(ProjectionState.FAILED));
        awaitState(STANDING, ProjectionState.FAILED);
        assertThat(described(STANDING).trouble()).contains(poison, "poison");
        assertThat(described(STANDING).lag()).isPositive();
        assertThat(ALL_FRAME.health().troubles()).extracting(Health.Part::name).contains("standing");
        assertThat(done(view.await(good.token(), LONG))).isInstanceOf(ViewAnswer.NotYet.class);

        done(ALL_FRAME.projections().skip("standing", StreamId.of("wallet", poison), 1, ORDER));

        awaitState(STANDING, ProjectionState.LIVE);
        assertThat(done(view.get(other, good.token(), LONG)))
                .isEqualTo(new ViewAnswer.Seen<>(Optional.of(new Purse(BigDecimal.valueOf(5), "note"))));
        assertThat(view.get(poison)).isEmpty();
    }

    @Test
    void a_skip_of_what_the_view_does_not_read_is_refused() {
        StreamId wallet = StreamId.of("wallet", newId());

        for (long none : List.of(0L, -1L, Long.MIN_VALUE)) {
            assertThatThrownBy(() -> ALL_FRAME.projections().skip("purses", wallet, none, ORDER))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the number of an event is 1 or more, not " + none);
        }
        for (StreamId other : List.of(StreamId.of("purse", "a"), new StreamId("wallet"), new StreamId("wallet|"))) {
            assertThatThrownBy(() -> ALL_FRAME.projections().skip("purses", other, 1, ORDER))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'purses' does not read the stream " + other + ": it reads those of [wallet]");
        }
    }

    @Test
    void a_skip_of_an_event_that_is_not_there_is_refused() {
        String wallet = newId();
        StreamId stream = StreamId.of("wallet", wallet);

        assertThat(ALL_FRAME.projections().skip("purses", stream, 1, ORDER)).failsWithin(LONG)
                .withThrowableThat()
                .withCauseInstanceOf(IllegalArgumentException.class)
                .withMessageContaining("there is no event 1 of " + stream + ", which has none");
        long last = pay(wallet, 5).sequenceNr();
        assertThat(ALL_FRAME.projections().skip("purses", stream, last + 1, ORDER)).failsWithin(LONG)
                .withThrowableThat()
                .withMessageContaining("the last one is " + last);
    }

    @Test
    @SuppressWarnings("NullAway") // users may not have it
    void what_is_missing_is_named() {
        ProjectionRegistry projections = ALL_FRAME.projections();
        Map<String, List<ThrowingCallable>> calls = Map.of("name",
                List.of(() -> projections.describe(null), () -> projections.pause(null, ORDER)), "order",
                List.of(() -> projections.pause("purses", null), () -> projections.rebuild("purses", null),
                        () -> projections.rebuildAll(null), () -> projections.retire("purses", null)),
                "stream", List.of(() -> projections.skip("purses", null, 1, ORDER)), "cursor",
                List.of(() -> QueryOption.after(null)), "text", List.of(() -> ConsistencyToken.parse(null)));

        calls.forEach((missing, each) -> each
                .forEach(call -> assertThatNullPointerException().isThrownBy(call).withMessage(missing)));
    }

    @Test
    void views_of_a_closed_AllFrame_are_not_live() {
        AllFrame ended = AllFrame
                .standalone("ended", ConfigFactory.parseString("allframe.storage = memory")
                        .withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .projection(PURSES)
                .start();
        await().atMost(LONG)
                .until(() -> ended.projections().describe("purses").state() == ProjectionState.LIVE);

        ended.close();

        ProjectionMetadata closed = ended.projections().describe("purses");
        assertThat(closed.state()).isEqualTo(ProjectionState.BUILDING);
        assertThat(closed.trouble()).isEqualTo("it is closed");
        assertThat(done(ended.view(PURSES).await(List.of(), LONG))).isInstanceOfSatisfying(ViewAnswer.NotYet.class,
                notYet -> assertThat(notYet.state()).isEqualTo(ProjectionState.BUILDING));
    }

    @Test
    void a_parked_stream_waits_until_it_is_tried_again_and_others_go_on() {
        View<String, Purse> view = ALL_FRAME.view(PARKING);
        String poison = newId();
        PARKED.add(poison);
        CommandResult.Accepted<WalletEvent> bad = pay(poison, 1);
        CommandResult.Accepted<WalletEvent> later = pay(poison, 2);
        String other = newId();
        CommandResult.Accepted<WalletEvent> good = pay(other, 5);

        assertThat(done(view.get(other, good.token(), LONG))).isInstanceOf(ViewAnswer.Seen.class);
        assertThat(done(view.await(later.token(), LONG))).isInstanceOf(ViewAnswer.NotYet.class);
        awaitState(PARKING, ProjectionState.PARKED);
        assertThat(described(PARKING).parkedStreams()).extracting(ProjectionMetadata.ParkedStream::firstSequenceNr)
                .containsExactly(1L);

        WatchProbe<String, Purse> watching = WatchProbe.of(view.watch(poison));
        await().until(watching::isCurrent);
        PARKED.remove(poison);
        done(ALL_FRAME.projections().retry("parking", ORDER));

        awaitState(PARKING, ProjectionState.LIVE);
        assertThat(done(view.await(bad.token(), LONG))).isInstanceOf(ViewAnswer.Seen.class);
        assertThat(view.get(poison)).contains(new Purse(BigDecimal.valueOf(3), "note"));
        await().until(() -> watching.rows().equals(Map.of(poison, new Purse(BigDecimal.valueOf(3), "note"))));
    }

    @Test
    void a_paused_view_answers_and_goes_on_when_it_is_told_to() {
        View<String, Purse> view = ALL_FRAME.view(PURSES);
        String id = newId();
        done(view.await(pay(id, 1).token(), LONG));
        done(ALL_FRAME.projections().pause("purses", ORDER));
        awaitState(PURSES, ProjectionState.PAUSED);
        // A page may have been on its way when the order came.
        CommandResult.Accepted<WalletEvent> paid = pay(id, 1);
        await().atMost(LONG).until(() -> {
            pay(id, 1);
            return done(view.await(pay(id, 1).token(), LONG)) instanceof ViewAnswer.NotYet;
        });

        done(ALL_FRAME.projections().resume("purses", ORDER));

        awaitState(PURSES, ProjectionState.LIVE);
        assertThat(done(view.await(paid.token(), LONG))).isInstanceOf(ViewAnswer.Seen.class);
    }

    @Test
    void a_rebuild_serves_the_same_rows_and_no_read_fails_meanwhile() {
        View<String, Purse> view = ALL_FRAME.view(PURSES);
        String id = newId();
        done(view.await(pay(id, 3).token(), LONG));
        ProjectionMetadata before = described(PURSES);

        done(ALL_FRAME.projections().rebuild("purses", ORDER.acceptingDeletedEvents()));

        await().atMost(LONG).until(() -> {
            assertThat(view.get(id)).contains(new Purse(BigDecimal.valueOf(3), "note"));
            return described(PURSES).generation() > before.generation();
        });
        awaitState(PURSES, ProjectionState.LIVE);
        assertThat(done(view.get(id, pay(id, 1).token(), LONG)))
                .isEqualTo(new ViewAnswer.Seen<>(Optional.of(new Purse(BigDecimal.valueOf(4), "note"))));
        assertThat(described(PURSES).building()).isZero();
    }

    @Test
    void a_retired_view_has_no_rows_says_who_retired_it_and_comes_back_by_a_rebuild() {
        View<String, Purse> view = ALL_FRAME.view(LEAVING);
        String id = newId();
        done(view.await(pay(id, 3).token(), LONG));
        CompletionStage<ViewAnswer<Position>> waiting = view
                .await(new ConsistencyToken(ALL_FRAME.backend().storeId(), StreamId.of("wallet", id), 9), LONG);

        done(ALL_FRAME.projections().retire("leaving", Order.of("ann", "nobody reads it")));

        awaitState(LEAVING, ProjectionState.RETIRED);
        assertThat(done(waiting)).isInstanceOfSatisfying(ViewAnswer.NotYet.class,
                notYet -> assertThat(notYet.state()).isEqualTo(ProjectionState.RETIRED));
        assertThatThrownBy(() -> view.get(id)).isInstanceOf(ViewNotReadyException.class)
                .hasMessage("view 'leaving' was retired by ann: nobody reads it");
        assertThat(done(view.await(pay(id, 1).token(), LONG))).isInstanceOf(ViewAnswer.NotYet.class);
        await().atMost(LONG).until(() -> described(LEAVING).generations().isEmpty());
        assertThat(described(LEAVING).lag()).isZero();
        assertThat(ALL_FRAME.health().troubles()).extracting(Health.Part::name).doesNotContain("leaving");
        for (CompletionStage<Void> other : List.of(ALL_FRAME.projections().pause("leaving", ORDER),
                ALL_FRAME.projections().resume("leaving", ORDER), ALL_FRAME.projections().retry("leaving", ORDER),
                ALL_FRAME.projections().retire("leaving", ORDER))) {
            done(other);
        }
        assertThat(described(LEAVING).state()).isEqualTo(ProjectionState.RETIRED);

        done(ALL_FRAME.projections().rebuild("leaving", ORDER.acceptingDeletedEvents()));

        awaitState(LEAVING, ProjectionState.LIVE);
        assertThat(view.get(id)).contains(new Purse(BigDecimal.valueOf(4), "note"));
    }

    @Test
    void all_views_are_rebuilt_one_after_the_other_but_those_that_are_retired() {
        done(ALL_FRAME.projections().retire("leaving", ORDER));
        awaitState(LEAVING, ProjectionState.RETIRED);
        List<ProjectionType<?, ?>> kept = List.of(PURSES, STANDING, PARKING);
        kept.forEach(type -> awaitState(type, ProjectionState.LIVE));
        Map<String, Long> before = kept.stream()
                .collect(Collectors.toMap(ProjectionType::name, type -> described(type).generation()));

        done(ALL_FRAME.projections().rebuildAll(ORDER.acceptingDeletedEvents()));

        await().atMost(LONG).pollInterval(Duration.ofMillis(1)).until(() -> {
            List<ProjectionMetadata> now = ALL_FRAME.projections().describe();
            assertThat(now.stream().filter(view -> view.building() > 0 && view.state() != ProjectionState.LIVE))
                    .as("what is served stays live")
                    .isEmpty();
            return before.entrySet()
                    .stream()
                    .allMatch(each -> ALL_FRAME.projections().describe(each.getKey()).generation() > each.getValue());
        });
        assertThat(described(LEAVING).state()).isEqualTo(ProjectionState.RETIRED);
        done(ALL_FRAME.projections().rebuild("leaving", ORDER.acceptingDeletedEvents()));
        awaitState(LEAVING, ProjectionState.LIVE);
        kept.forEach(type -> assertThat(described(type).generations()).hasSize(1)
                .first()
                .satisfies(each -> assertThat(each.use()).isEqualTo(StoredGeneration.Use.SERVED)));
    }

    @Test
    void a_start_reports_all_that_is_wrong_with_views() {
        assertThatThrownBy(() -> AllFrame.standalone("wrong", ConfigFactory.parseString("allframe.storage = memory")
                .withFallback(ConfigFactory.load()))
                .projection(ProjectionType.named("Bad Name", version(1), Object.class, Purse.class))
                .projection(ProjectionType.named("open", version(1), String.class, Object.class))
                .start()).isInstanceOfSatisfying(InvalidDomainException.class,
                        invalid -> assertThat(invalid.problems()).hasSizeGreaterThanOrEqualTo(5));
    }

    @Test
    void views_over_a_journal_without_one_order_are_refused() {
        assertThatThrownBy(() -> AllFrame
                .standalone("foreign", ConfigFactory
                        .parseString("pekko.persistence.journal.plugin = pekko.persistence.journal.inmem")
                        .withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .projection(PURSES)
                .start()).isInstanceOf(ConfigurationException.class).hasMessageContaining("views need a storage");
    }

    @Test
    void a_view_that_was_not_given_to_the_builder_is_unknown() {
        ProjectionType<String, Purse> unknown = ProjectionType.named("unknown", version(1), String.class, Purse.class)
                .from(WALLET, ViewsTest::onWallet);

        assertThatThrownBy(() -> ALL_FRAME.view(unknown)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'unknown'");
        assertThatThrownBy(() -> ALL_FRAME.projections().pause("unknown", ORDER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("purses");
    }
}

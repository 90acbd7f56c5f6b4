package dev.allframe.runtime.saga;

import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.saga.Vaults.VAULT;
import static dev.allframe.saga.SagaAction.awaitEvent;
import static dev.allframe.saga.SagaAction.call;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaAction.sleepUntil;
import static dev.allframe.saga.SagaUndo.cannotBeUndone;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.saga.SagaUndo.undo;
import static dev.allframe.saga.StepOption.attempts;
import static dev.allframe.saga.StepOption.backoff;
import static dev.allframe.saga.StepOption.into;
import static dev.allframe.saga.StepOption.retryRefused;
import static dev.allframe.saga.StepOption.timeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.command.CommandResult;
import dev.allframe.command.Dispatch;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.saga.Vaults.Move;
import dev.allframe.runtime.saga.Vaults.VaultCommand;
import dev.allframe.runtime.saga.Vaults.VaultEvent;
import dev.allframe.saga.SagaDecision;
import dev.allframe.saga.SagaError;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.saga.SagaTransition;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.Successor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sagas whose surroundings hang, give too much, or ask for the same thing at once. */
final class SagaExtremesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(20);

    /** With another or two beside it, a record of a saga is too large; a record of a vault is not. */
    private static final String LARGE = "x".repeat(12_000);

    @Stored("ticket")
    record Ticket(String text) {}

    private static final Map<String, CompletableFuture<Ticket>> CALLS = new ConcurrentHashMap<>();

    private static void answer(String id) {
        Objects.requireNonNull(CALLS.get(id), id).complete(new Ticket("yes"));
    }

    private static CompletionStage<Ticket> ask(Move move, String key) {
        return CALLS.computeIfAbsent(move.id(), id -> new CompletableFuture<>());
    }

    private static SagaType<Move> named(String name) {
        return SagaType.named(name, version(1), Move.class).tryFor(Duration.ofMillis(100));
    }

    private static final SagaType<Move> SENDS = named("sends")
            .step("credit", command(VAULT, Move::to, m -> new VaultCommand.Credit(m.id(), 1), timeout(MOMENT),
                    attempts(1), backoff(MOMENT, MOMENT)), cannotBeUndone());

    private static final SagaType<Move> ASKS = named("asks")
            .step("ask", call(Ticket.class, SagaExtremesTest::ask), nothingToUndo());

    /** An event has what a saga awaits before its first dash. */
    private static String keyOf(VaultEvent.Credited event) {
        return event.id().split("-", -1)[0];
    }

    private static final SagaType<Move> AWAITS = named("awaits")
            .step("reserve", command(VAULT, Move::from, m -> new VaultCommand.Reserve(m.id(), m.amount())),
                    undo(VAULT, Move::from, m -> new VaultCommand.Release(m.id())))
            .step("ask", call(Ticket.class, SagaExtremesTest::ask), nothingToUndo())
            .step("paid", awaitEvent(VAULT, VaultEvent.Credited.class, SagaExtremesTest::keyOf, Move::id,
                    into((move, event) -> new Move(move.id(), event.id(), event.id(), event.amount()))),
                    nothingToUndo());

    /** Parked before its second step, which is refused until it is decided. */
    private static final SagaType<Move> PARKS = named("parks")
            .step("credit", command(VAULT, Move::to, m -> new VaultCommand.Credit(m.id(), 1)), cannotBeUndone())
            .step("confirm",
                    command(VAULT, Move::from, m -> new VaultCommand.Confirm(m.id()), attempts(1),
                            backoff(MOMENT, MOMENT)),
                    nothingToUndo());

    private static final SagaType<Move> STUBBORN = named("stubborn")
            .step("confirm",
                    command(VAULT, Move::from, m -> new VaultCommand.Confirm("nothing"),
                            retryRefused("not-reserved", Duration.ofMillis(1), 300)),
                    nothingToUndo());

    private static final SagaType<Move> NEXT = named("next")
            .step("credit", command(VAULT, Move::to, m -> new VaultCommand.Credit(m.id(), 1)), nothingToUndo());

    /** Followed by one whose context is too large, or which was begun with another context. */
    private static Optional<Successor<?>> next(Move move) {
        boolean taken = move.amount() == 7;
        return Optional.of(new Successor<>(NEXT, taken ? "taken" : "next-" + move.id(),
                new Move(move.id(), "ann", "bob" + (taken ? "" : LARGE + LARGE), taken ? 7 : 1)));
    }

    private static final SagaType<Move> LARGE_NEXT = named("large-next")
            .step("credit", command(VAULT, Move::to, m -> new VaultCommand.Credit(m.id(), 1)), cannotBeUndone())
            .thenStart(SagaExtremesTest::next);

    private static final SagaType<Move> LARGE_NEXT_ASLEEP = named("large-next-asleep")
            .step("credit", command(VAULT, Move::to, m -> new VaultCommand.Credit(m.id(), 1)), nothingToUndo())
            .step("sleep", sleepUntil(m -> Instant.now().plusMillis(300)), nothingToUndo())
            .thenStart(SagaExtremesTest::next);

    private static final SagaType<Move> LARGE_TARGET = named("large-target")
            .step("credit", command(VAULT, Move::to, m -> new VaultCommand.Credit(m.id(), 1)), cannotBeUndone())
            .step("again", command(VAULT, m -> LARGE + LARGE, m -> new VaultCommand.Credit(m.id(), 2)),
                    nothingToUndo());

    private static final CommandInterceptor HANGS = new CommandInterceptor() {
        @Override
        public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
            return switch (dispatch.id()) {
                case "silent" -> new CompletableFuture<>();
                case "blocking" -> {
                    try {
                        new CountDownLatch(1).await();
                        throw new AssertionError("nobody counts down");
                    } catch (InterruptedException interrupted) {
                        throw new IllegalStateException(interrupted);
                    }
                }
                default -> rest.dispatch(dispatch);
            };
        }
    };

    private static final AllFrame ALL_FRAME = AllFrame
            .standalone("saga-extremes", ConfigFactory.parseString("""
                    allframe.storage = memory
                    inmemory.max-record-size = 16KiB
                    allframe.sagas.calls-per-step = 2
                    """).withFallback(ConfigFactory.load()))
            .aggregate(VAULT)
            .saga(SENDS)
            .saga(ASKS)
            .saga(AWAITS)
            .saga(PARKS)
            .saga(STUBBORN)
            .saga(NEXT)
            .saga(LARGE_NEXT)
            .saga(LARGE_NEXT_ASLEEP)
            .saga(LARGE_TARGET)
            .intercept(HANGS)
            .start();

    @BeforeAll
    static void open() {
        for (String vault : Set.of("ann", "bob")) {
            get(ALL_FRAME.commands().dispatch(VAULT, vault, new VaultCommand.Open(1_000))).orThrow();
        }
    }

    @AfterAll
    static void end() {
        ALL_FRAME.close();
    }

    private static <A> A get(CompletionStage<A> stage) {
        return stage.toCompletableFuture().copy().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static SagaHandle start(SagaType<Move> type, Move move) {
        return get(ALL_FRAME.sagas().start(type, move.id(), move));
    }

    private static Move move(String id) {
        return new Move(id, "ann", "bob", 1);
    }

    private static void credit(String vault, String id) {
        get(ALL_FRAME.commands().dispatch(VAULT, vault, new VaultCommand.Credit(id, 7))).orThrow();
    }

    private static List<String> records(SagaHandle saga) {
        return get(saga.history()).stream().map(SagaTransition::record).toList();
    }

    @Test
    void an_interceptor_that_never_answers_parks_the_saga() {
        for (String vault : List.of("silent", "blocking")) {
            SagaStatus end = get(start(SENDS, new Move(vault, "ann", vault, 1)).ended());

            assertThat(end.phase()).isEqualTo(Phase.PARKED);
            assertThat(end.reason()).startsWith("timeout");
        }
    }

    @Test
    void a_call_that_waits_for_its_turn_is_not_made_when_its_saga_has_gone_on_without_it() {
        start(ASKS, move("first"));
        start(ASKS, move("second"));
        await().atMost(PATIENCE).until(() -> CALLS.containsKey("first") && CALLS.containsKey("second"));
        SagaHandle cancelled = start(ASKS, move("cancelled"));
        SagaHandle behind = start(ASKS, move("behind"));

        get(cancelled.cancel("olga", "not wanted"));
        assertThat(get(cancelled.ended()).phase()).isEqualTo(Phase.COMPENSATED);
        answer("first");
        await().atMost(PATIENCE).until(() -> CALLS.containsKey("behind"));

        assertThat(CALLS).doesNotContainKey("cancelled");
        answer("second");
        answer("behind");
        assertThat(get(behind.ended()).phase()).isEqualTo(Phase.COMPLETED);
    }

    @Test
    void an_awaited_event_that_is_too_large_turns_the_saga_back_and_holds_up_no_other() {
        CALLS.put("large", CompletableFuture.completedFuture(new Ticket("yes")));
        CALLS.put("next", CompletableFuture.completedFuture(new Ticket("yes")));
        SagaHandle large = start(AWAITS, move("large"));
        SagaHandle next = start(AWAITS, move("next"));

        credit("bob", "large-" + LARGE);
        credit("bob", "next-small");

        SagaStatus end = get(large.ended());
        assertThat(end.phase()).isEqualTo(Phase.COMPENSATED);
        // by the event that arrives, or by the answer that comes when the event was kept already
        assertThat(end.reason()).matches("unkept: (event vault\\|bob#\\d+ is too large to be kept with what it changes"
                + "|.* recordBytes=\\d+ limitBytes=16384)");
        assertThat(records(large)).contains("event-received", "undone");
        assertThat(get(next.ended()).phase()).isEqualTo(Phase.COMPLETED);
        assertThat(ALL_FRAME.projections().describe("saga-events").parked()).isZero();
    }

    @Test
    void an_awaited_event_that_is_too_large_and_comes_before_its_turn_turns_the_saga_back_at_its_turn() {
        SagaHandle early = start(AWAITS, move("early"));
        await().atMost(PATIENCE).until(() -> CALLS.containsKey("early"));

        credit("bob", "early-" + LARGE + LARGE.substring(0, 3_500));
        await().atMost(PATIENCE).until(() -> records(early).contains("event-received"));
        assertThat(get(early.status()).orElseThrow().phase()).isEqualTo(Phase.RUNNING);
        answer("early");

        assertThat(get(early.ended()).phase()).isEqualTo(Phase.COMPENSATED);
        assertThat(get(early.ended()).reason()).startsWith("unkept: ");
    }

    @Test
    void events_that_come_while_their_reaction_is_paused_arrive_when_it_goes_on() {
        CALLS.put("paused", CompletableFuture.completedFuture(new Ticket("yes")));
        SagaHandle saga = start(AWAITS, move("paused"));
        await().atMost(PATIENCE).until(() -> "paid".equals(get(saga.status()).orElseThrow().step()));
        Order order = Order.of("olga", "to see");
        get(ALL_FRAME.projections().pause("saga-events", order));
        await().atMost(PATIENCE)
                .until(() -> ALL_FRAME.projections().describe("saga-events").state() == ProjectionState.PAUSED);

        credit("bob", "paused-1");
        get(ALL_FRAME.projections().resume("saga-events", order));

        assertThat(get(saga.ended()).phase()).isEqualTo(Phase.COMPLETED);
    }

    @Test
    void a_handle_is_good_for_more_than_one_end() {
        SagaHandle saga = start(PARKS, move("ends"));

        for (int i = 0; i < 3; i++) {
            assertThat(get(saga.ended()).phase()).isEqualTo(Phase.PARKED);
            get(saga.decide(SagaDecision.RETRY, "olga", "once more"));
        }
        assertThat(get(saga.ended()).phase()).isEqualTo(Phase.PARKED);
        get(saga.decide(SagaDecision.SKIP, "\uD800", "y".repeat(50_000)));

        assertThat(get(saga.ended()).phase()).isEqualTo(Phase.COMPLETED);
        assertThat(records(saga)).filteredOn("decided"::equals).hasSize(4);
    }

    @Test
    void a_hundred_threads_start_one_saga_and_the_other_contexts_are_refused() throws InterruptedException {
        List<Future<SagaHandle>> starts = new ArrayList<>();
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                Move context = new Move("contended", "ann", "bob", i % 2);
                starts.add(threads.submit(() -> {
                    go.await();
                    return get(ALL_FRAME.sagas().start(PARKS, "contended", context));
                }));
            }
            go.countDown();
        }

        int started = 0;
        for (Future<SagaHandle> start : starts) {
            try {
                start.get();
                started++;
            } catch (ExecutionException failed) {
                assertThat(failed.getCause()).isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOfSatisfying(SagaException.class,
                                refused -> assertThat(refused.error()).isInstanceOf(SagaError.OtherContext.class));
            }
        }
        assertThat(started).isEqualTo(50);
        assertThat(records(ALL_FRAME.sagas().saga("parks", "contended"))).filteredOn("started"::equals).hasSize(1);
    }

    @Test
    void hundreds_of_attempts_are_followed_by_an_end() {
        SagaHandle saga = start(STUBBORN, move("stubborn"));

        assertThat(get(saga.ended()).phase()).isEqualTo(Phase.COMPENSATED);
        assertThat(records(saga)).filteredOn("attempt-failed"::equals).hasSize(300);
    }

    /** What follows a step that was done is no reason to do it again and again. */
    @Test
    void a_step_behind_which_nothing_can_be_stored_ends_the_way_forward() {
        SagaHandle next = start(LARGE_NEXT, move("large-1"));
        SagaHandle asleep = start(LARGE_NEXT_ASLEEP, move("large-2"));
        SagaHandle target = start(LARGE_TARGET, move("large-3"));

        assertThat(get(next.ended())).satisfies(end -> {
            assertThat(end.phase()).isEqualTo(Phase.PARKED);
            assertThat(end.reason()).startsWith("unkept: ").contains("16384");
        });
        assertThat(get(asleep.ended())).satisfies(end -> {
            assertThat(end.phase()).isEqualTo(Phase.COMPENSATED);
            assertThat(end.reason()).startsWith("unkept: ");
        });
        assertThat(get(target.ended()).phase()).isEqualTo(Phase.PARKED);
        for (SagaHandle saga : List.of(next, asleep, target)) {
            assertThat(records(saga)).filteredOn("attempt-failed"::equals).isEmpty();
        }
    }

    @Test
    void a_successor_that_was_begun_with_another_context_is_enough() {
        assertThat(get(start(NEXT, move("taken")).ended()).phase()).isEqualTo(Phase.COMPLETED);

        assertThat(get(start(LARGE_NEXT, new Move("before-taken", "ann", "bob", 7)).ended()).phase())
                .isEqualTo(Phase.COMPLETED);
    }

    @Test
    void no_saga_is_older_than_time() {
        assertThat(ALL_FRAME.sagas().find(SagaQuery.all().olderThan(Duration.ofSeconds(Long.MAX_VALUE))).sagas())
                .isEmpty();
    }
}

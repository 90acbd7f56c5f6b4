package dev.allframe.runtime.saga;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.saga.Vaults.MOVE;
import static dev.allframe.runtime.saga.Vaults.VAULT;
import static dev.allframe.saga.SagaAction.call;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaAction.sleepUntil;
import static dev.allframe.saga.SagaUndo.cannotBeUndone;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.saga.SagaUndo.undo;
import static dev.allframe.saga.SagaUndo.undoCall;
import static dev.allframe.saga.StepOption.attempts;
import static dev.allframe.saga.StepOption.backoff;
import static dev.allframe.saga.StepOption.into;
import static dev.allframe.saga.StepOption.timeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.command.Dispatch;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.saga.Vaults.Move;
import dev.allframe.runtime.saga.Vaults.VaultCommand;
import dev.allframe.runtime.saga.Vaults.VaultEvent;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaDecision;
import dev.allframe.saga.SagaError;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaMetadata;
import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.saga.SagaTransition;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.Successor;
import java.time.Duration;
import java.time.Instant;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What goes wrong around sagas, with real actors: each is a typed answer, and each saga ends. */
final class SagaFaultsTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final Map<String, CompletableFuture<Ticket>> CALLS = new ConcurrentHashMap<>();
    private static final Set<String> UNDONE = ConcurrentHashMap.newKeySet();
    private static final Map<String, AtomicInteger> STARTED = new ConcurrentHashMap<>();
    private static final Set<String> INTERRUPTED = ConcurrentHashMap.newKeySet();

    @Stored("ticket")
    record Ticket(String text) {}

    /** What a call gives; of an id without one it never ends. */
    private static CompletionStage<Ticket> answer(Move move, String key) {
        STARTED.computeIfAbsent(move.id(), id -> new AtomicInteger()).incrementAndGet();
        return CALLS.getOrDefault(move.id(), new CompletableFuture<>());
    }

    private static CompletionStage<Void> undoAnswer(Move move, String key) {
        UNDONE.add(move.id());
        return CompletableFuture.completedFuture(null);
    }

    private static SagaType<Move> named(String name) {
        return SagaType.named(name, version(1), Move.class).tryFor(Duration.ofMillis(100));
    }

    private static SagaAction<Move> credit(Function<Move, VaultCommand> what) {
        return command(VAULT, Move::to, what, backoff(MOMENT, MOMENT), attempts(2), timeout(Duration.ofSeconds(5)));
    }

    private static final SagaType<Move> CALL = named("call")
            .step("ask", call(Ticket.class, SagaFaultsTest::answer, timeout(MOMENT), attempts(2),
                    backoff(MOMENT, MOMENT),
                    into((move, ticket) -> new Move(move.id(), move.from(), ticket.text(), 1))),
                    undoCall(SagaFaultsTest::undoAnswer));

    private static final SagaType<Move> THROWS = named("throws")
            .step("reserve", command(VAULT, Move::from, m -> new VaultCommand.Reserve(m.id(), m.amount())),
                    undo(VAULT, Move::from, m -> new VaultCommand.Release(m.id())))
            .step("throw", credit(m -> {
                throw new IllegalStateException("a defect");
            }), nothingToUndo());

    /** Behind its pivot, with a command that is refused. */
    private static final SagaType<Move> PARKS = named("parks")
            .step("credit", credit(m -> new VaultCommand.Credit(m.id(), 1)), cannotBeUndone())
            .step("confirm", credit(m -> new VaultCommand.Confirm(m.id())), nothingToUndo());

    private static final SagaType<Move> TWO_AT_MOST = named("two-at-most").atMost(2)
            .step("ask", call(Ticket.class, SagaFaultsTest::answer), nothingToUndo());

    private static final SagaType<Move> STUCK_CALLS = named("stuck-calls")
            .step("ask", call(Ticket.class, SagaFaultsTest::answer), nothingToUndo());

    /** Its calls block until they are interrupted. */
    private static final SagaType<Move> BLOCKS = named("blocks")
            .step("block", call(Ticket.class, SagaFaultsTest::block, timeout(Duration.ofMillis(100)), attempts(1)),
                    undoCall(SagaFaultsTest::undoAnswer));

    private static CompletionStage<Ticket> block(Move move, String key) {
        try {
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts down");
        } catch (InterruptedException interrupted) {
            INTERRUPTED.add(move.id());
            throw new IllegalStateException(interrupted);
        }
    }

    /** Its calls go on, whoever interrupts them, until they are let go. */
    private static final SagaType<Move> DEAF = named("deaf")
            .step("hang", call(Ticket.class, SagaFaultsTest::hang, timeout(MOMENT), attempts(1)),
                    undoCall(SagaFaultsTest::undoAnswer));

    private static final AtomicInteger HANGING = new AtomicInteger();
    private static final AtomicInteger MOST_HANGING = new AtomicInteger();
    private static final CountDownLatch LET_GO = new CountDownLatch(1);

    private static CompletionStage<Ticket> hang(Move move, String key) {
        MOST_HANGING.accumulateAndGet(HANGING.incrementAndGet(), Math::max);
        while (LET_GO.getCount() > 0) {
            try {
                LET_GO.await();
            } catch (InterruptedException deaf) {
                INTERRUPTED.add(move.id());
            }
        }
        HANGING.decrementAndGet();
        return CompletableFuture.completedFuture(new Ticket("bob"));
    }

    private static final SagaType<Move> SLEEPS = named("sleeps")
            .step("sleep", sleepUntil(m -> Instant.now().plusMillis(m.amount())), nothingToUndo())
            .step("credit", credit(m -> new VaultCommand.Credit(m.id(), 1)), nothingToUndo());

    /** Counts down, each as another saga. */
    private static final SagaType<Move> CHAIN = named("chain")
            .step("credit", credit(m -> new VaultCommand.Credit(m.id(), 1)), nothingToUndo())
            .thenStart(SagaFaultsTest::next);

    private static Optional<Successor<?>> next(Move move) {
        return move.amount() == 0
                ? Optional.empty()
                : Optional.of(new Successor<>(chain(), "chain-" + (move.amount() - 1),
                        new Move(move.id() + "+", move.from(), move.to(), move.amount() - 1)));
    }

    private static SagaType<Move> chain() {
        return CHAIN;
    }

    private static final SagaType<Move> BY_EVENT = named("by-event")
            .startedBy(VAULT, VaultEvent.Reserved.class, (event, info) -> event.amount() == 77
                    ? new Move(event.id(), info.id(), info.id(), 1)
                    : null)
            .step("credit", credit(m -> new VaultCommand.Credit(m.id(), 1)), nothingToUndo());

    /** Undone at a vault to which nothing may be given back. */
    private static final SagaType<Move> NOT_GIVEN_BACK = named("not-given-back")
            .step("reserve", command(VAULT, Move::from, m -> new VaultCommand.Reserve(m.id(), m.amount())),
                    undo(VAULT, Move::from, m -> new VaultCommand.Release(m.id())))
            .step("keep", command(VAULT, Move::to, m -> new VaultCommand.Reserve(m.id(), m.amount()), attempts(1)),
                    undo(VAULT, m -> "forbidden", m -> new VaultCommand.Release(m.id())))
            .step("refused", credit(m -> new VaultCommand.Confirm("another")), nothingToUndo());

    /** For whom commands were sent to vaults that are forbidden. */
    private static final Set<String> ASKED_FOR = ConcurrentHashMap.newKeySet();

    /** Nothing is sent to vaults of this name. */
    private static final CommandInterceptor NO = new CommandInterceptor() {
        @Override
        public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
            if (dispatch.id().equals("forbidden")) {
                ASKED_FOR.add(dispatch.options().headers().get(CommandOptions.USER) + " "
                        + dispatch.options().headers().get(CommandOptions.TRACEPARENT) + " "
                        + dispatch.options().commandId());
            }
            return dispatch.id().equals("forbidden")
                    ? CompletableFuture.completedFuture(
                            new CommandResult.Failed<>(new CommandError.NotPermitted("not for you")))
                    : rest.dispatch(dispatch);
        }
    };

    private static final AllFrame ALL_FRAME = AllFrame
            .standalone("saga-faults", ConfigFactory.parseString("""
                    allframe.storage = memory
                    inmemory.max-record-size = 16KiB
                    allframe.sagas { hold-for = 100ms, calls-per-step = 2 }
                    """).withFallback(ConfigFactory.load()))
            .aggregate(VAULT)
            .saga(MOVE)
            .saga(CALL)
            .saga(THROWS)
            .saga(PARKS)
            .saga(TWO_AT_MOST)
            .saga(STUCK_CALLS)
            .saga(SLEEPS)
            .saga(CHAIN)
            .saga(BY_EVENT)
            .saga(NOT_GIVEN_BACK)
            .saga(BLOCKS)
            .saga(DEAF)
            .intercept(NO)
            .start();

    @BeforeAll
    static void open() {
        for (String vault : Set.of("ann", "bob", "cid")) {
            get(ALL_FRAME.commands().dispatch(VAULT, vault, new VaultCommand.Open(1_000))).orThrow();
        }
    }

    @AfterAll
    static void end() {
        ALL_FRAME.close();
    }

    private static <A> A get(CompletionStage<A> stage) {
        return stage.toCompletableFuture().copy().orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static SagaError refused(CompletionStage<?> stage) {
        try {
            throw new AssertionError("not refused: " + get(stage));
        } catch (CompletionException failed) {
            return ((SagaException) Objects.requireNonNull(failed.getCause())).error();
        }
    }

    private static Move move(String id) {
        return new Move(id, "ann", "bob", 1);
    }

    private static SagaHandle start(SagaType<Move> type, String id) {
        return start(type, move(id));
    }

    private static SagaHandle start(SagaType<Move> type, Move move) {
        return get(ALL_FRAME.sagas().start(type, move.id(), move));
    }

    private static void assertEnd(SagaHandle saga, Phase phase, String reason) {
        SagaStatus end = get(saga.ended());
        assertThat(end.phase()).as(end.toString()).isEqualTo(phase);
        assertThat(end.reason()).startsWith(reason);
    }

    @Test
    void ids_and_contexts_that_cannot_be_are_refused() {
        for (String id : Set.of("", "a".repeat(151), "a|b", "\uD800")) {
            assertThat(refused(ALL_FRAME.sagas().start(MOVE, id, move("x")))).as(id)
                    .isInstanceOf(SagaError.InvalidId.class);
        }
        assertThat(refused(ALL_FRAME.sagas().start(MOVE, "surrogate", move("\uD800"))))
                .isInstanceOf(SagaError.InvalidContext.class);
        assertThat(refused(ALL_FRAME.sagas().start(MOVE, "large", move("x".repeat(20_000)))))
                .isInstanceOf(SagaError.InvalidContext.class);
        assertThatThrownBy(() -> ALL_FRAME.sagas().start(MOVE, "m", move("m"), withCommandId("once")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("recognised by its id");
    }

    @Test
    @SuppressWarnings("NullAway") // as callers without it do
    void what_is_missing_in_a_call_is_named() {
        Map<String, ThrowingCallable> calls = Map.of(
                "type", () -> ALL_FRAME.sagas().start(null, "id", move("x")),
                "id", () -> ALL_FRAME.sagas().start(MOVE, null, move("x")),
                "context", () -> ALL_FRAME.sagas().start(MOVE, "id", null),
                "options", () -> ALL_FRAME.sagas().start(MOVE, "id", move("x"), null),
                "definition", () -> ALL_FRAME.sagas().saga(null, "id"),
                "query", () -> ALL_FRAME.sagas().find(null),
                "decision", () -> ALL_FRAME.sagas().saga("move", "x").decide(null, "ann", "why"),
                "by", () -> ALL_FRAME.sagas().saga("move", "x").cancel(null, "why"),
                "reason", () -> ALL_FRAME.sagas().saga("move", "x").cancel("ann", null));

        calls.forEach((name, call) -> assertThatThrownBy(call).isInstanceOf(NullPointerException.class)
                .hasMessage(name));
    }

    @Test
    void the_same_start_is_the_same_saga_and_another_context_is_a_conflict() {
        SagaHandle saga = start(MOVE, "same");
        get(saga.ended());

        assertThat(get(start(MOVE, "same").history())).isEqualTo(get(saga.history()));
        assertThat(refused(ALL_FRAME.sagas().start(MOVE, "same", new Move("same", "ann", "bob", 2))))
                .isInstanceOf(SagaError.OtherContext.class);
        assertThat(refused(ALL_FRAME.sagas()
                .start(SagaType.named("unknown", version(1), Move.class), "u", move("u"))))
                .isInstanceOf(SagaError.UnknownDefinition.class);
    }

    @Test
    void of_a_saga_that_was_not_started_nothing_is_known() {
        SagaHandle none = ALL_FRAME.sagas().saga("move", "nobody-has-started-it");

        assertThat(get(none.status())).isEmpty();
        assertThat(get(none.history())).isEmpty();
        assertThat(refused(none.cancel("ann", "why"))).isInstanceOf(SagaError.NotStarted.class);
        assertThat(refused(none.decide(SagaDecision.RETRY, "ann", "why"))).isInstanceOf(SagaError.NotStarted.class);
        for (String id : Set.of("", "a".repeat(151), "a|b", "\uD800")) {
            assertThatThrownBy(() -> ALL_FRAME.sagas().saga("move", id)).isInstanceOfSatisfying(SagaException.class,
                    invalid -> assertThat(invalid.error()).isInstanceOf(SagaError.InvalidId.class));
        }
    }

    @Test
    void an_ended_saga_is_left_alone() {
        SagaHandle saga = start(MOVE, "ended");
        assertEnd(saga, Phase.COMPLETED, "");

        assertThat(refused(saga.cancel("ann", "too late"))).isInstanceOf(SagaError.TooLate.class);
        assertThat(refused(saga.decide(SagaDecision.SKIP, "ann", "why"))).isInstanceOf(SagaError.NotParked.class);
    }

    @Test
    void a_parked_saga_goes_on_as_an_operator_decides_once() {
        SagaHandle saga = start(PARKS, "parked");
        assertEnd(saga, Phase.PARKED, "not-reserved");
        assertThat(ALL_FRAME.sagas().find(SagaQuery.all().in(Phase.PARKED).at("confirm")).sagas())
                .extracting(SagaStatus::id)
                .contains("parked");

        assertThat(refused(saga.decide(SagaDecision.TURN_BACK, "olga", "it went wrong")))
                .isInstanceOf(SagaError.NotPossible.class);
        get(saga.decide(SagaDecision.SKIP, "olga", "it was never reserved"));

        await().atMost(LONG).until(() -> get(saga.status()).orElseThrow().phase() == Phase.COMPLETED);
        assertThat(refused(saga.decide(SagaDecision.SKIP, "olga", "again"))).isInstanceOf(SagaError.NotParked.class);
        assertThat(get(saga.history())).extracting(SagaTransition::record).contains("parked", "decided", "completed");
        assertThat(get(saga.history())).extracting(SagaTransition::error)
                .contains("skip by olga: it was never reserved");
    }

    @Test
    void a_function_that_throws_turns_the_saga_back() {
        SagaHandle saga = start(THROWS, "throws");

        assertEnd(saga, Phase.COMPENSATED, "function-threw: ");
        assertThat(get(saga.history())).extracting(SagaTransition::record).contains("undone");
    }

    @Test
    void an_interceptor_that_says_no_turns_the_saga_back() {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        SagaHandle saga = get(ALL_FRAME.sagas()
                .start(MOVE, "forbidden", new Move("forbidden", "ann", "forbidden", 1),
                        CommandOptions.none().byUser("olga").tracedBy(trace)));

        assertEnd(saga, Phase.COMPENSATED, "not-permitted");
        assertThat(ASKED_FOR).contains("olga " + trace + " saga/move/forbidden/credit/do/1");
    }

    @Test
    void an_interceptor_that_says_no_to_an_undo_leaves_it_stuck_and_the_rest_is_undone() {
        SagaHandle saga = start(NOT_GIVEN_BACK, "kept");

        assertEnd(saga, Phase.PARKED, "stuck: these steps could not be undone: keep");
        assertThat(get(saga.history())).filteredOn(each -> each.record().equals("stuck"))
                .singleElement()
                .satisfies(stuck -> assertThat(stuck.error()).startsWith("not-permitted: "));
        assertThat(get(saga.history())).filteredOn(each -> each.record().equals("undone"))
                .extracting(SagaTransition::step)
                .containsExactly("reserve");
    }

    @Test
    void the_views_that_sagas_need_can_be_built_anew_and_neither_paused_nor_retired() {
        Order order = Order.of("olga", "to see");
        for (String view : Set.of("sagas", "saga-awaited")) {
            for (Supplier<?> no : List.<Supplier<?>>of(() -> ALL_FRAME.projections().pause(view, order),
                    () -> ALL_FRAME.projections().retire(view, order))) {
                assertThatThrownBy(no::get).isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("view '" + view + "' is needed by sagas: it can be neither paused nor retired;"
                                + " rebuild it where its rows are wrong");
            }
            get(ALL_FRAME.projections().rebuild(view, order));
        }

        assertEnd(start(SLEEPS, new Move("rebuilt", "ann", "cid", 200)), Phase.COMPLETED, "");
    }

    @Test
    void cancelling_twice_turns_a_saga_back_once() {
        SagaHandle saga = start(SLEEPS, new Move("cancelled", "ann", "cid", 3_600_000));

        get(saga.cancel("olga", "not wanted"));
        get(saga.ended());

        assertThat(refused(saga.cancel("olga", "not wanted"))).isInstanceOf(SagaError.TooLate.class);
        assertThat(get(saga.history())).filteredOn(each -> each.record().equals("turned-back"))
                .singleElement()
                .satisfies(back -> assertThat(back.error()).isEqualTo("cancelled: by olga: not wanted"));
    }

    @Test
    void a_call_that_blocks_is_interrupted_when_its_time_is_over_and_another_has_its_place() {
        for (int i = 0; i < 5; i++) {
            start(BLOCKS, "blocks-" + i);
        }

        for (int i = 0; i < 5; i++) {
            assertEnd(ALL_FRAME.sagas().saga("blocks", "blocks-" + i), Phase.COMPENSATED, "timeout");
        }
        await().atMost(LONG).until(() -> INTERRUPTED.size() == 5);
        assertThat(use("blocks")).satisfies(use -> {
            assertThat(use.underWay()).isZero();
            assertThat(use.failures()).isEqualTo(5);
        });
    }

    @Test
    void a_cursor_that_is_none_or_of_another_question_is_refused() {
        for (int i = 0; i < 2; i++) {
            assertEnd(start(MOVE, "cursor-" + i), Phase.COMPLETED, "");
            assertEnd(start(CALL, "cursor-" + i), Phase.COMPENSATED, "");
        }
        SagaQuery moves = SagaQuery.all().of("move").limit(1);
        SagaQuery calls = SagaQuery.all().of("call").limit(1);
        String cursor = await().atMost(LONG)
                .until(() -> ALL_FRAME.sagas().find(moves).next().orElse(""), next -> !next.isEmpty());

        assertThat(ALL_FRAME.sagas().find(moves.after(cursor)).sagas()).hasSize(1);
        for (SagaQuery query : List.of(calls.after(cursor), moves.after("garbage"), moves.after("???"),
                moves.after(""), moves.after(cursor.substring(0, 8)), SagaQuery.all().after(cursor),
                SagaQuery.all().in(Phase.PARKED).after("garbage"),
                SagaQuery.all().correlatedBy("c").after("garbage"))) {
            assertThatThrownBy(() -> ALL_FRAME.sagas().find(query)).as(query.toString())
                    .isInstanceOfSatisfying(SagaException.class, refused -> assertThat(refused.error())
                            .isInstanceOf(SagaError.InvalidCursor.class));
        }
    }

    @Test
    void no_more_calls_go_on_than_may_though_their_time_is_over_and_each_saga_ends() {
        for (int i = 0; i < 6; i++) {
            start(DEAF, "deaf-" + i);
        }

        for (int i = 0; i < 6; i++) {
            assertEnd(ALL_FRAME.sagas().saga("deaf", "deaf-" + i), Phase.COMPENSATED, "");
        }
        assertThat(MOST_HANGING).hasValue(2);
        assertThat(HANGING).hasValue(2);
        assertThat(UNDONE.stream().filter(id -> id.startsWith("deaf"))).as("those that were made").hasSize(2);
        LET_GO.countDown();
        await().atMost(LONG).until(() -> HANGING.get() == 0);
        assertEnd(start(DEAF, "deaf-again"), Phase.COMPLETED, "");
    }

    @Test
    void a_call_that_hangs_counts_as_done_and_is_undone() {
        assertEnd(start(CALL, "hangs"), Phase.COMPENSATED, "timeout");
        assertThat(UNDONE).contains("hangs");
        assertThat(STARTED.get("hangs")).hasValue(2);
    }

    @Test
    void calls_that_throw_fail_or_give_null_count_as_unanswered() {
        CALLS.put("fails", CompletableFuture.failedFuture(new IllegalStateException("no line")));
        CALLS.put("nothing", CompletableFuture.completedFuture(null));

        assertEnd(start(CALL, "fails"), Phase.COMPENSATED, "failed: ");
        assertEnd(start(CALL, "nothing"), Phase.COMPENSATED, "");
        assertThat(UNDONE).contains("fails", "nothing");
    }

    @Test
    void an_answer_that_is_too_large_for_a_record_turns_the_saga_back() {
        CALLS.put("large", CompletableFuture.completedFuture(new Ticket("x".repeat(20_000))));

        assertEnd(start(CALL, "large"), Phase.COMPENSATED, "unkept: ");
        assertThat(UNDONE).contains("large");
    }

    @Test
    void no_more_run_than_may() {
        SagaHandle first = start(TWO_AT_MOST, "one");
        start(TWO_AT_MOST, "two");

        assertThat(refused(ALL_FRAME.sagas().start(TWO_AT_MOST, "three", move("three"))))
                .isInstanceOfSatisfying(SagaError.Overloaded.class, full -> assertThat(full.retryable()).isTrue());
        assertThat(start(TWO_AT_MOST, "two").id()).as("it runs already").isEqualTo("two");
        get(first.cancel("ann", "to make room"));
        assertThat(get(first.ended()).phase()).isEqualTo(Phase.COMPENSATED);
        await().atMost(LONG)
                .until(() -> ALL_FRAME.sagas()
                        .start(TWO_AT_MOST, "three", move("three"))
                        .handle((saga, failure) -> failure == null)
                        .toCompletableFuture()
                        .join());
    }

    @Test
    void a_step_that_is_stuck_holds_up_its_own_calls_alone() {
        start(STUCK_CALLS, "stuck-1");
        start(STUCK_CALLS, "stuck-2");
        await().atMost(LONG).until(() -> STARTED.containsKey("stuck-1") && STARTED.containsKey("stuck-2"));
        start(STUCK_CALLS, "stuck-3");
        CALLS.put("free", CompletableFuture.completedFuture(new Ticket("bob")));

        assertEnd(start(CALL, "free"), Phase.COMPLETED, "");
        assertEnd(start(MOVE, "free-too"), Phase.COMPLETED, "");
        assertThat(STARTED).doesNotContainKey("stuck-3");
        assertThat(use("stuck-calls").underWay()).isEqualTo(2);
    }

    /** Of the first step of a definition. */
    private static SagaMetadata.StepUse use(String definition) {
        return ALL_FRAME.sagas()
                .describe()
                .stream()
                .filter(each -> each.definition().equals(definition))
                .findFirst()
                .orElseThrow()
                .steps()
                .getFirst();
    }

    @Test
    void a_saga_that_sleeps_longer_than_it_is_held_is_found_by_the_view() {
        assertEnd(start(SLEEPS, new Move("long", "ann", "cid", 400)), Phase.COMPLETED, "");
        assertEnd(start(SLEEPS, new Move("short", "ann", "cid", 20)), Phase.COMPLETED, "");
    }

    @Test
    void each_of_a_chain_of_sagas_is_started_once() {
        SagaHandle first = start(CHAIN, new Move("chain-3", "ann", "cid", 3));
        assertEnd(first, Phase.COMPLETED, "");

        for (int left = 2; left >= 0; left--) {
            SagaHandle next = ALL_FRAME.sagas().saga("chain", "chain-" + left);
            assertEnd(next, Phase.COMPLETED, "");
            assertThat(get(next.history())).filteredOn(each -> each.record().equals("started")).hasSize(1);
        }
        assertThat(ALL_FRAME.sagas().find(SagaQuery.all().correlatedBy("saga/chain/chain-3")).sagas()).hasSize(3);
    }

    @Test
    void an_event_starts_a_saga() {
        long number = get(ALL_FRAME.commands().dispatch(VAULT, "cid", new VaultCommand.Reserve("r-1", 77))).orThrow()
                .sequenceNr();
        get(ALL_FRAME.commands().dispatch(VAULT, "cid", new VaultCommand.Reserve("r-2", 7))).orThrow();

        assertEnd(ALL_FRAME.sagas().saga("by-event", "vault/cid#" + number), Phase.COMPLETED, "");
        assertThat(ALL_FRAME.sagas().find(SagaQuery.all().of("by-event")).sagas()).hasSize(1);
    }

    @Test
    void pages_of_sagas_follow_each_other() {
        for (int i = 0; i < 7; i++) {
            get(ALL_FRAME.sagas()
                    .start(MOVE, "page-" + i, move("page-" + i), CommandOptions.none().correlatedBy("pages")));
        }
        await().atMost(LONG)
                .until(() -> ALL_FRAME.sagas().find(SagaQuery.all().correlatedBy("pages")).sagas().size() == 7);

        SagaQuery query = SagaQuery.all().correlatedBy("pages").limit(3);
        Set<String> found = ConcurrentHashMap.newKeySet();
        Optional<String> next = Optional.empty();
        do {
            var page = ALL_FRAME.sagas().find(next.isEmpty() ? query : query.after(next.get()));
            page.sagas().forEach(saga -> found.add(saga.id()));
            next = page.next();
        } while (next.isPresent());

        assertThat(found).hasSize(7);
    }
}

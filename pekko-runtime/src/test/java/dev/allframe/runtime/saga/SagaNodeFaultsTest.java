package dev.allframe.runtime.saga;

import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.saga.Vaults.VAULT;
import static dev.allframe.saga.SagaAction.call;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaAction.sleepUntil;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.saga.SagaUndo.undo;
import static dev.allframe.saga.StepOption.attempts;
import static dev.allframe.saga.StepOption.into;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.saga.CutStore.Node;
import dev.allframe.runtime.saga.Vaults.Move;
import dev.allframe.runtime.saga.Vaults.Vault;
import dev.allframe.runtime.saga.Vaults.VaultCommand;
import dev.allframe.runtime.saga.Vaults.VaultEvent;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.saga.SagaTransition;
import dev.allframe.saga.SagaType;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Sagas on a node whose disk, clock or stored records fail them. */
final class SagaNodeFaultsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

    @Stored("ticket")
    record Ticket(String text) {}

    /** Calls that wait to be answered, by the ids of their sagas, and how often each was made. */
    private static final Map<String, CompletableFuture<Ticket>> CALLS = new ConcurrentHashMap<>();
    private static final Map<String, Integer> MADE = new ConcurrentHashMap<>();

    private static void answer(String id) {
        Objects.requireNonNull(CALLS.get(id), id).complete(new Ticket("yes"));
    }

    private static CompletionStage<Ticket> ask(Move move, String key) {
        MADE.merge(move.id(), 1, Integer::sum);
        return CALLS.computeIfAbsent(move.id(), id -> new CompletableFuture<>());
    }

    private static final SagaType<Move> TWO_VAULTS = SagaType.named("two-vaults", version(1), Move.class)
            .tryFor(Duration.ofMillis(200))
            .step("first", command(VAULT, Move::from, m -> new VaultCommand.Reserve(m.id(), m.amount())),
                    undo(VAULT, Move::from, m -> new VaultCommand.Release(m.id())))
            .step("second", command(VAULT, Move::to, m -> new VaultCommand.Reserve(m.id(), m.amount()), attempts(1)),
                    undo(VAULT, Move::to, m -> new VaultCommand.Release(m.id())))
            .step("ask", call(Ticket.class, SagaNodeFaultsTest::ask), nothingToUndo())
            .step("refused", command(VAULT, Move::from, m -> new VaultCommand.Confirm("another")), nothingToUndo());

    private static final SagaType<Move> ASKS = SagaType.named("asks", version(1), Move.class)
            .step("ask", call(Ticket.class, SagaNodeFaultsTest::ask), nothingToUndo())
            .step("credit", command(VAULT, Move::to, m -> new VaultCommand.Credit(m.id(), 1)), nothingToUndo());

    /** Sleeps so many milliseconds behind noon as it has an amount. */
    private static final SagaType<Move> SLEEPS = SagaType.named("sleeps", version(1), Move.class)
            .step("sleep", sleepUntil(m -> NOON.plusMillis(m.amount())), nothingToUndo())
            .step("credit", command(VAULT, Move::to, m -> new VaultCommand.Credit(m.id(), 1)), nothingToUndo());

    /** What it was answered can never be stored, for an error that is of the JVM. */
    private static final SagaType<Move> NEVER_STORED = SagaType.named("never-stored", version(1), Move.class)
            .step("ask", call(Ticket.class, (move, key) -> CompletableFuture.completedFuture(new Ticket("yes")),
                    into((move, ticket) -> {
                        throw new InternalError("planted");
                    })), nothingToUndo());

    /** A clock that is set. */
    private static final class Hands extends Clock {
        private volatile Instant now = NOON;

        /** Whether it goes on by itself. */
        private volatile boolean goes;
        private final long begun = System.nanoTime();

        @Override
        public Instant instant() {
            return goes ? now.plusNanos(System.nanoTime() - begun) : now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final String store = UUID.randomUUID().toString();
    private final Node node = new Node(store, stream -> stream.startsWith("saga|") ? stream : "");
    private final Hands clock = new Hands();

    private AllFrame start(String settings) {
        EventStore<VaultEvent> vaults = EventStore.of(CutStore.store(store), VAULT, JacksonEventCodec.of(VAULT));
        for (String vault : List.of("ann", "bob")) {
            vaults.append(vault, ExpectedVersion.noStream(), List.of(new VaultEvent.Opened(100)))
                    .toCompletableFuture()
                    .join();
        }
        return started(settings);
    }

    private AllFrame started(String settings) {
        return AllFrame
                .standalone("node-faults",
                        ConfigFactory.parseString(CutStore.config(store, store) + CutStore.APPENDS_ALONE + settings)
                                .withFallback(ConfigFactory.load()))
                .clock(clock)
                .aggregate(VAULT)
                .saga(TWO_VAULTS)
                .saga(ASKS)
                .saga(SLEEPS)
                .saga(NEVER_STORED)
                .start();
    }

    private static SagaHandle start(AllFrame node, SagaType<Move> type, Move move) {
        return get(node.sagas().start(type, move.id(), move));
    }

    private static <A> A get(CompletionStage<A> stage) {
        return stage.toCompletableFuture().copy().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static SagaStatus awaitStatus(SagaHandle saga, Predicate<SagaStatus> wanted) {
        return await().atMost(PATIENCE).until(() -> get(saga.status()).orElseThrow(), wanted);
    }

    private static List<String> records(SagaHandle saga) {
        return get(saga.history()).stream().map(SagaTransition::record).toList();
    }

    @Test
    void one_whose_outcome_can_never_be_stored_is_begun_again_after_pauses_that_grow() {
        try (AllFrame frame = start("")) {
            SagaHandle saga = start(frame, NEVER_STORED, new Move("never-1", "ann", "bob", 1));
            clock.goes = true;
            clock.now = NOON.plusSeconds(3_600);
            await().atMost(PATIENCE).until(() -> records(saga).size() == 4);

            // two seconds and four: two more of them, and six if a second passed between each
            await().during(Duration.ofSeconds(6)).atMost(PATIENCE).until(() -> records(saga).size() <= 7);
        }
    }

    @Test
    void closing_waits_for_no_call_and_the_next_node_makes_it_again() {
        SagaHandle saga;
        try (AllFrame allFrame = start("")) {
            saga = start(allFrame, ASKS, new Move("left", "ann", "bob", 5));
            await().atMost(PATIENCE).until(() -> CALLS.containsKey("left"));
        }
        assertThat(MADE.get("left")).isEqualTo(1);

        try (AllFrame next = started("")) {
            await().atMost(PATIENCE).until(() -> Integer.valueOf(2).equals(MADE.get("left")));
            answer("left");

            assertThat(get(next.sagas().saga(saga.definition(), saga.id()).ended()).phase())
                    .isEqualTo(Phase.COMPLETED);
        }
    }

    @Stored("from-the-future")
    record FromTheFuture(int number) implements Event {}

    /** Of newer code, whose records the code under test cannot read. */
    private static final AggregateType<VaultCommand, FromTheFuture, Vault> NEWER = AggregateType.named("vault",
            VaultCommand.class, FromTheFuture.class, Vault.class, new Aggregate<>() {
                @Override
                public Vault initialState() {
                    return new Vault(true, 0, Map.of());
                }

                @Override
                public Decision<FromTheFuture> decide(Vault vault, VaultCommand command) {
                    return Decision.refuse("no");
                }

                @Override
                public Vault evolve(Vault vault, FromTheFuture event) {
                    return vault;
                }
            });

    @Test
    void an_undo_whose_target_became_unreadable_is_stuck_and_the_rest_is_undone() {
        try (AllFrame allFrame = start("allframe.restart-backoff { min = 10ms, max = 50ms }")) {
            SagaHandle saga = start(allFrame, TWO_VAULTS, new Move("unread", "ann", "bob", 5));
            await().atMost(PATIENCE).until(() -> CALLS.containsKey("unread"));
            EventStore.of(CutStore.store(store), NEWER, JacksonEventCodec.of(NEWER))
                    .append("bob", ExpectedVersion.any(), List.of(new FromTheFuture(1)))
                    .toCompletableFuture()
                    .join();

            answer("unread");
            awaitStatus(saga, status -> status.undoing() && !status.reason().isEmpty());
            clock.now = NOON.plusSeconds(60);
            SagaStatus end = get(saga.ended());

            assertThat(end.phase()).isEqualTo(Phase.PARKED);
            assertThat(end.reason()).isEqualTo("stuck: these steps could not be undone: second");
            assertThat(get(saga.history())).filteredOn(each -> each.record().equals("stuck"))
                    .singleElement()
                    .satisfies(stuck -> assertThat(stuck.error()).startsWith("unreadable")
                            .contains("from-the-future"));
            assertThat(allFrame.eventStore(VAULT).streamEvents("ann").map(each -> each.event()))
                    .last()
                    .isEqualTo(new VaultEvent.Released("unread"));
        }
    }

    @Test
    void a_disk_that_is_full_between_an_outcome_and_the_next_intent_holds_it_up_and_repeats_nothing() {
        try (AllFrame allFrame = start("allframe.restart-backoff { min = 10ms, max = 50ms }")) {
            SagaHandle saga = start(allFrame, ASKS, new Move("full", "ann", "bob", 5));
            await().atMost(PATIENCE).until(() -> CALLS.containsKey("full"));

            node.full(true);
            answer("full");
            await().atMost(PATIENCE).until(() -> node.refused() > 3);
            assertThat(records(saga)).containsExactly("started", "step-begun");
            node.full(false);

            assertThat(get(saga.ended()).phase()).isEqualTo(Phase.COMPLETED);
            assertThat(MADE.get("full")).isEqualTo(1);
        }
    }

    @Test
    void a_clock_that_is_set_back_wakes_none_early_and_loses_none() {
        try (AllFrame allFrame = start("allframe.sagas.hold-for = 10s")) {
            SagaHandle held = start(allFrame, SLEEPS, new Move("held", "ann", "bob", 300));
            SagaHandle released = start(allFrame, SLEEPS, new Move("released", "ann", "bob", 60_000));
            awaitStatus(released, status -> "sleep".equals(status.step()));

            clock.now = NOON.minus(Duration.ofHours(1));
            SagaHandle before = start(allFrame, SLEEPS, new Move("before", "ann", "bob", -3_599_000));

            await().during(Duration.ofSeconds(2)).atMost(PATIENCE).untilAsserted(() -> {
                for (SagaHandle saga : List.of(held, released, before)) {
                    assertThat(records(saga)).as(saga.id()).containsExactly("started", "step-begun");
                }
            });
            clock.now = NOON.minus(Duration.ofSeconds(3_599));
            assertThat(get(before.ended()).phase()).isEqualTo(Phase.COMPLETED);
            assertThat(records(held)).containsExactly("started", "step-begun");
            clock.now = NOON.plusMillis(300);
            assertThat(get(held.ended()).changedAt()).isEqualTo(NOON.plusMillis(300));
            assertThat(records(released)).containsExactly("started", "step-begun");
            clock.now = NOON.plusSeconds(60);
            assertThat(get(released.ended()).changedAt()).isEqualTo(NOON.plusSeconds(60));
        }
    }

    @Test
    void a_clock_that_is_set_back_between_an_intent_and_its_outcome_changes_nothing() {
        try (AllFrame allFrame = start("allframe.sagas.hold-for = 0s")) {
            clock.now = NOON.plus(Duration.ofHours(1));
            SagaHandle saga = start(allFrame, ASKS, new Move("early", "ann", "bob", 5));
            await().atMost(PATIENCE).until(() -> CALLS.containsKey("early"));

            clock.now = NOON;
            answer("early");

            assertThat(get(saga.ended()).phase()).isEqualTo(Phase.COMPLETED);
        }
    }
}

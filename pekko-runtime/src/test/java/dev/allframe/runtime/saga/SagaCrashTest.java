package dev.allframe.runtime.saga;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.saga.Vaults.MOVE;
import static dev.allframe.runtime.saga.Vaults.VAULT;
import static dev.allframe.saga.SagaAction.awaitEvent;
import static dev.allframe.saga.SagaAction.call;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaAction.sleepUntil;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.saga.SagaUndo.undo;
import static dev.allframe.saga.SagaUndo.undoCall;
import static dev.allframe.saga.StepOption.retryRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Stored;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.saga.CutStore.At;
import dev.allframe.runtime.saga.CutStore.Cut;
import dev.allframe.runtime.saga.CutStore.Node;
import dev.allframe.runtime.saga.Vaults.Move;
import dev.allframe.runtime.saga.Vaults.Vault;
import dev.allframe.runtime.saga.Vaults.VaultCommand;
import dev.allframe.runtime.saga.Vaults.VaultEvent;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.Successor;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * A process that ends before or behind any append of a saga or its participants, and a storage that fails there, change
 * nothing of how the saga ends.
 */
@Guarantee("G8")
final class SagaCrashTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Set<String> BOOKED = ConcurrentHashMap.newKeySet();
    private static final Set<String> UNBOOKED = ConcurrentHashMap.newKeySet();

    @Stored("ticket")
    record Ticket(String number) {}

    /** Something outside that does the work of a key once. */
    private static CompletionStage<Ticket> book(Move move, String key) {
        BOOKED.add(key);
        return CompletableFuture.completedFuture(new Ticket(key));
    }

    private static CompletionStage<Void> unbook(Move move, String key) {
        UNBOOKED.add(key);
        return CompletableFuture.completedFuture(null);
    }

    private static SagaType<Move> trip(SagaType<Move> begin) {
        return begin.step("credit", command(VAULT, Move::to, m -> new VaultCommand.Credit(m.id(), m.amount())),
                nothingToUndo());
    }

    private static final SagaType<Move> TRIP = trip(SagaType.named("trip", version(1), Move.class)
            .step("book", call(Ticket.class, SagaCrashTest::book), undoCall(SagaCrashTest::unbook)));

    private static final SagaType<Move> ASKED_TRIP = trip(SagaType.named("asked-trip", version(1), Move.class)
            .step("book",
                    call(Ticket.class, SagaCrashTest::book,
                            (move, key) -> CompletableFuture
                                    .completedFuture(BOOKED.contains(key)
                                            ? Optional.of(new Ticket(key))
                                            : Optional.empty())),
                    undoCall(SagaCrashTest::unbook)));

    private static final SagaType<Move> WAITING = SagaType.named("waiting", version(1), Move.class)
            .step("nap", sleepUntil(m -> java.time.Instant.now().plusMillis(20)), nothingToUndo())
            .step("paid", awaitEvent(VAULT, VaultEvent.Credited.class, VaultEvent.Credited::id, Move::id),
                    nothingToUndo())
            .step("reserve", command(VAULT, Move::to, m -> new VaultCommand.Reserve(m.id(), m.amount())),
                    undo(VAULT, Move::to, m -> new VaultCommand.Release(m.id())));

    /** Begins once again when it has completed. */
    private static final SagaType<Move> RECURRING = SagaType.named("recurring", version(1), Move.class)
            .step("credit", command(VAULT, Move::to, m -> new VaultCommand.Credit(m.id(), m.amount())),
                    nothingToUndo())
            .thenStart(m -> m.id().endsWith(Case.SECOND)
                    ? Optional.empty()
                    : Optional.of(again(new Move(m.id() + Case.SECOND, m.from(), m.to(), m.amount()))));

    private static Successor<Move> again(Move next) {
        return new Successor<>(RECURRING, next.id(), next);
    }

    /** Wants more than there is, three times. */
    private static final SagaType<Move> PATIENT = SagaType.named("patient", version(1), Move.class)
            .step("set-aside", command(VAULT, Move::to, m -> new VaultCommand.Reserve(m.id(), m.amount())),
                    undo(VAULT, Move::to, m -> new VaultCommand.Release(m.id())))
            .step("reserve", command(VAULT, Move::from, m -> new VaultCommand.Reserve(m.id(), 1_000),
                    retryRefused("not-enough", Duration.ofMillis(20), 2)),
                    undo(VAULT, Move::from, m -> new VaultCommand.Release(m.id())));

    /** How a saga goes. */
    @SuppressWarnings("ImmutableEnumChecker") // the definition of a saga is immutable
    private enum Way {
        MOVED(MOVE, 7, Phase.COMPLETED, "to"), MOVED_BACK(MOVE, 6, Phase.COMPENSATED, "nobody"), BOOKED(TRIP, 4,
                Phase.COMPLETED, "to"), UNBOOKED(TRIP, 3, Phase.COMPENSATED, "nobody"), ASKED(ASKED_TRIP, 4,
                        Phase.COMPLETED, "to"), ASKED_BACK(ASKED_TRIP, 3, Phase.COMPENSATED,
                                "nobody"), WAITED(WAITING, 5, Phase.COMPLETED, "to"), RECURRED(RECURRING, 7,
                                        Phase.COMPLETED, "to"), REFUSED(PATIENT, 10, Phase.COMPENSATED, "to");

        private final SagaType<Move> type;

        /** How many it makes, its participants' included. */
        private final int appends;

        /** How it ends, whatever happens. */
        private final Phase end;

        /** The vault that gets the money. */
        private final String to;

        Way(SagaType<Move> type, int appends, Phase end, String to) {
            this.type = type;
            this.appends = appends;
            this.end = end;
            this.to = to;
        }
    }

    /** One saga with vaults of its own, and where it is cut off. */
    private record Case(String id, Way way, At at) {

        /** Behind the id of a saga that follows another one. */
        static final String SECOND = "#2";

        Move move() {
            return new Move(id, id + ".from", id + "." + way.to, 5);
        }

        static String of(String stream) {
            String entity = stream.substring(stream.indexOf('|') + 1);
            if (stream.startsWith("saga|")) {
                return entity.substring(entity.indexOf('/') + 1).replace(SECOND, "");
            }
            return stream.startsWith("vault|") ? entity.substring(0, Math.max(0, entity.indexOf('.'))) : "";
        }
    }

    private static List<Case> cases(Cut... cuts) {
        List<Case> cases = new ArrayList<>();
        for (Way way : Way.values()) {
            for (Cut cut : cuts) {
                for (int append = 1; append <= way.appends; append++) {
                    cases.add(new Case("c" + cases.size(), way, new At(cut, append)));
                }
            }
        }
        return cases;
    }

    private static AllFrame start(String store, String node) {
        return AllFrame
                .standalone("crash-" + node,
                        ConfigFactory.parseString(CutStore.config(store, node) + CutStore.APPENDS_ALONE + """

                                allframe.restart-backoff { min = 10ms, max = 50ms }
                                """).withFallback(ConfigFactory.load()))
                .aggregate(VAULT)
                .saga(MOVE)
                .saga(TRIP)
                .saga(ASKED_TRIP)
                .saga(WAITING)
                .saga(RECURRING)
                .saga(PATIENT)
                .start();
    }

    private static void open(String store, List<Case> cases) {
        EventStore<VaultEvent> vaults = EventStore.of(CutStore.store(store), VAULT, JacksonEventCodec.of(VAULT));
        for (Case each : cases) {
            for (String vault : List.of("from", "to")) {
                vaults.append(each.id + "." + vault, ExpectedVersion.any(), List.of(new VaultEvent.Opened(10)))
                        .toCompletableFuture()
                        .join();
            }
        }
    }

    private static void begin(AllFrame node, List<Case> cases) {
        for (Case each : cases) {
            CompletionStage<?> unused = each.way == Way.WAITED
                    ? payUntilPaid(node, each)
                    : startUntilStarted(node, each);
        }
    }

    private static CompletionStage<SagaHandle> startUntilStarted(AllFrame node, Case each) {
        return node.sagas()
                .start(each.way.type, each.id, each.move())
                .handle((saga, failure) -> failure == null
                        ? CompletableFuture.completedFuture(saga)
                        : CompletableFuture
                                .supplyAsync(() -> startUntilStarted(node, each),
                                        CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS))
                                .thenCompose(again -> again))
                .thenCompose(stage -> stage);
    }

    /** When the saga has begun, so that the event is awaited. */
    private static CompletionStage<?> payUntilPaid(AllFrame node, Case each) {
        return startUntilStarted(node, each).thenCompose(saga -> node.commands()
                .dispatch(VAULT, each.id + ".to", new VaultCommand.Credit(each.id, 5), withCommandId("pay-" + each.id)))
                .thenCompose(result -> {
                    if (result instanceof CommandResult.Accepted<VaultEvent>) {
                        return CompletableFuture.completedFuture(null);
                    }
                    return CompletableFuture
                            .supplyAsync(() -> payUntilPaid(node, each),
                                    CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS))
                            .thenCompose(again -> again.thenApply(paid -> null));
                });
    }

    @Test
    void a_process_that_ends_at_any_append_changes_no_end() {
        String store = UUID.randomUUID().toString();
        List<Case> cases = cases(Cut.BEFORE, Cut.BEHIND);
        open(store, cases);
        Node first = new Node(store + "-1", Case::of);
        cases.forEach(each -> first.cut(each.id, each.at));
        AllFrame killed = start(store, store + "-1");
        begin(killed, cases);
        try {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cases).as("cut off").allMatch(each -> first.isCut(each.id)));
        } finally {
            first.die();
            killed.system().terminate();
            killed.system().getWhenTerminated().toCompletableFuture().join();
        }

        Node second = new Node(store + "-2", Case::of);
        try (AllFrame next = start(store, store + "-2")) {
            begin(next, cases);
            assertEnds(next, second, cases);
        }
    }

    @Test
    void a_storage_that_fails_at_any_append_changes_no_end() {
        String store = UUID.randomUUID().toString();
        List<Case> cases = cases(Cut.REFUSED, Cut.UNTOLD);
        open(store, cases);
        Node node = new Node(store, Case::of);
        cases.forEach(each -> node.cut(each.id, each.at));
        try (AllFrame allFrame = start(store, store)) {
            begin(allFrame, cases);
            assertEnds(allFrame, node, cases);
            assertThat(cases).as("failed").allMatch(each -> node.isCut(each.id));
        }
    }

    private static void assertEnds(AllFrame node, Node appends, List<Case> cases) {
        Map<Case, CompletableFuture<SagaStatus>> ends = new LinkedHashMap<>();
        cases.forEach(each -> ends.put(each,
                startUntilStarted(node, each).thenCompose(SagaHandle::ended).toCompletableFuture()));
        ends.forEach((each, end) -> {
            SagaStatus status = end.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).exceptionally(late -> {
                throw new AssertionError(each + " has not ended, after " + appends.appends(each.id) + " appends: "
                        + node.sagas().saga(each.way.type.name(), each.id).history().toCompletableFuture().join(),
                        late);
            }).join();
            assertThat(status.phase()).as(each + ", " + status).isEqualTo(each.way.end);
            if (each.way == Way.RECURRED) {
                SagaStatus second = node.sagas()
                        .saga(RECURRING.name(), each.id + Case.SECOND)
                        .ended()
                        .toCompletableFuture()
                        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join();
                assertThat(second.phase()).as(each + ", " + second).isEqualTo(Phase.COMPLETED);
            }
            assertMoney(node, each);
        });
    }

    private static void assertMoney(AllFrame node, Case each) {
        Vault from = vault(node, each.id + ".from");
        Vault to = vault(node, each.id + ".to");
        boolean done = each.way.end == Phase.COMPLETED;
        String key = "saga/" + each.way.type.name() + "/" + each.id + "/book/do/1";
        switch (each.way) {
            case MOVED, MOVED_BACK -> {
                assertThat(from).as(each.toString()).isEqualTo(new Vault(true, done ? 5 : 10, Map.of()));
                assertThat(to.balance()).as(each.toString()).isEqualTo(done ? 15 : 10);
            }
            case BOOKED, UNBOOKED, ASKED, ASKED_BACK -> {
                assertThat(to.balance()).as(each.toString()).isEqualTo(done ? 15 : 10);
                assertThat(BOOKED).contains(key);
                assertThat(UNBOOKED.contains(key)).as(each.toString()).isNotEqualTo(done);
            }
            case RECURRED -> assertThat(to).as(each.toString()).isEqualTo(new Vault(true, 20, Map.of()));
            case REFUSED -> {
                assertThat(from).as(each.toString()).isEqualTo(new Vault(true, 10, Map.of()));
                assertThat(to).as(each.toString()).isEqualTo(new Vault(true, 10, Map.of()));
            }
            case WAITED -> {
                assertThat(to).as(each.toString()).isEqualTo(new Vault(true, 15, Map.of(each.id, 5L)));
            }
        }
    }

    private static Vault vault(AllFrame node, String id) {
        BiFunction<Vault, VaultEvent, Vault> evolve = VAULT.aggregate()::evolve;
        return node.eventStore(VAULT)
                .streamEvents(id)
                .reduce(VAULT.aggregate().initialState(), (vault, event) -> evolve.apply(vault, event.event()),
                        (one, other) -> other);
    }
}

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
import static dev.allframe.saga.SagaUndo.undoCall;
import static dev.allframe.saga.StepOption.attempts;
import static dev.allframe.saga.StepOption.timeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.aggregate.Stored;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.ClusterMembers;
import dev.allframe.runtime.PausableThreads;
import dev.allframe.runtime.saga.CutStore.Node;
import dev.allframe.runtime.saga.Vaults.VaultCommand;
import dev.allframe.runtime.saga.Vaults.VaultEvent;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaOrchestrator;
import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.saga.SagaType;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sagas of every kind over members of a cluster, of which one ends, leaves or comes in the middle. */
@Guarantee("G8")
final class SagasOfTwoMembersTest {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration ATTEMPT = Duration.ofSeconds(2);
    private static final int OF_EACH = 24;
    private static final int VAULTS = 6;
    private static final Duration NIGHT = Duration.ofHours(1);
    private static final long BALANCE = 1_000;

    @Stored("errand")
    record Errand(String id, String from, String to, Instant until) {}

    @Stored("ticket")
    record Ticket(String key) {}

    /** What is outside: one for all members. Does the work of a key once, and may hold its answers to a member back. */
    private final Map<String, Set<String>> booked = new ConcurrentHashMap<>();
    private final Set<String> unbooked = ConcurrentHashMap.newKeySet();
    private final Set<String> occurred = ConcurrentHashMap.newKeySet();
    private final Map<String, CompletableFuture<Void>> held = new ConcurrentHashMap<>();

    /** How much later it is than the machine says: sleepers are woken when the test says so. */
    private final AtomicReference<Duration> later = new AtomicReference<>(Duration.ZERO);
    private volatile boolean over;

    private final String store = UUID.randomUUID().toString();
    private final ClusterMembers members = new ClusterMembers();
    private final EventStore<VaultEvent> vaults = EventStore.of(CutStore.store(store), VAULT,
            JacksonEventCodec.of(VAULT));

    @AfterEach
    void stop() {
        over = true;
        held.values().forEach(answer -> answer.complete(null));
        members.close();
    }

    private CompletionStage<Ticket> book(String member, String key) {
        booked.computeIfAbsent(key, first -> ConcurrentHashMap.newKeySet()).add(member);
        return held.getOrDefault(member, CompletableFuture.completedFuture(null)).thenApply(done -> new Ticket(key));
    }

    private static VaultCommand.Credit credit(Errand errand) {
        return new VaultCommand.Credit(errand.id, 1);
    }

    private static SagaType<Errand> move(String name) {
        return SagaType.named(name, version(1), Errand.class)
                .step("reserve",
                        command(VAULT, Errand::from, e -> new VaultCommand.Reserve(e.id, 1), timeout(ATTEMPT),
                                attempts(50)),
                        undo(VAULT, Errand::from, e -> new VaultCommand.Release(e.id)));
    }

    /** The rest of each kind: what was reserved is moved. */
    private static SagaType<Errand> moved(SagaType<Errand> begun) {
        return begun
                .step("credit",
                        command(VAULT, Errand::to, SagasOfTwoMembersTest::credit, timeout(ATTEMPT), attempts(50)),
                        cannotBeUndone())
                .step("confirm", command(VAULT, Errand::from, e -> new VaultCommand.Confirm(e.id), timeout(ATTEMPT),
                        attempts(50)), nothingToUndo());
    }

    private static final SagaType<Errand> MOVE = moved(move("move"));

    private static final SagaType<Errand> ASLEEP = moved(
            move("asleep").step("sleep", sleepUntil(Errand::until), nothingToUndo()));

    private static final SagaType<Errand> WAITING = moved(move("waiting").step("paid",
            awaitEvent(VAULT, VaultEvent.Opened.class, opened -> "vault " + opened.amount(),
                    errand -> "vault " + amountOf(errand.id)),
            nothingToUndo()));

    private SagaType<Errand> calling(String member) {
        return moved(move("calling").step("book",
                call(Ticket.class, (errand, key) -> book(member, key), timeout(ATTEMPT), attempts(50)),
                undoCall((errand, key) -> unbook(key))));
    }

    private CompletionStage<Void> unbook(String key) {
        unbooked.add(key);
        return CompletableFuture.completedFuture(null);
    }

    /** The opening of a vault with this amount is the event for which the saga waits. */
    private static long amountOf(String id) {
        return Long.parseLong(id.substring(1));
    }

    /**
     * A member.
     *
     * @param node its storage
     * @param calling the definition that calls outside, which knows which member does
     */
    private record Member(ActorSystem<Void> system, AllFrame allFrame, Node node, SagaType<Errand> calling) {

        SagaType<Errand> type(Kind kind) {
            return switch (kind) {
                case MOVE -> MOVE;
                case ASLEEP -> ASLEEP;
                case WAITING -> WAITING;
                case CALLING -> calling;
            };
        }

        SagaOrchestrator sagas() {
            return allFrame.sagas();
        }
    }

    private Member member(String name) {
        return member(name, "");
    }

    private Member member(String name, String more) {
        Node node = new Node(store + name, stream -> "");
        ActorSystem<Void> system = members.joined(CutStore.config(store, store + name) + """

                allframe.storages.memory.visible-to = cluster
                allframe.sagas.hold-for = 100ms
                allframe.command-timeout = 2s
                allframe.restart-backoff { min = 10ms, max = 50ms }
                pekko.cluster.down-removal-margin = 1ms
                pekko.cluster.failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 2s }
                """ + more);
        SagaType<Errand> calling = calling(name);
        InstantSource clock = () -> Instant.now().plus(later.get());
        return new Member(system, AllFrame.on(system)
                .clock(clock.withZone(ZoneOffset.UTC))
                .aggregate(VAULT)
                .saga(MOVE)
                .saga(ASLEEP)
                .saga(WAITING)
                .saga(calling)
                .start(), node, calling);
    }

    private void open() {
        for (int i = 0; i < VAULTS; i++) {
            vaults.append("v" + i, ExpectedVersion.any(), List.of(new VaultEvent.Opened(BALANCE)))
                    .toCompletableFuture()
                    .join();
        }
    }

    private enum Kind {
        MOVE, ASLEEP, WAITING, CALLING
    }

    private record Begun(Kind kind, Errand errand) {

        boolean occursEarly() {
            return kind == Kind.WAITING && amountOf(errand.id) % 2 == 0;
        }
    }

    private List<Begun> begun(Instant until) {
        List<Begun> all = new ArrayList<>();
        for (int i = 0; i < OF_EACH; i++) {
            for (Kind kind : Kind.values()) {
                String id = kind.name().charAt(0) + "" + (10_000 + i);
                all.add(new Begun(kind,
                        new Errand(id, "v" + i % VAULTS, "v" + (i + 1) % VAULTS, until.plusMillis(20L * i))));
            }
        }
        return all;
    }

    private static CompletionStage<SagaHandle> startOnce(Member member, Begun begun) {
        return member.sagas()
                .start(member.type(begun.kind), begun.errand.id, begun.errand);
    }

    /** Starts it, again where nobody has answered, until the test is over. */
    private CompletionStage<SagaHandle> start(Member member, Begun begun) {
        return startOnce(member, begun).handle((saga, failure) -> {
            if (failure == null) {
                return CompletableFuture.completedFuture(saga);
            }
            return over
                    ? CompletableFuture.<SagaHandle>failedFuture(failure)
                    : CompletableFuture
                            .supplyAsync(() -> start(member, begun),
                                    CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS))
                            .thenCompose(again -> again);
        }).thenCompose(stage -> stage);
    }

    /** Starts all of them over both members; for half of those that wait, the event comes when they have begun. */
    private void begin(List<Begun> all, Member one, Member two) {
        List<CompletableFuture<?>> starting = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Begun each = all.get(i);
            starting.add(start(i % 8 < 4 ? one : two, each).thenRun(() -> {
                if (each.occursEarly()) {
                    occur(each);
                }
            }).toCompletableFuture());
        }
        // What has no answer when a member ends is asked again of the other one.
        await().atMost(PATIENCE)
                .until(() -> starting.stream().filter(CompletableFuture::isDone).count() > all.size() / 2);
    }

    /** The opening of a vault for which a saga waits. */
    private void occur(Begun begun) {
        if (occurred.add(begun.errand.id)) {
            vaults.append("of-" + begun.errand.id, ExpectedVersion.noStream(),
                    List.of(new VaultEvent.Opened(amountOf(begun.errand.id))))
                    .toCompletableFuture()
                    .join();
        }
    }

    private boolean isCalledBy(String member) {
        return booked.values().stream().filter(callers -> callers.contains(member)).count() >= 3;
    }

    private static void assertStandBefore(Member member, String... steps) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(member.sagas().find(SagaQuery.all().in(Phase.RUNNING)).sagas())
                        .extracting(SagaStatus::step)
                        .contains(steps));
    }

    @Test
    void a_member_that_ends_abruptly_leaves_no_saga_unfinished_and_no_effect_is_made_twice() {
        open();
        held.put("one", new CompletableFuture<>());
        Member one = member("one");
        Member two = member("two");
        List<Begun> all = begun(Instant.now().plus(NIGHT));

        begin(all, one, two);
        await().atMost(PATIENCE).until(() -> isCalledBy("one") && isCalledBy("two"));
        assertStandBefore(two, "sleep", "paid", "book");
        one.node.die();
        members.lose(one.system, two.system);

        assertAllComplete(two, all);
        held.get("one").complete(null);
        assertEffectsOnce(all);
    }

    /** It stands still in the middle, is taken for dead, and goes on with what it has when others have ended it. */
    @Test
    void a_paused_member_that_wakes_up_makes_no_effect_again() {
        open();
        held.put("one", new CompletableFuture<>());
        Member one = member("one", PausableThreads.CONFIG);
        Member two = member("two");
        List<Begun> all = begun(Instant.now().plus(NIGHT));

        begin(all, one, two);
        await().atMost(PATIENCE).until(() -> isCalledBy("one") && isCalledBy("two"));
        assertStandBefore(two, "sleep", "paid", "book");
        PausableThreads.pause();
        try {
            await().atMost(PATIENCE).until(() -> !Cluster.get(two.system).state().getUnreachable().isEmpty());
            members.lose(one.system, two.system);
            assertAllComplete(two, all);
        } finally {
            PausableThreads.resume();
        }
        held.get("one").complete(null);

        one.system.getWhenTerminated().toCompletableFuture().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        assertThat(booked).containsValue(Set.of("one", "two"));
        assertEffectsOnce(all);
    }

    /** Calls that are under way on it are made again by the other one. */
    @Test
    void a_member_that_leaves_hands_its_sagas_over() {
        open();
        held.put("one", new CompletableFuture<>());
        Member one = member("one");
        Member two = member("two");
        List<Begun> all = begun(Instant.now().plus(NIGHT));

        begin(all, one, two);
        await().atMost(PATIENCE).until(() -> isCalledBy("one") && isCalledBy("two"));
        assertStandBefore(two, "sleep", "paid", "book");
        one.allFrame.close();
        members.stop(one.system);

        assertAllComplete(two, all);
        assertThat(booked).containsValue(Set.of("one", "two"));
        held.get("one").complete(null);
        assertEffectsOnce(all);
    }

    /** Its shards come from a member that is at calls of their sagas, and stays. */
    @Test
    void sagas_move_to_a_member_that_joins_while_their_attempts_are_under_way() {
        open();
        held.put("one", new CompletableFuture<>());
        held.put("two", new CompletableFuture<>());
        Member one = member("one");
        Member two = member("two");
        List<Begun> all = begun(Instant.now().plus(NIGHT));

        begin(all, one, two);
        await().atMost(PATIENCE).until(() -> isCalledBy("one") && isCalledBy("two"));
        assertStandBefore(two, "sleep", "paid", "book");
        Member three = member("three");
        await().atMost(PATIENCE)
                .until(() -> booked.values()
                        .stream()
                        .anyMatch(callers -> callers.contains("three") && callers.size() > 1));
        held.values().forEach(answer -> answer.complete(null));

        assertAllComplete(three, all);
        assertEffectsOnce(all);
    }

    /** The actor system of one stays a member. */
    @Test
    void a_member_that_closes_AllFrame_and_stays_hands_over_sagas_wakers_and_reactions() {
        open();
        Member one = member("one");
        Member two = member("two");
        List<Begun> all = begun(Instant.now().plus(NIGHT));

        begin(all, one, two);
        assertStandBefore(two, "sleep", "paid");
        one.allFrame.close();

        assertAllComplete(two, all);
        assertEffectsOnce(all);
    }

    private void assertAllComplete(Member member, List<Begun> all) {
        later.set(NIGHT);
        Map<Begun, CompletableFuture<SagaStatus>> ends = new LinkedHashMap<>();
        all.forEach(each -> ends.put(each,
                start(member, each).thenCompose(saga -> {
                    if (each.kind == Kind.WAITING) {
                        occur(each);
                    }
                    return saga.ended();
                }).toCompletableFuture()));
        ends.forEach((each, end) -> assertThat(
                end.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).exceptionally(late -> {
                    throw new AssertionError(each + " has not ended: " + member.sagas()
                            .saga(member.type(each.kind).name(), each.errand.id)
                            .history()
                            .toCompletableFuture()
                            .join(), late);
                }).join().phase()).as(each.toString()).isEqualTo(Phase.COMPLETED));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(member.sagas().find(SagaQuery.all().in(Phase.COMPLETED)).sagas())
                        .hasSameSizeAs(all));
        assertThat(member.sagas().find(SagaQuery.all().in(Phase.RUNNING)).sagas()).isEmpty();
    }

    /** Folds the journal: each errand has reserved, credited and confirmed once, and none was given back. */
    private void assertEffectsOnce(List<Begun> all) {
        Map<String, Integer> effects = new TreeMap<>();
        for (int i = 0; i < VAULTS; i++) {
            vaults.streamEvents("v" + i).map(record -> switch (record.event()) {
                case VaultEvent.Opened opened -> "opened";
                case VaultEvent.Reserved(var id, var amount) -> "reserved " + id;
                case VaultEvent.Credited(var id, var amount) -> "credited " + id;
                case VaultEvent.Confirmed(var id) -> "confirmed " + id;
                case VaultEvent.Released(var id) -> "released " + id;
            }).forEach(effect -> effects.merge(effect, 1, Integer::sum));
        }
        Map<String, Integer> expected = new TreeMap<>(Map.of("opened", VAULTS));
        all.forEach(each -> List.of("reserved ", "credited ", "confirmed ")
                .forEach(effect -> expected.put(effect + each.errand.id, 1)));
        assertThat(effects).isEqualTo(expected);
        assertThat(booked).hasSize(OF_EACH).allSatisfy((key, callers) -> assertThat(key).endsWith("/book/do/1"));
        assertThat(unbooked).isEmpty();
    }
}

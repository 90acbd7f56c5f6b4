package dev.allframe.runtime.rolling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.codec.jackson.JsonSchemas;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.runtime.rolling.VersionGuard.Refusals;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.ddata.LWWMap;
import org.apache.pekko.cluster.ddata.LWWMapKey;
import org.apache.pekko.cluster.ddata.typed.javadsl.DistributedData;
import org.apache.pekko.cluster.ddata.typed.javadsl.Replicator;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever keeps a member from knowing what the others can read, it stores nothing new: a guard on one member, and
 * announcements that the test makes in the name of the other.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Guarantee("G9")
final class MemberTypesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration JOIN_PATIENCE = Duration.ofMillis(1);
    private static final String OPENED = "account.opened";
    private static final String CLOSED = "account.closed";

    private static ActorSystem<Void> here = ActorSystem.create(Behaviors.empty(), "none");
    private static ActorSystem<Void> there = here;

    private VersionGuard guard = VersionGuard.open();

    record Touch() implements Command {}

    sealed interface AccountEvent extends Event {}

    @Stored("opened")
    record Opened(String owner) implements AccountEvent {}

    @Stored("closed")
    record Closed() implements AccountEvent {}

    record Rules() implements Aggregate<Touch, AccountEvent, Integer> {

        @Override
        public Integer initialState() {
            return 0;
        }

        @Override
        public Decision<AccountEvent> decide(Integer state, Touch command) {
            return Decision.persist(new Closed());
        }

        @Override
        public Integer evolve(Integer state, AccountEvent event) {
            return state + 1;
        }
    }

    private static final AggregateType<Touch, AccountEvent, Integer> ACCOUNT = AggregateType
            .named("account", Touch.class, AccountEvent.class, Integer.class, new Rules())
            .snapshotEvery(0);

    private static ActorSystem<Void> system() {
        return ActorSystem.create(Behaviors.empty(), "types", ConfigFactory.parseString("""
                pekko.actor.provider = cluster
                pekko.loglevel = WARNING
                pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
                pekko.cluster {
                  jmx.multi-mbeans-in-same-jvm = on
                  downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
                  gossip-interval = 100ms
                  leader-actions-interval = 100ms
                  periodic-tasks-initial-delay = 100ms
                  distributed-data { gossip-interval = 200ms, notify-subscribers-interval = 50ms }
                }
                """).withFallback(ConfigFactory.load()));
    }

    @BeforeAll
    static void twoMembers() {
        here.terminate();
        here = system();
        there = system();
        Cluster.get(here).manager().tell(Join.create(address(here).address()));
        Cluster.get(there).manager().tell(Join.create(address(here).address()));
        await().atMost(PATIENCE).until(() -> isUpIn(here) && isUpIn(there));
    }

    @AfterAll
    static void end() {
        here.terminate();
        there.terminate();
    }

    private static boolean isUpIn(ActorSystem<Void> system) {
        int[] members = {0};
        Cluster.get(system).state().getMembers().forEach(member -> members[0]++);
        return members[0] == 2;
    }

    private static UniqueAddress address(ActorSystem<Void> system) {
        return Cluster.get(system).selfMember().uniqueAddress();
    }

    private static String member(ActorSystem<Void> system) {
        return address(system).address() + "#" + address(system).longUid();
    }

    /** Changes the announcements in the name of the other member. */
    private static void announce(UnaryOperator<LWWMap<String, String>> change) {
        DistributedData.get(there)
                .replicator()
                .tell(new Replicator.Update<>(LWWMapKey.create("allframe-readable-types"), LWWMap.empty(),
                        Replicator.writeLocal(), there.ignoreRef(), change));
    }

    private static void announce(String text) {
        announce(map -> map.put(DistributedData.get(there).selfUniqueAddress(), member(there) + "/1", text));
    }

    private static String good(Map<String, String> settings) {
        return ReadableTypes.of(settings, Map.of("account", events())).text();
    }

    private static ReadableTypes.Events events() {
        return ReadableTypes.Events.of(JacksonEventCodec.of(ACCOUNT).versions(), JsonSchemas.of(ACCOUNT));
    }

    private static VersionGuard guard(Map<String, String> settings) {
        VersionGuard guard = VersionGuard.of(here, false, JOIN_PATIENCE, settings);
        guard.announce(Map.of("account",
                new VersionGuard.Code(JacksonEventCodec.of(ACCOUNT).versions(), JsonSchemas.of(ACCOUNT))))
                .toCompletableFuture()
                .join();
        guard.guard("account", JsonSchemas.of(ACCOUNT), Set.of(new StoredVersion(OPENED, 1)), null)
                .toCompletableFuture()
                .join();
        return guard;
    }

    @AfterEach
    void close() {
        guard.close();
        announce(map -> map.remove(DistributedData.get(there).selfUniqueAddress(), member(there) + "/1"));
    }

    private void assertNothingNewBecause(String... words) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(guard.refusal("account", CLOSED, 1)).contains(words));
        assertThat(guard.refusal("account", OPENED, 1)).as("was stored before").isNull();
        assertThat(guard.health().isGood()).isFalse();
        assertThat(guard.health().problems()).anySatisfy(problem -> assertThat(problem).contains(words));
    }

    private void assertGood() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(guard.refusal("account", CLOSED, 1)).isNull();
            assertThat(guard.health()).isEqualTo(GuardHealth.GOOD);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "null", "{}", "[]", "{\"format\":1}",
            "{\"format\":2,\"settings\":{},\"aggregates\":{}}", "{\"format\":0,\"settings\":{},\"aggregates\":{}}",
            "{\"format\":1,\"settings\":null,\"aggregates\":{}}",
            "{\"format\":1,\"settings\":{},\"aggregates\":{\"account\":null}}",
            "{\"format\":1,\"settings\":{},\"aggregates\":{\"account\":{}}}",
            "{\"format\":1,\"settings\":{},\"aggregates\":{\"account\":{\"versions\":[null],\"today\":[],\"ignoring\":[]}}}",
            "{\"format\":1,\"settings\":{},\"aggregates\":{\"other\":{\"versions\":[],\"today\":[\"x\"],\"ignoring\":[]}}}",
            "{\"aggregates\":{}}"})
    void an_announcement_that_is_not_understood_lets_nothing_new_be_stored(String announced) {
        announce(announced);
        guard = guard(Map.of());

        assertNothingNewBecause("the announcement of member " + member(there), "is not understood");

        announce(good(Map.of()));
        assertGood();
    }

    @Test
    void an_announcement_that_breaks_while_the_member_runs_counts_too() {
        announce(good(Map.of()));
        guard = guard(Map.of());
        assertGood();

        announce("{\"format\":3}");

        assertNothingNewBecause("the announcement of member " + member(there), "is not understood");
    }

    @Test
    void a_later_format_says_so() {
        announce("{\"format\":7,\"settings\":{},\"aggregates\":{}}");
        guard = guard(Map.of());

        assertNothingNewBecause("it is of format 7, and this member reads format 1 at most");
    }

    @Test
    void a_later_announcement_with_more_fields_is_understood() {
        announce(good(Map.of()).replace("{\"format\":1,", "{\"format\":1,\"more\":{},"));
        guard = guard(Map.of());

        assertGood();
    }

    @Test
    void settings_that_differ_are_named_with_both_values() {
        announce(good(Map.of("shards", "64", "only there", "x")));
        guard = guard(Map.of("shards", "128", "only here", "x"));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(guard.conflicts()).containsExactly("shards must be the same on all"
                        + " members of a cluster: it is \"128\" here and \"64\" on member " + member(there)));
        assertThat(guard.health().problems()).isEqualTo(guard.conflicts());
        boolean thereIsOlder = guard.yieldsBecause() != null;
        assertThat(thereIsOlder).as("who is longer in the cluster goes on").isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_actor_that_has_ended_lets_nothing_new_be_stored(boolean killed) {
        guard = guard(Map.of());
        assertGood();

        Adapter.toClassic(here)
                .actorSelection("/system/allframe-versions-*")
                .tell(killed ? Kill.getInstance() : PoisonPill.getInstance(),
                        org.apache.pekko.actor.ActorRef.noSender());

        assertNothingNewBecause("the actor that learns what other members can read has ended");
    }

    @Test
    void an_actor_that_fails_starts_again_with_what_it_has_announced() {
        AtomicBoolean fail = new AtomicBoolean();
        AtomicReference<Refusals> last = new AtomicReference<>(Refusals.NONE);
        AtomicReference<Refusals> whileDown = new AtomicReference<>(Refusals.NONE);
        ActorRef<MemberTypes.Message> actor = here.systemActorOf(
                MemberTypes.watching(new MemberTypes.Node(1_000, JOIN_PATIENCE, Map.of(), new HashMap<>()), changed -> {
                    last.set(changed);
                    if (changed.unknown() != null && changed.unknown().contains("starts again")) {
                        whileDown.set(changed);
                    }
                    if (fail.getAndSet(false)) {
                        throw new IllegalStateException("by the test");
                    }
                }), "allframe-failing-versions", Props.empty());
        CompletableFuture<Done> announced = new CompletableFuture<>();
        fail.set(true);
        actor.tell(new MemberTypes.Announce(Map.of("account", events()), announced));

        assertThat(announced).succeedsWithin(PATIENCE);
        assertThat(whileDown.get().problems()).as("while it was down").hasSize(1);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(last.get().unknown()).isNull();
            assertThat(announcements()).containsKey(member(here) + "/1000");
        });
        actor.tell(MemberTypes.Close.INSTANCE);
    }

    private static Map<String, String> announcements() {
        LWWMapKey<String, String> key = new LWWMapKey<>("allframe-readable-types");
        Replicator.GetResponse<LWWMap<String, String>> response = AskPattern.<Replicator.Command, Replicator.GetResponse<LWWMap<String, String>>>ask(
                DistributedData.get(there).replicator(),
                replyTo -> new Replicator.Get<>(key, Replicator.readLocal(), replyTo), PATIENCE,
                there.scheduler())
                .toCompletableFuture()
                .join();
        return response instanceof Replicator.GetSuccess<LWWMap<String, String>> found
                ? found.get(key).getEntries()
                : Map.of();
    }

    @Test
    void an_aggregate_that_was_not_announced_is_not_stored() {
        guard = guard(Map.of());

        assertThat(guard.refusal("other", "other.opened", 1))
                .contains("has not announced that it has aggregate 'other'");
    }
}

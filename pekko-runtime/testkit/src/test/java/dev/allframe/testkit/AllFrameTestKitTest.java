package dev.allframe.testkit;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.projection.Change.put;
import static dev.allframe.projection.Version.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ReactionType;
import dev.allframe.query.Query;
import dev.allframe.query.QueryType;
import dev.allframe.query.QueryViews;
import dev.allframe.store.RecordedEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class AllFrameTestKitTest {

    record Ring(boolean held) implements Command {
        Ring() {
            this(false);
        }
    }

    @Stored("rung")
    record Rung(int times) implements Event {}

    @Stored("state")
    record Bell(int times) {}

    /** Counts how often a bell is created, which is once for each recovery. */
    private static final AtomicInteger CREATED = new AtomicInteger();

    /** Holds the decision of a command until the test lets it go on. */
    private static final Semaphore GATE = new Semaphore(0);

    private static final AggregateType<Ring, Rung, Bell> BELL = AggregateType.named("bell", Ring.class, Rung.class,
            Bell.class, new Aggregate<>() {
                @Override
                public Bell initialState() {
                    CREATED.incrementAndGet();
                    return new Bell(0);
                }

                @Override
                public Decision<Rung> decide(Bell bell, Ring command) {
                    if (command.held()) {
                        GATE.acquireUninterruptibly();
                    }
                    return Decision.persist(new Rung(bell.times() + 1));
                }

                @Override
                public Bell evolve(Bell bell, Rung event) {
                    return new Bell(event.times());
                }
            });

    record Rings(int times) {}

    private static final ProjectionType<String, Rings> RINGS = ProjectionType
            .named("rings", version(1), String.class, Rings.class)
            .from(BELL, (event, info) -> put(info.id(), new Rings(event.times())));

    /** The keys of the effects that have succeeded; the first attempt of each fails. */
    private static final Set<String> ECHOED = ConcurrentHashMap.newKeySet();
    private static final Set<String> TRIED = ConcurrentHashMap.newKeySet();

    private static final ReactionType ECHO = ReactionType.named("echo").from(BELL, (event, info) -> {
        if (TRIED.add(info.idempotencyKey())) {
            return CompletableFuture.failedFuture(new IllegalStateException("the first attempt"));
        }
        ECHOED.add(info.idempotencyKey());
        return CompletableFuture.completedFuture(null);
    }).fromStart().retry(Duration.ofSeconds(20), Duration.ofSeconds(20), 2);

    record RingsOf(String bell) implements Query<Optional<Rings>> {}

    /** How often a query was answered by its handler. */
    private static final AtomicInteger ANSWERED = new AtomicInteger();

    private static Optional<Rings> ringsOf(RingsOf query, QueryViews views) {
        ANSWERED.incrementAndGet();
        return views.view(RINGS).get(query.bell());
    }

    @RegisterExtension
    static final AllFrameTestKit KIT = AllFrameTestKit.of(BELL)
            .projection(RINGS)
            .reaction(ECHO)
            .query(QueryType.of(RingsOf.class, AllFrameTestKitTest::ringsOf)
                    .reads(RINGS)
                    .cachedFor(Duration.ofMinutes(1)))
            .withConfig("allframe.passivate-after = 1h");

    @Test
    void an_instance_is_recovered_after_passivation_in_virtual_time() {
        KIT.send(BELL, "passive", new Ring());
        int before = CREATED.get();
        KIT.advance(Duration.ofMinutes(59));
        KIT.send(BELL, "passive", new Ring());
        int afterHalfAnHour = CREATED.get();

        KIT.passivateAll();
        CommandResult<Rung> result = KIT.send(BELL, "passive", new Ring());

        assertThat(afterHalfAnHour).as("still the same actor").isEqualTo(before);
        assertThat(CREATED.get()).as("a new actor").isGreaterThan(before);
        assertThat(result.orThrow().events()).containsExactly(new Rung(3));
        assertThat(KIT.events(BELL, "passive")).containsExactly(new Rung(1), new Rung(2), new Rung(3));
    }

    @Test
    void a_command_id_is_remembered_across_passivation() {
        CommandResult<Rung> first = KIT.send(BELL, "twice", new Ring(), withCommandId("r-1"));
        KIT.passivateAll();

        assertThat(KIT.send(BELL, "twice", new Ring(), withCommandId("r-1"))).isEqualTo(first);
        assertThat(KIT.events(BELL, "twice")).hasSize(1);
    }

    @Test
    void events_carry_virtual_time() {
        KIT.advance(Duration.ofDays(30));
        KIT.send(BELL, "timed", new Ring());

        Optional<RecordedEvent<Rung>> rung = KIT.eventStore(BELL).streamEvents("timed").findFirst();

        assertThat(rung).map(event -> event.metadata().timestamp()).contains(KIT.clock().instant());
        assertThat(KIT.clock().instant()).isAfter(AllFrameTestKit.START.plus(Duration.ofDays(29)));
    }

    @Test
    void a_dispatch_times_out_in_virtual_time() {
        CompletableFuture<CommandResult<Rung>> result = KIT.commands()
                .dispatch(BELL, "late", new Ring(true))
                .toCompletableFuture();

        KIT.advance(Duration.ofSeconds(6));
        GATE.release();

        assertThat(result.join())
                .isEqualTo(new CommandResult.Failed<Rung>(new CommandError.Timeout(Duration.ofSeconds(5), "", false)));
    }

    @Test
    void views_have_applied_what_is_stored() {
        KIT.awaitViews();
        KIT.send(BELL, "viewed", new Ring());
        KIT.send(BELL, "viewed", new Ring());

        KIT.awaitViews();

        assertThat(KIT.view(RINGS).get("viewed")).contains(new Rings(2));
        assertThat(KIT.projections().describe("rings").state()).isEqualTo(ProjectionState.LIVE);
    }

    @Test
    void a_query_has_what_its_token_stands_for_and_is_cached_in_virtual_time() {
        KIT.awaitViews();
        CommandResult.Accepted<Rung> rung = KIT.send(BELL, "asked", new Ring()).orThrow();
        int before = ANSWERED.get();

        assertThat(KIT.ask(new RingsOf("asked"), rung.token()).orThrow()).contains(new Rings(1));
        assertThat(KIT.ask(new RingsOf("asked")).orThrow()).contains(new Rings(1));
        assertThat(ANSWERED).hasValue(before + 1);
        KIT.advance(Duration.ofMinutes(1));
        assertThat(KIT.ask(new RingsOf("asked")).orThrow()).contains(new Rings(1));
        assertThat(ANSWERED).hasValue(before + 2);
    }

    @Test
    void a_reaction_pauses_in_virtual_time() {
        KIT.send(BELL, "echoed", new Ring());
        await().until(() -> TRIED.contains("bell|echoed#1"));
        assertThat(ECHOED).doesNotContain("bell|echoed#1");

        await().until(() -> {
            KIT.advance(Duration.ofSeconds(20)); // the failure may be on its way to the timer still
            return ECHOED.contains("bell|echoed#1");
        });
    }

    @Test
    void waiting_for_a_view_that_does_not_go_on_fails_at_once() {
        KIT.awaitViews();
        KIT.projections().pause("rings", Order.of("test", "to see it wait")).toCompletableFuture().join();
        await().until(() -> KIT.projections().describe("rings").state() == ProjectionState.PAUSED);
        KIT.send(BELL, "unseen", new Ring());

        assertThatThrownBy(KIT::awaitViews).isInstanceOf(AssertionError.class)
                .hasMessageContaining("view 'rings' has not applied what is stored: it is PAUSED");

        KIT.projections().resume("rings", Order.of("test", "seen")).toCompletableFuture().join();
        await().until(() -> KIT.projections().describe("rings").state() == ProjectionState.LIVE);
        KIT.awaitViews();
        assertThat(KIT.view(RINGS).get("unseen")).contains(new Rings(1));
    }

    @Test
    void probes_and_actors_live_in_the_same_system() {
        TestProbe<String> probe = KIT.actors().createTestProbe();

        probe.getRef().tell("hello");

        probe.expectMessage("hello");
        assertThat(KIT.actors().system()).isSameAs(KIT.allFrame().system());
    }
}

package dev.allframe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.CodeVersions.Open;
import dev.allframe.runtime.CodeVersions.Second;
import dev.allframe.runtime.CodeVersions.Tolerant;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What older code ignores in newer events is not in its states, and must not be lost to newer code by its snapshots.
 */
@Guarantee("G9")
final class SnapshotOfOlderCodeTest {

    private static final String LOOK = "look";

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "older",
            ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load()));

    @AfterEach
    void stop() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    /** The same for both versions of the code. */
    @Stored("state")
    record Limit(int total) {}

    private record Limits<E extends Event>(Supplier<E> event, ToIntFunction<E> limit)
            implements
                Aggregate<Open, E, Limit> {

        @Override
        public Limit initialState() {
            return new Limit(0);
        }

        @Override
        public Decision<E> decide(Limit state, Open command) {
            return command.owner().equals(LOOK)
                    ? Decision.refuse("total", Integer.toString(state.total))
                    : Decision.persist(event.get());
        }

        @Override
        public Limit evolve(Limit state, E event) {
            return new Limit(state.total + limit.applyAsInt(event));
        }
    }

    private static final AggregateType<Open, Tolerant, Limit> OLDER = AggregateType
            .named("account", Open.class, Tolerant.class, Limit.class,
                    new Limits<>(() -> new Tolerant("Ann"), event -> 0))
            .snapshotEvery(2);

    private static final AggregateType<Open, Second, Limit> NEWER = AggregateType
            .named("account", Open.class, Second.class, Limit.class,
                    new Limits<>(() -> new Second("Ann", 700), Second::limit))
            .snapshotEvery(1000);

    private static <E extends Event> CommandResult<E> dispatch(AllFrame code, AggregateType<Open, E, Limit> type,
            String owner) {
        return code.commands().dispatchAndWait(type, "a", new Open(owner));
    }

    private static String total(CommandResult<?> looked) {
        return ((CommandResult.Refused<?>) looked).message();
    }

    private Optional<String> snapshot(AllFrame code) {
        return code.eventStore(OLDER)
                .getLatestSnapshot("a")
                .toCompletableFuture()
                .join()
                .map(found -> new String(found.payload().bytes(), StandardCharsets.UTF_8));
    }

    @Test
    void newer_code_makes_the_state_from_the_events_again() {
        try (AllFrame newer = AllFrame.on(system).aggregate(NEWER).start()) {
            dispatch(newer, NEWER, "Ann").orThrow();
        }
        try (AllFrame older = AllFrame.on(system).aggregate(OLDER).start()) {
            dispatch(older, OLDER, "Ann").orThrow();
            await().until(() -> snapshot(older).isPresent());
            assertThat(snapshot(older).orElseThrow()).contains("\"total\":0");
        }
        try (AllFrame older = AllFrame.on(system).aggregate(OLDER).start()) {
            assertThat(total(dispatch(older, OLDER, LOOK))).isEqualTo("0");
        }
        try (AllFrame newer = AllFrame.on(system).aggregate(NEWER).start()) {
            assertThat(total(dispatch(newer, NEWER, LOOK))).as("700, and 5 by default").isEqualTo("705");
        }
    }
}

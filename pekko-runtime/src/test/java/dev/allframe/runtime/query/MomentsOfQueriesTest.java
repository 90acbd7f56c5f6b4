package dev.allframe.runtime.query;

import static dev.allframe.projection.Version.version;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.projection.Change;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.View;
import dev.allframe.query.Query;
import dev.allframe.query.QueryResult;
import dev.allframe.query.QueryType;
import dev.allframe.runtime.projection.QueriedView;
import dev.allframe.runtime.projection.Refusals;
import dev.allframe.runtime.projection.RegisteredView;
import dev.allframe.runtime.projection.RowsDigest;
import dev.allframe.runtime.projection.ViewMoment;
import dev.allframe.runtime.projection.Views;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.store.Appended;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a query answers while a view is between two of its moments, which are held open here. */
@Guarantee("G6")
final class MomentsOfQueriesTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    sealed interface LampCommand extends Command {
        record Turn() implements LampCommand {}
    }

    sealed interface LampEvent extends Event {
        @Stored("turned")
        record Turned(boolean on) implements LampEvent {}
    }

    @Stored("state")
    record Lamp() {}

    record Light(boolean on) {}

    record IsOn() implements Query<Boolean> {}

    private static final AggregateType<LampCommand, LampEvent, Lamp> LAMP = AggregateType.named("lamp",
            LampCommand.class, LampEvent.class, Lamp.class, new Aggregate<>() {
                @Override
                public Lamp initialState() {
                    return new Lamp();
                }

                @Override
                public Decision<LampEvent> decide(Lamp lamp, LampCommand command) {
                    return Decision.persist(new LampEvent.Turned(true));
                }

                @Override
                public Lamp evolve(Lamp lamp, LampEvent event) {
                    return lamp;
                }
            });

    private static final ProjectionType<String, Light> LIGHTS = ProjectionType
            .named("lights", version(1), String.class, Light.class)
            .from(LAMP, (event, info) -> switch (event) {
                case LampEvent.Turned(boolean on) -> Change.put(info.id(), new Light(on));
            });

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "moments",
            ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load()));
    private final StoragePlugins storage = StoragePlugins.of(system);
    private final EventStoreBackend store = Objects.requireNonNull(storage.backend());
    private final Views views = Views.start(system, storage, Refusals.none(), Clock.systemUTC(),
            List.of(RegisteredView.of(LIGHTS)));
    private final AtomicInteger runs = new AtomicInteger();
    private final Held lights = new Held(views.queried(LIGHTS));
    private final AnsweredQuery<IsOn, Boolean> query = new AnsweredQuery<>(QueryType
            .of(IsOn.class, (asked, rows) -> {
                runs.incrementAndGet();
                return rows.view(LIGHTS).get("desk").map(Light::on).orElse(false);
            })
            .reads(LIGHTS)
            .cachedFor(Duration.ofDays(1)), List.of(lights), new QuerySettings(LONG, 100, 10, 10), Clock.systemUTC(),
            new WaitingQueries(100));

    /** A view whose next moment is kept back when it was opened, and which may lag with what it says to be served. */
    private static final class Held implements QueriedView<Object, Object> {

        private final QueriedView<?, ?> real;
        private final CountDownLatch opened = new CountDownLatch(1);
        private volatile @Nullable CountDownLatch gate;
        private volatile @Nullable RowsDigest lagging;

        Held(QueriedView<?, ?> real) {
            this.real = real;
        }

        @Override
        @SuppressWarnings("unchecked")
        public View<Object, Object> view() {
            return (View<Object, Object>) real.view();
        }

        @Override
        public @Nullable RowsDigest servedRows() {
            RowsDigest old = lagging;
            return old == null ? real.servedRows() : old;
        }

        @Override
        @SuppressWarnings("unchecked")
        public ViewMoment<Object, Object> moment() {
            ViewMoment<?, ?> moment = real.moment();
            CountDownLatch held = gate;
            if (held != null) {
                opened.countDown();
                await(held);
            }
            return (ViewMoment<Object, Object>) moment;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(LONG.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("waited for too long");
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @AfterEach
    void end() {
        views.stop().toCompletableFuture().join();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    /** Stored, applied and served. */
    private void turn(boolean on) {
        Appended appended = EventStore.of(store, LAMP, JacksonEventCodec.of(LAMP))
                .append("desk", ExpectedVersion.any(), List.of(new LampEvent.Turned(on)))
                .toCompletableFuture()
                .join();
        Awaitility.await()
                .atMost(LONG)
                .until(() -> views.describe("lights").generation() > 0 && views.view(LIGHTS)
                        .position()
                        .compareTo(appended.lastPosition()) >= 0);
    }

    private CompletableFuture<QueryResult<Boolean>> ask() {
        return query.ask(new IsOn(), List.of(), null);
    }

    @Test
    void who_comes_while_rows_are_opened_does_not_get_older_ones() {
        turn(false);
        CountDownLatch gate = new CountDownLatch(1);
        lights.gate = gate;
        CompletableFuture<QueryResult<Boolean>> early = ask();
        await(lights.opened);
        turn(true);

        CompletableFuture<QueryResult<Boolean>> late = ask();
        gate.countDown();

        assertThat(early.join().orThrow()).isFalse();
        assertThat(late.join().orThrow()).isTrue();
        assertThat(runs).hasValue(2);
    }

    @Test
    void an_answer_of_rows_that_were_not_served_yet_is_not_kept_for_those_that_were() {
        turn(false);
        lights.lagging = lights.real.servedRows();
        turn(true);
        assertThat(ask().join().orThrow()).as("the write is done, and not served").isTrue();
        turn(false);
        lights.lagging = null;

        assertThat(ask().join().orThrow()).isFalse();
        assertThat(ask().join().orThrow()).isFalse();
        assertThat(runs).as("the last was cached").hasValue(2);
    }
}

package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static dev.allframe.runtime.projection.Happenings.THINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.runtime.projection.Generations.Found;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which generations are of use to a store, and which belong to another history. */
final class GenerationsTest {

    private final RegisteredView<String, Row> view = RegisteredView.of(THINGS);
    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final ViewStore views = new MemoryViewStore();

    private Generations<String, Row> over(EventStoreBackend events) {
        return new Generations<>(view, views, events, Clock.systemUTC(), Duration.ofDays(7));
    }

    /** Serves a generation with two events, and closes it. */
    private void serve() {
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(), List.of(new ThingEvent.Happened(1), new ThingEvent.Happened(2)))
                .toCompletableFuture()
                .join();
        Generations<String, Row> generations = over(store);
        Generation<String, Row> built = Objects.requireNonNull(generations.open().building());
        built.fold()
                .apply(view.handlers()
                        .handle(store.getAllEvents(view.handlers().filter(), Position.START, 100)
                                .toCompletableFuture()
                                .join()));
        generations.serve(built);
        built.tables().close();
    }

    /** The same store, of which one answer differs. */
    private EventStoreBackend answering(String method, Object answer) {
        return (EventStoreBackend) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{EventStoreBackend.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return answer;
                    }
                    return answerOf(called, arguments);
                });
    }

    private @Nullable Object answerOf(Method called, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return called.invoke(store, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    @Test
    void a_generation_of_the_same_store_and_code_is_served() {
        serve();

        Found<String, Row> found = over(store).open();

        assertThat(found.served()).isNotNull();
        assertThat(found.building()).isNull();
    }

    @Test
    void a_generation_of_another_store_is_set_aside() {
        serve();

        assertSetAside(over(InMemoryBackend.unbounded()).open(), "is not");
    }

    @Test
    void a_generation_that_is_ahead_of_its_store_is_set_aside() {
        serve();
        Position earlier = new Position(store.storeId(), 0, 0, 1);

        assertSetAside(over(answering("lastPosition", CompletableFuture.completedFuture(earlier))).open(),
                "behind the end of the store");
    }

    @Test
    void a_generation_whose_last_record_is_another_in_the_store_is_set_aside() {
        serve();
        StoredEvent first = store.getAllEvents(view.handlers().filter(), Position.START, 1)
                .toCompletableFuture()
                .join()
                .events()
                .getFirst();

        assertSetAside(over(answering("getEvent", CompletableFuture.completedFuture(Optional.of(first)))).open(),
                "another record");
    }

    @Test
    void a_generation_whose_last_record_was_deleted_is_served() {
        serve();

        assertThat(over(answering("getEvent", CompletableFuture.completedFuture(Optional.empty()))).open().served())
                .isNotNull();
    }

    private void assertSetAside(Found<String, Row> found, String why) {
        assertThat(found.served()).isNull();
        assertThat(Objects.requireNonNull(found.building()).fold().state().position()).isEqualTo(Position.START);
        assertThat(found.why()).contains(why);
        assertThat(views.generations(THINGS.name())).hasSize(1);
    }
}

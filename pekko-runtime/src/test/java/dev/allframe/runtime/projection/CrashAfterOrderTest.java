package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static dev.allframe.runtime.projection.Happenings.THINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.runtime.projection.ViewOrder.EventSkipped;
import dev.allframe.runtime.projection.ViewOrder.RebuildOrdered;
import dev.allframe.runtime.projection.ViewOrder.Retired;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTable;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What an operator has ordered stands, whenever the process ends: on the work of a view, without actors. */
@Guarantee("G7")
final class CrashAfterOrderTest {

    private final RegisteredView<String, Row> view = RegisteredView.of(THINGS);
    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final CrashingViews views = new CrashingViews();
    private final ViewOrders orders = new ViewOrders(store);

    private ViewWork<String, Row> on(ViewStore files) {
        return new ViewWork<>(view, new ServedView<>(view, store),
                new Generations<>(view, files, store, Clock.systemUTC(), Duration.ofDays(7)), store, orders);
    }

    private void apply(ViewWork<String, Row> work, Generation<String, Row> generation) {
        Position after = generation.fold().state().position();
        var page = store.getAllEvents(view.handlers().filter(), after, 100).toCompletableFuture().join();
        work.apply(generation, after, view.handlers().handle(page));
    }

    private Generation<String, Row> served(ViewWork<String, Row> work) {
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(), List.of(new ThingEvent.Happened(1), new ThingEvent.Happened(2)))
                .toCompletableFuture()
                .join();
        Generation<String, Row> first = Objects.requireNonNull(work.open().building());
        apply(work, first);
        return first;
    }

    private void order(ViewOrder order) {
        orders.give(THINGS.name(), order).toCompletableFuture().join();
    }

    /** The generation that the last order has begun. */
    private Generation<String, Row> followed(ViewWork<String, Row> work) {
        return Objects.requireNonNull(work.follow(orders.behind(THINGS.name(), 0).getLast()).begun());
    }

    @Test
    void a_view_is_built_anew_as_ordered_though_the_process_is_killed() {
        ViewWork<String, Row> work = on(views);
        Generation<String, Row> first = served(work);
        order(new RebuildOrdered("somebody", "to see", false));
        int ordered = views.moments();
        Generation<String, Row> begun = followed(work);
        work.flush();
        apply(work, begun);
        work.dropOld();
        work.flush();

        for (int moment = ordered; moment <= views.moments(); moment++) {
            for (long flushed : LongStream.rangeClosed(0, begun.number()).toArray()) {
                ViewWork.Plan<String, Row> plan = on(views.afterCrash(THINGS.name(), moment, flushed)).open();
                Generation<String, Row> now = plan.served();
                boolean switched = now != null && now.number() > first.number();
                assertThat(switched || plan.building() != null)
                        .as("moment %s, of which generation %s was flushed", moment, flushed)
                        .isTrue();
            }
        }
    }

    @Test
    void an_event_stays_left_out_as_ordered_though_the_process_is_killed() {
        ViewWork<String, Row> work = on(views);
        served(work);
        order(new EventSkipped("thing|t", 3, "somebody", "to see"));
        int ordered = views.moments();
        work.follow(orders.behind(THINGS.name(), 0).getFirst());
        order(new RebuildOrdered("somebody", "to see", false));
        Generation<String, Row> begun = followed(work);
        work.flush();
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(), List.of(new ThingEvent.Happened(3)))
                .toCompletableFuture()
                .join();

        for (int moment = ordered; moment <= views.moments(); moment++) {
            for (long flushed : LongStream.rangeClosed(0, begun.number()).toArray()) {
                ViewWork<String, Row> next = on(views.afterCrash(THINGS.name(), moment, flushed));
                ViewWork.Plan<String, Row> plan = next.open();
                Generation<String, Row> either = plan.building() == null ? plan.served() : plan.building();
                apply(next, Objects.requireNonNull(either));
                assertThat(either.tables()
                        .getAll(ViewTable.ROWS,
                                List.of(THINGS.keys().encode("t"))))
                        .as("moment %s, of which generation %s was flushed", moment, flushed)
                        .containsExactly(view.rows().encode(new Row(2)));
            }
        }
    }

    @Test
    void a_view_stays_retired_as_ordered_though_the_process_is_killed() {
        ViewWork<String, Row> work = on(views);
        Generation<String, Row> first = served(work);
        order(new RebuildOrdered("somebody", "to see", false));
        followed(work);
        order(new Retired("somebody", "not wanted"));
        int ordered = views.moments();
        work.follow(orders.behind(THINGS.name(), 0).getLast());
        work.flush();
        assertThat(views.moments()).as("both generations are dropped").isGreaterThanOrEqualTo(ordered + 2);
        assertThat(views.views()).isEmpty();

        for (int moment = ordered; moment <= views.moments(); moment++) {
            ViewStore left = views.afterCrash(THINGS.name(), moment, first.number());
            ViewWork.Plan<String, Row> plan = on(left).open();
            assertThat(plan.retired()).as("moment %s", moment).isEqualTo(new Retired("somebody", "not wanted"));
            assertThat(plan.served() == null && plan.building() == null).as("moment %s", moment).isTrue();
            assertThat(left.views()).as("moment %s", moment).isEmpty();
        }
    }
}

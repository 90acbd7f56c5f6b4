package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static dev.allframe.runtime.projection.Happenings.things;
import static dev.allframe.runtime.projection.Pair.NEW;
import static dev.allframe.runtime.projection.Pair.OLD;
import static dev.allframe.runtime.projection.Pair.WEEK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.api.testkit.ForwardingViews;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.runtime.projection.ViewOrder.AnswererOrdered;
import dev.allframe.runtime.projection.ViewOrder.RebuildOrdered;
import dev.allframe.runtime.projection.ViewOrder.ReplacementFinished;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTables;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which of two versions answers, over orders, restarts, crashes and damage: on the work of views, without actors. */
@Guarantee({"G6", "G7"})
final class VersionsTest {

    private static final String NAME = NEW.name();

    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final CrashingViews views = new CrashingViews();
    private final ViewOrders orders = new ViewOrders(store);
    private final Clock clock = Clock.systemUTC();

    private Pair start() {
        return start(views);
    }

    private Pair start(ViewStore files) {
        return new Pair(store, files, clock).open();
    }

    /** A process with code of one version alone, that has applied everything; gives the generation that it serves. */
    private long alone(ProjectionType<String, Row> type) {
        RegisteredView<String, Row> view = RegisteredView.of(type);
        ServedView<String, Row> users = new ServedView<>(view, store);
        ViewWork<String, Row> work = new ViewWork<>(view, users, new Generations<>(view, views, store, clock, WEEK),
                store, orders);
        ViewWork.Plan<String, Row> plan = work.open();
        Generation<String, Row> open = plan.served() == null ? plan.building() : plan.served();
        Position after = Objects.requireNonNull(open).fold().state().position();
        work.apply(open, after, view.handlers()
                .handle(store.getAllEvents(view.handlers().filter(), after, 100).toCompletableFuture().join()));
        long served = Objects.requireNonNull(users.published()).tables().generation();
        work.close();
        return served;
    }

    private void happen(int value) {
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(), List.of(new ThingEvent.Happened(value)))
                .toCompletableFuture()
                .join();
    }

    private void order(ViewOrder order) {
        orders.give(NAME, order).toCompletableFuture().join();
    }

    private static AnswererOrdered answerer(int version) {
        return new AnswererOrdered(version, "somebody", "to see");
    }

    private static void assertAnswers(Pair pair, int value) {
        assertThat(pair.readers.get("t")).contains(new Row(value));
        assertThat(pair.readers.position()).isGreaterThanOrEqualTo(Position.START);
    }

    @Test
    void the_rows_of_the_old_code_are_served_at_once_and_those_of_the_new_are_built_beside_them() {
        happen(3);
        assertThat(alone(OLD)).isEqualTo(1);

        Pair pair = start();

        assertAnswers(pair, 3);
        assertThat(pair.current.users.published()).isNull();
        assertThat(pair.current.work.isOtherServed()).isTrue();
        pair.applyAll();
        assertAnswers(pair, 3);
        assertThat(pair.current.users.get("t")).contains(new Row(6));
        pair.close();

        Pair again = start();
        assertAnswers(again, 3);
        assertThat(again.current.generation()).as("it was complete").isEqualTo(2);
        assertThat(views.generations(NAME)).containsExactly(1L, 2L);
    }

    @Test
    void an_ordered_version_answers_when_it_has_what_readers_have_seen_and_not_before() {
        happen(3);
        Pair pair = start().applyAll();
        happen(4);
        pair.old.applyAll();
        assertAnswers(pair, 4);

        order(answerer(2));
        pair.follow();
        assertAnswers(pair, 4);
        assertThat(pair.versions.awaited()).isEqualTo(2);
        pair.current.applyAll();
        assertAnswers(pair, 8);
        assertThat(pair.versions.awaited()).isZero();
        assertThat(views.served(NAME)).hasValue(pair.current.generation());

        order(answerer(1));
        pair.follow();
        assertThat(pair.versions.awaited()).as("the new one has looked at the order already").isEqualTo(1);
        pair.old.applyAll();
        assertAnswers(pair, 4);
        assertThat(views.served(NAME)).hasValue(pair.old.generation());
        pair.close();
        assertAnswers(start(), 4);
    }

    @Test
    void a_process_that_starts_finds_what_was_ordered_and_orders_of_other_replacements_are_none() {
        happen(3);
        start().applyAll().close();
        order(answerer(2));
        order(answerer(7));

        Pair pair = start();
        assertAnswers(pair, 6);
        pair.close();
        assertThat(views.served(NAME)).hasValue(2);
        order(answerer(1));
        assertAnswers(start(), 3);
    }

    @Test
    void code_of_one_version_finds_the_rows_of_that_version_whichever_has_answered() {
        happen(3);
        start().applyAll().close();
        order(answerer(2));
        start().close();

        assertThat(alone(things(2))).isEqualTo(2);
        assertThat(alone(OLD)).isEqualTo(1);
        Pair pair = start();
        assertThat(views.generations(NAME)).containsExactly(1L, 2L);
        pair.applyAll();
        assertAnswers(pair, 6);
        order(answerer(1));
        pair.follow();
        pair.close();
        assertThat(alone(things(2))).isEqualTo(2);
    }

    @Test
    void new_rows_that_were_served_already_answer_on_beside_old_rows_that_were_kept() {
        happen(3);
        assertThat(alone(OLD)).isEqualTo(1);
        assertThat(alone(things(2))).isEqualTo(2);
        happen(4);

        Pair pair = start();

        assertAnswers(pair, 6);
        assertThat(pair.old.generation()).isEqualTo(1);
        pair.applyAll();
        assertAnswers(pair, 8);
        assertThat(pair.old.users.get("t")).contains(new Row(4));
    }

    @Test
    void what_neither_version_has_made_is_kept_for_its_code() {
        happen(3);
        assertThat(alone(things(7))).isEqualTo(1);
        Pair pair = start().applyAll();
        assertAnswers(pair, 3);
        pair.flush();
        pair.close();

        start().close();

        assertThat(views.generations(NAME)).contains(1L).hasSize(3);
        assertThat(alone(things(7))).isEqualTo(1);
    }

    @Test
    void each_version_is_built_anew_by_itself() {
        happen(3);
        Pair pair = start().applyAll();
        order(answerer(2));
        pair.follow();
        order(new RebuildOrdered("somebody", "to see", false));
        pair.follow();
        long before = pair.old.generation();

        pair.old.applyAll();
        pair.flush();
        assertThat(pair.old.generation()).isGreaterThan(before);
        assertAnswers(pair, 6);
        pair.close();

        Pair again = start();
        assertAnswers(again, 6);
        assertThat(again.old.generation()).as("the new rows of the old version").isGreaterThan(before);
        again.applyAll();
        again.flush();
        assertThat(views.generations(NAME)).containsExactly(3L, 4L);
    }

    @Test
    void the_old_version_answers_while_the_new_one_is_damaged_and_the_new_one_never_without_an_order() {
        ViewStore files = new MemoryViewStore();
        happen(3);
        Pair pair = start(files).applyAll();
        pair.old.work.replace(pair.old.generation(), "a bit");
        assertThatThrownBy(() -> pair.readers.get("t")).isInstanceOf(ViewNotReadyException.class);
        assertThat(pair.readers.state()).isEqualTo(ProjectionState.DAMAGED);
        pair.close();

        Pair mended = start(files).applyAll();
        assertAnswers(mended, 3);
        order(answerer(2));
        mended.follow();
        assertAnswers(mended, 6);
        ViewWork.Plan<String, Row> plan = mended.current.work.replace(mended.current.generation(), "a bit");
        assertAnswers(mended, 3);
        Generation<String, Row> building = Objects.requireNonNull(plan.building());
        mended.current.work.apply(building, Position.START, mended.current.view.handlers()
                .handle(store.getAllEvents(mended.current.view.handlers().filter(), Position.START, 100)
                        .toCompletableFuture()
                        .join()));
        assertAnswers(mended, 6);
    }

    @Test
    void the_old_version_is_given_up_when_the_new_one_answers_here_and_does_not_come_back() {
        happen(3);
        Pair pair = start();
        pair.old.applyAll();
        order(answerer(2));
        order(new ReplacementFinished(2, "somebody", "to see"));
        assertThatThrownBy(pair.old::follow).isInstanceOf(IllegalStateException.class)
                .hasMessage("version 1 is given up when version 2 answers on this node");
        assertAnswers(pair, 3);
        pair.close();

        Pair restarted = start();
        assertAnswers(restarted, 3);
        restarted.current.applyAll();
        restarted.follow();
        assertAnswers(restarted, 6);
        assertThat(views.generations(NAME)).containsExactly(restarted.current.generation());
        order(new RebuildOrdered("somebody", "to see", false));
        restarted.follow();
        restarted.current.applyAll();
        assertThat(restarted.old.users.published()).isNull();
        restarted.close();

        Pair later = new Pair(store, views, clock);
        assertThat(later.old.open().retired()).isEqualTo(new ViewOrder.Retired("somebody", "to see"));
        later.current.open();
        assertAnswers(later, 6);
    }

    @Test
    void a_node_without_rows_builds_no_version_that_was_given_up() {
        happen(3);
        order(answerer(2));
        order(new ReplacementFinished(2, "somebody", "to see"));

        Pair pair = new Pair(store, views, clock);

        assertThat(pair.old.open().retired()).isNotNull();
        pair.current.open();
        pair.current.applyAll();
        assertAnswers(pair, 6);
        assertThat(views.generations(NAME)).hasSize(1);
    }

    @Test
    void a_full_disk_keeps_no_version_from_answering() {
        AtomicBoolean full = new AtomicBoolean();
        ViewStore files = new ForwardingViews(views) {
            @Override
            protected ViewTables tables(ViewTables opened) {
                return opened;
            }

            @Override
            public void serve(String view, long generation) {
                if (full.get()) {
                    throw new StoreFullException("no room");
                }
                super.serve(view, generation);
            }
        };
        happen(3);
        Pair pair = start(files).applyAll();
        full.set(true);
        order(answerer(2));
        pair.follow();
        assertAnswers(pair, 6);
        assertThat(views.served(NAME)).hasValue(1);

        full.set(false);
        pair.flush();
        assertThat(views.served(NAME)).hasValue(2);
    }

    @Test
    void damage_that_readers_meet_is_told_to_who_keeps_the_rows() {
        happen(3);
        Pair pair = start().applyAll();
        Published read = Objects.requireNonNull(pair.readers.published());

        assertThatThrownBy(() -> pair.readers.asked(read, now -> {
            throw new CorruptStoreException("says the test");
        })).isInstanceOf(CorruptStoreException.class);

        assertThat(pair.old.damaged).extracting(Published::readers)
                .containsExactly(Objects.requireNonNull(pair.old.users.published()).readers());
    }

    /** Whatever a crash leaves: one of the two answers at once where it had, both are there, and neither is rebuilt. */
    @Test
    void a_crash_around_a_switch_or_a_rollback_leaves_one_of_the_two_and_both_whole() {
        happen(3);
        Pair pair = start().applyAll();
        pair.flush();
        int complete = views.moments();
        order(answerer(2));
        pair.follow();
        int switched = views.moments();
        happen(4);
        pair.applyAll();
        order(answerer(1));
        pair.follow();
        pair.flush();
        order(answerer(2));
        pair.follow();
        pair.flush();
        assertThat(views.moments()).isGreaterThan(switched + 3);

        for (int moment = complete; moment <= views.moments(); moment++) {
            for (long flushed : LongStream.rangeClosed(0, 2).toArray()) {
                String when = "moment " + moment + ", of which generation " + flushed + " was flushed";
                ViewStore left = views.afterCrash(NAME, moment, flushed);
                Pair next = start(left);
                assertThat(next.readers.get("t").map(Row::value)).as(when)
                        .hasValueSatisfying(value -> assertThat(value).isIn(3, 4, 6, 8));
                assertThat(next.old.generation()).as(when).isEqualTo(1);
                assertThat(next.current.generation()).as(when).isEqualTo(2);
                next.applyAll();
                assertThat(next.readers.get("t")).as(when).contains(new Row(8));
                assertThat(next.old.users.get("t")).as(when).contains(new Row(4));
                assertThat(left.served(NAME)).as(when).hasValue(2);
            }
        }
    }
}

package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static dev.allframe.runtime.projection.Happenings.THINGS;
import static dev.allframe.runtime.projection.Happenings.things;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allframe.api.testkit.ForwardingViews;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.runtime.projection.KeptGenerations.Kept;
import dev.allframe.runtime.projection.ViewOrder.RebuildOrdered;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What old code has served is there when it returns: on the work of a view, without actors. */
@Guarantee("G7")
final class OldCodeReturnsTest {

    private static final String NAME = THINGS.name();
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Instant BEGIN = Instant.parse("2025-01-01T00:00:00Z");

    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final CrashingViews views = new CrashingViews();
    private final ViewOrders orders = new ViewOrders(store);
    private final Hands clock = new Hands();

    /** A clock that a test sets. */
    private static final class Hands extends Clock {

        private Instant now = BEGIN;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** A process with code of a version. */
    private final class Node {
        private final RegisteredView<String, Row> view;
        private final Generations<String, Row> generations;
        private final ServedView<String, Row> users;
        private final ViewWork<String, Row> work;
        private ViewWork.Plan<String, Row> plan;

        Node(int version, ViewStore files, Duration keepOld) {
            view = RegisteredView.of(things(version));
            generations = new Generations<>(view, files, store, clock, keepOld);
            users = new ServedView<>(view, store);
            work = new ViewWork<>(view, users, generations, store, orders);
            plan = work.open();
        }

        /** Applies what is stored to a generation. */
        void apply(Generation<String, Row> generation) {
            Position after = generation.fold().state().position();
            work.apply(generation, after, view.handlers()
                    .handle(store.getAllEvents(view.handlers().filter(), after, 100).toCompletableFuture().join()));
        }

        /** Serves what is being built, and gives its number. */
        long serve() {
            Generation<String, Row> building = plan.building();
            apply(building == null ? Objects.requireNonNull(plan.served()) : building);
            work.dropOld();
            return Objects.requireNonNull(users.published()).tables().generation();
        }

        long serveAndEnd() {
            long served = serve();
            work.close();
            return served;
        }

        List<Kept> kept() {
            return generations.kept().all();
        }
    }

    private Node start(int version) {
        return new Node(version, views, WEEK);
    }

    private void happen(int value) {
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(), List.of(new ThingEvent.Happened(value)))
                .toCompletableFuture()
                .join();
    }

    @Test
    void old_code_that_returns_goes_on_with_what_it_has_served() {
        happen(3);
        assertThat(start(1).serveAndEnd()).isEqualTo(1);
        happen(4);
        Node changed = start(2);
        assertThat(changed.kept()).as("until the new one is complete").containsExactly(new Kept(1, 1, null));
        assertThat(changed.serve()).isEqualTo(2);
        assertThat(changed.kept()).containsExactly(new Kept(1, 1, BEGIN.plus(WEEK)));
        changed.work.close();
        happen(5);

        Node back = start(1);
        assertThat(back.plan.served()).isNull();
        assertThat(Objects.requireNonNull(back.plan.building()).fold().state().rows()).isEqualTo(1);
        assertThat(back.serve()).isEqualTo(1);
        assertThat(back.users.get("t")).contains(new Row(5));
        assertThat(back.kept()).containsExactly(new Kept(2, 2, BEGIN.plus(WEEK)));
        back.work.close();

        Node again = start(2);
        assertThat(again.serve()).isEqualTo(2);
        assertThat(again.users.get("t")).contains(new Row(10));
    }

    @Test
    void old_code_that_returns_before_the_new_rows_were_complete_was_never_replaced() {
        happen(3);
        assertThat(start(1).serveAndEnd()).isEqualTo(1);
        start(2).work.close();

        Node back = start(1);

        assertThat(Objects.requireNonNull(back.plan.served()).number()).isEqualTo(1);
        assertThat(back.plan.building()).as("what the new code has begun was not ordered by anybody").isNull();
        assertThat(back.kept()).isEmpty();
        assertThat(views.generations(NAME)).containsExactly(1L);
    }

    @Test
    void what_is_kept_is_deleted_when_its_time_is_over_while_the_view_runs_and_at_start() {
        happen(3);
        start(1).serveAndEnd();
        Node changed = start(2);
        changed.serve();
        clock.now = BEGIN.plus(WEEK).minusMillis(1);
        changed.work.flush();
        assertThat(views.generations(NAME)).containsExactly(1L, 2L);
        changed.work.close();
        Node restarted = start(2);
        assertThat(restarted.kept()).as("the moment outlives the process").hasSize(1);
        restarted.work.close();

        clock.now = BEGIN.plus(WEEK);
        Node later = start(2);
        later.work.flush();

        assertThat(views.generations(NAME)).containsExactly(2L);
        assertThat(later.kept()).isEmpty();
    }

    @Test
    void another_setting_counts_for_what_was_replaced_before() {
        happen(3);
        start(1).serveAndEnd();
        start(2).serveAndEnd();
        clock.now = BEGIN.plusSeconds(60);

        Node day = new Node(2, views, Duration.ofDays(1));
        assertThat(day.kept())
                .containsExactly(new Kept(1, 1, BEGIN.plus(Duration.ofDays(1))));
        assertThat(Objects.requireNonNull(views.replaced(NAME).get(1L)).keptUntil())
                .isEqualTo(BEGIN.plus(Duration.ofDays(1)));
        day.work.close();
        new Node(2, views, Duration.ZERO).work.flush();
        assertThat(views.generations(NAME)).containsExactly(2L);
    }

    @Test
    void nothing_is_kept_where_nothing_is_to_be_kept() {
        happen(3);
        new Node(1, views, Duration.ZERO).serveAndEnd();
        new Node(2, views, Duration.ZERO).serveAndEnd();

        assertThat(views.generations(NAME)).containsExactly(2L);
    }

    @Test
    void the_three_that_were_replaced_last_are_kept() {
        happen(3);
        for (int version = 1; version <= 6; version++) {
            clock.now = clock.now.plusSeconds(1);
            start(version).serveAndEnd();
        }

        assertThat(views.generations(NAME)).containsExactly(3L, 4L, 5L, 6L);
        assertThat(start(2).serve()).as("its rows are gone").isEqualTo(7);
        assertThat(views.generations(NAME)).containsExactly(4L, 5L, 6L, 7L);
    }

    @Test
    void what_a_rebuild_of_the_same_code_replaces_is_not_kept_and_what_other_code_has_left_is() {
        happen(3);
        start(1).serveAndEnd();
        start(2).serveAndEnd();
        orders.give(NAME, new RebuildOrdered("somebody", "to see", false)).toCompletableFuture().join();

        assertThat(start(2).serve()).isEqualTo(3);

        assertThat(views.generations(NAME)).containsExactly(1L, 3L);
    }

    @Test
    void an_order_to_rebuild_holds_for_code_that_returns_later() {
        happen(3);
        start(1).serveAndEnd();
        Node changed = start(2);
        changed.serve();
        orders.give(NAME, new RebuildOrdered("somebody", "rows are wrong", false)).toCompletableFuture().join();
        changed.work.close();

        assertThat(start(1).serve()).as("rows from before the order are not trusted").isEqualTo(3);
    }

    @Test
    void damaged_notes_cost_what_is_kept_and_no_more() {
        happen(3);
        start(1).serveAndEnd();
        start(2).serveAndEnd();

        Node after = new Node(2, new ForwardingViews(views) {
            @Override
            public Map<Long, Replacement> replaced(String view) {
                throw new CorruptStoreException("damaged, says the test");
            }

            @Override
            protected ViewTables tables(ViewTables opened) {
                return opened;
            }
        }, WEEK);

        assertThat(Objects.requireNonNull(after.plan.served()).number()).isEqualTo(2);
        assertThat(views.generations(NAME)).containsExactly(2L);
    }

    @Test
    void a_full_disk_takes_what_is_kept_first() {
        happen(3);
        start(1).serveAndEnd();
        start(2).serveAndEnd();
        happen(4);
        AtomicBoolean full = new AtomicBoolean();
        Node changed = new Node(2, new ForwardingViews(views) {
            @Override
            protected ViewTables tables(ViewTables opened) {
                return new Tables(opened) {
                    @Override
                    public void write(ViewBatch batch) {
                        if (full.getAndSet(false)) {
                            throw new StoreFullException("no room, says the test");
                        }
                        super.write(batch);
                    }
                };
            }
        }, WEEK);
        Generation<String, Row> served = Objects.requireNonNull(changed.plan.served());
        full.set(true);
        assertThat(catchThrowable(() -> changed.apply(served)))
                .isInstanceOf(StoreFullException.class);

        assertThat(views.generations(NAME)).containsExactly(2L);
        changed.apply(served);
        assertThat(changed.users.get("t")).contains(new Row(8));
    }

    /** Has no room for a generation more where there are so many. */
    private ViewStore roomFor(int generations) {
        return new ForwardingViews(views) {
            @Override
            public ViewTables create(String view) {
                if (views.generations(view).size() >= generations) {
                    throw new StoreFullException("room for " + generations + " generations, says the test");
                }
                return super.create(view);
            }

            @Override
            protected ViewTables tables(ViewTables opened) {
                return opened;
            }
        };
    }

    @Test
    void new_code_that_starts_on_a_full_disk_makes_room_from_what_was_replaced() {
        happen(3);
        start(1).serveAndEnd();
        clock.now = BEGIN.plusSeconds(1);
        start(2).serveAndEnd();
        ViewStore small = roomFor(2);

        assertThat(catchThrowable(() -> new Node(3, small, WEEK))).isInstanceOf(StoreFullException.class);

        assertThat(views.generations(NAME)).as("the oldest is gone").containsExactly(2L);
        Node next = new Node(3, small, WEEK);
        assertThat(next.serve()).isEqualTo(3);
        assertThat(next.users.get("t")).contains(new Row(9));
    }

    @Test
    void new_code_that_starts_on_a_full_disk_leaves_what_was_served_last() {
        happen(3);
        start(1).serveAndEnd();
        ViewStore none = roomFor(1);

        for (int i = 0; i < 3; i++) {
            assertThat(catchThrowable(() -> new Node(2, none, WEEK))).isInstanceOf(StoreFullException.class);
        }

        Node back = new Node(1, none, WEEK);
        assertThat(Objects.requireNonNull(back.plan.served()).number()).isEqualTo(1);
    }

    @Test
    void a_generation_that_fails_to_close_keeps_no_other_open() {
        happen(3);
        List<Long> closed = new ArrayList<>();
        Node node = new Node(1, new ForwardingViews(views) {
            @Override
            protected ViewTables tables(ViewTables opened) {
                return new Tables(opened) {
                    @Override
                    public void close() {
                        closed.add(generation());
                        super.close();
                        throw new StoreFailedException("closing " + generation() + " fails", new IOException("a test"));
                    }
                };
            }
        }, WEEK);
        assertThat(node.serve()).isEqualTo(1);
        assertThat(Objects.requireNonNull(node.users.published()).readers().enter()).isTrue();
        Generation<String, Row> second = rebuild(node);
        node.apply(second);
        assertThat(Objects.requireNonNull(node.users.published()).tables().generation()).isEqualTo(2);
        rebuild(node);

        Throwable thrown = catchThrowable(node.work::close);

        assertThat(closed).as("served, being built, and read still").containsExactly(2L, 3L, 1L);
        assertThat(thrown).isInstanceOf(StoreFailedException.class).hasMessageContaining("closing 2");
        assertThat(thrown.getSuppressed()).hasSize(2);
    }

    private Generation<String, Row> rebuild(Node node) {
        orders.give(NAME, new RebuildOrdered("somebody", "to see", false)).toCompletableFuture().join();
        return Objects.requireNonNull(node.work.follow(node.work.newOrders(0).getLast()).begun());
    }

    @Test
    void whenever_the_process_is_killed_old_code_and_new_code_find_their_rows() {
        happen(3);
        start(1).serveAndEnd();
        int served = views.moments();
        start(2).serveAndEnd();
        int replaced = views.moments();
        happen(4);
        start(1).serveAndEnd();

        for (int moment = served; moment <= views.moments(); moment++) {
            for (long flushed : LongStream.rangeClosed(0, 2).toArray()) {
                for (int version = 1; version <= 2; version++) {
                    ViewStore left = views.afterCrash(NAME, moment, flushed);
                    Node next = new Node(version, left, WEEK);
                    long number = next.serve();
                    String when = "version " + version + " at moment " + moment + ", " + flushed + " flushed";
                    assertThat(next.users.get("t")).as(when).contains(new Row(4 * version));
                    if (version == 1 || moment >= replaced) {
                        assertThat(number).as(when + ": its rows are there, and not built anew").isEqualTo(version);
                    }
                    assertThat(left.generations(NAME)).as(when).hasSizeLessThanOrEqualTo(2);
                }
            }
        }
    }
}

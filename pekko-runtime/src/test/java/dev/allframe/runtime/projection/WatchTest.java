package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Marbles.BOX;
import static dev.allframe.runtime.projection.Marbles.COLOUR;
import static dev.allframe.runtime.projection.Marbles.MARBLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.api.testkit.ForwardingViews;
import dev.allframe.api.testkit.fixture.WatchProbe;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.Watched;
import dev.allframe.projection.Watched.Again;
import dev.allframe.projection.Watched.Current;
import dev.allframe.projection.Watched.Gone;
import dev.allframe.projection.Watched.Reason;
import dev.allframe.projection.Watched.Row;
import dev.allframe.projection.fold.RowChange;
import dev.allframe.runtime.projection.Marbles.BoxEvent;
import dev.allframe.runtime.projection.Marbles.BoxEvent.Painted;
import dev.allframe.runtime.projection.Marbles.BoxEvent.Placed;
import dev.allframe.runtime.projection.Marbles.BoxEvent.Taken;
import dev.allframe.runtime.projection.Marbles.Marble;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What those who watch a view are given, and the rules of reactive streams: on the work of a view, without actors. */
final class WatchTest {

    /** So many keys wait for one who watches. */
    private static final int PENDING = 20;

    private static final Marble RED = new Marble("red", 1);
    private static final Marble BLUE = new Marble("blue", 1);

    private final InMemoryBackend store = InMemoryBackend.unbounded();
    private final EventStore<BoxEvent> events = EventStore.of(store, BOX, JacksonEventCodec.of(BOX));
    private final RegisteredView<Integer, Marble> type = RegisteredView.of(MARBLES);
    private final ServedView<Integer, Marble> view = new ServedView<>(type, store, PENDING);
    private final AtomicReference<@Nullable RuntimeException> failing = new AtomicReference<>();
    private final AtomicReference<Runnable> behindSnapshot = new AtomicReference<>(() -> {});
    private final ViewOrders orders = new ViewOrders(store);
    private final ViewWork<Integer, Marble> work = new ViewWork<>(type, view,
            new Generations<>(type, new Failing(), store, Clock.systemUTC(), Duration.ofDays(7)), store, orders);
    private @Nullable Generation<Integer, Marble> served;

    /** Tables of which a row cannot be read when the test says so. */
    private final class Failing extends ForwardingViews {

        Failing() {
            super(new MemoryViewStore());
        }

        @Override
        protected ViewTables tables(ViewTables opened) {
            return new Tables(opened) {
                @Override
                public byte @Nullable [] get(ViewTable table, byte[] key) {
                    RuntimeException failure = failing.get();
                    if (failure != null) {
                        throw failure;
                    }
                    return super.get(table, key);
                }

                @Override
                public ViewSnapshot snapshot() {
                    ViewSnapshot snapshot = super.snapshot();
                    behindSnapshot.getAndSet(() -> {}).run();
                    return snapshot;
                }
            };
        }
    }

    /** A subscriber that does something with each signal. */
    private abstract static class Subscriber implements Flow.Subscriber<Watched<Integer, Marble>> {

        volatile Flow.@Nullable Subscription subscription;

        Flow.Subscription subscription() {
            return Objects.requireNonNull(subscription);
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onError(Throwable thrown) {
            throw new AssertionError(thrown);
        }

        @Override
        public void onComplete() {
            throw new AssertionError("complete");
        }
    }

    private static Subscriber each(Consumer<Subscriber> onNext) {
        return new Subscriber() {
            @Override
            public void onNext(Watched<Integer, Marble> element) {
                onNext.accept(this);
            }
        };
    }

    private void apply(Generation<Integer, Marble> generation) {
        Position after = generation.fold().state().position();
        var page = store.getAllEvents(type.handlers().filter(), after, 10_000).toCompletableFuture().join();
        assertThat(work.apply(generation, after, type.handlers().handle(page))).isNotNull();
    }

    /** Opens the view, where it is not, and applies events as one page. */
    private void applied(BoxEvent... happened) {
        if (happened.length > 0) {
            events.append("box", ExpectedVersion.any(), List.of(happened)).toCompletableFuture().join();
        }
        Generation<Integer, Marble> now = served == null ? work.open().building() : served;
        served = Objects.requireNonNull(now);
        apply(now);
    }

    private static Placed placed(String colour, Integer... numbers) {
        return new Placed(List.of(numbers), colour, 1);
    }

    @BeforeAll
    static void poll() {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(2));
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    @AfterAll
    static void pollAsBefore() {
        Awaitility.reset();
    }

    private static List<Integer> numbers(int from, int count) {
        return IntStream.range(from, from + count).boxed().toList();
    }

    /** The elements behind the first so many, when there are so many more. */
    private static List<Watched<Integer, Marble>> next(WatchProbe<Integer, Marble> probe, int skipped, int count) {
        await().until(() -> probe.elements().size() >= skipped + count);
        return probe.elements().subList(skipped, probe.elements().size());
    }

    private Position at() {
        return view.position();
    }

    @Test
    void all_rows_come_first_and_then_their_changes() {
        applied(placed("red", 2, 1));
        WatchProbe<Integer, Marble> probe = WatchProbe.of(view.watch());
        Position first = at();
        assertThat(next(probe, 0, 3)).containsExactly(new Row<>(1, RED, 0, first), new Row<>(2, RED, 0, first),
                new Current<>(first));

        applied(placed("blue", 2));
        assertThat(next(probe, 3, 1)).containsExactly(new Row<>(2, BLUE, 1, at()));
        applied(new Taken(List.of(1)));
        assertThat(next(probe, 4, 1)).containsExactly(new Gone<>(1, 1, at()));

        assertThat(probe.rows()).isEqualTo(Map.of(2, BLUE));
    }

    @Test
    void the_row_of_a_key_need_not_be_there() {
        applied(placed("red", 2));
        WatchProbe<Integer, Marble> probe = WatchProbe.of(view.watch(1));
        Position first = at();
        assertThat(next(probe, 0, 2)).containsExactly(new Gone<>(1, 0, first), new Current<>(first));

        applied(placed("blue", 2));
        applied(placed("red", 1));

        assertThat(next(probe, 2, 1)).containsExactly(new Row<>(1, RED, 1, at()));
    }

    @Test
    void a_row_that_gets_another_value_is_gone_for_those_who_watch_the_first() {
        applied(placed("red", 1, 2), placed("blue", 3));
        WatchProbe<Integer, Marble> red = WatchProbe.of(view.watch(COLOUR, "red"));
        WatchProbe<Integer, Marble> green = WatchProbe.of(view.watch(COLOUR, "green"));
        next(red, 0, 3);
        next(green, 0, 1);

        applied(new Painted("blue", "green"));
        applied(placed("blue", 1), new Painted("red", "blue"));
        applied(placed("red", 4));

        assertThat(next(red, 3, 3)).extracting(element -> element.getClass().getSimpleName())
                .containsExactly("Gone", "Gone", "Row");
        assertThat(red.rows()).isEqualTo(Map.of(4, RED));
        assertThat(next(green, 1, 1)).hasSize(1);
        assertThat(green.rows()).isEqualTo(Map.of(3, new Marble("green", 1)));
    }

    @Test
    void changes_for_which_nobody_asks_are_given_as_one_with_their_number() {
        applied(placed("red", 1));
        WatchProbe<Integer, Marble> probe = WatchProbe.idle(view.watch());
        probe.request(2);
        next(probe, 0, 2);

        applied(placed("blue", 1));
        applied(placed("red", 2));
        applied(placed("green", 1));
        await().until(() -> view.watchers().pending() == 2);
        assertThat(probe.elements()).hasSize(2);
        probe.request(2);

        assertThat(next(probe, 2, 2)).containsExactly(new Row<>(1, new Marble("green", 1), 2, at()),
                new Row<>(2, RED, 1, at()));
    }

    @Test
    void a_row_that_is_met_later_is_not_given_before() {
        applied(new Placed(numbers(0, 100), "red", 1));
        WatchProbe<Integer, Marble> probe = WatchProbe.idle(view.watch());
        behindSnapshot.set(() -> {
            applied(placed("blue", 0, 200));
            await().until(() -> view.watchers().pending() == 2);
        });
        probe.request(64);
        next(probe, 0, 64);
        await().until(() -> view.watchers().pending() == 1); // of row 0 alone
        probe.request(3);
        next(probe, 64, 3);

        applied(new Taken(List.of(200)));
        probe.request(Long.MAX_VALUE);

        await().until(probe::isCurrent);
        assertThat(probe.rows().keySet()).containsExactlyInAnyOrderElementsOf(numbers(0, 100));
    }

    @Test
    void who_falls_behind_begins_again_and_nothing_is_kept_for_it_meanwhile() {
        applied(placed("red", 1));
        WatchProbe<Integer, Marble> probe = WatchProbe.idle(view.watch());
        probe.request(2);
        next(probe, 0, 2);

        applied(new Placed(numbers(0, PENDING + 1), "red", 1)); // of which one is there already
        await().until(() -> view.watchers().pending() == PENDING);
        applied(placed("red", 5_000));
        await().until(() -> view.watchers().pending() == 0);
        applied(new Placed(numbers(0, 10), "blue", 1), new Taken(List.of(1)));
        probe.request(Long.MAX_VALUE);

        await().until(probe::isCurrent);
        assertThat(next(probe, 2, 1).getFirst()).isEqualTo(new Again<>(Reason.BEHIND, at()));
        await().until(() -> probe.rows().size() == PENDING + 1);
        assertThat(probe.rows()).containsEntry(0, BLUE).doesNotContainKey(1).containsEntry(5_000, RED);
    }

    @Test
    void what_waits_for_all_who_watch_a_view_together_is_bounded() {
        applied(placed("red", 1));
        List<WatchProbe<Integer, Marble>> probes = new ArrayList<>();
        for (int i = 0; i < 2 * Watchers.FULL; i++) {
            WatchProbe<Integer, Marble> probe = WatchProbe.idle(view.watch());
            probe.request(2);
            probes.add(probe);
        }
        await().until(() -> probes.stream().allMatch(WatchProbe::isCurrent));

        applied(new Placed(numbers(0, PENDING), "blue", 1));
        await().until(() -> view.watchers().pending() == Watchers.FULL * PENDING);
        probes.forEach(probe -> probe.request(Long.MAX_VALUE));

        await().until(() -> probes.stream().allMatch(probe -> probe.rows().size() == PENDING));
        assertThat(probes.stream().filter(probe -> probe.elements().stream().anyMatch(Again.class::isInstance)))
                .hasSize(Watchers.FULL);
        probes.forEach(WatchProbe::cancel);
        assertThat(view.watchers().pending()).isZero();
    }

    @Test
    void another_generation_is_watched_from_its_first_row_on() {
        applied(placed("red", 1));
        WatchProbe<Integer, Marble> probe = WatchProbe.of(view.watch());
        next(probe, 0, 2);

        orders.give(MARBLES.name(), new ViewOrder.RebuildOrdered("test", "to see", false)).toCompletableFuture().join();
        var begun = Objects.requireNonNull(work.follow(orders.behind(MARBLES.name(), 0).getLast()).begun());
        served = begun;
        applied(placed("blue", 2));

        assertThat(next(probe, 2, 4)).containsExactly(new Again<>(Reason.REPLACED, at()), new Row<>(1, RED, 0, at()),
                new Row<>(2, BLUE, 0, at()), new Current<>(at()));
    }

    @Test
    void who_watches_waits_until_there_are_rows_and_is_completed_when_there_will_be_none() {
        WatchProbe<Integer, Marble> probe = WatchProbe.of(view.watch());
        assertThat(probe.elements()).isEmpty();
        applied(placed("red", 1));
        next(probe, 0, 2);

        work.close();
        assertThat(probe.isCompleted()).isFalse(); // it may be opened again
        view.end();

        await().until(probe::isCompleted);
        WatchProbe<Integer, Marble> late = WatchProbe.idle(view.watch(1));
        await().until(late::isCompleted);
        assertThat(late.elements()).isEmpty();
        assertThat(view.watchers().subscribed()).isZero();
    }

    @Test
    void what_stands_before_an_event_that_fails_is_given() {
        applied(placed("red", 1));
        WatchProbe<Integer, Marble> probe = WatchProbe.of(view.watch());
        next(probe, 0, 2);

        applied(placed("red", 2), new BoxEvent.Failing(3), placed("red", 4));

        assertThat(next(probe, 2, 1)).containsExactly(new Row<>(2, RED, 1, at()));
    }

    @Test
    void damage_that_a_watcher_meets_is_said_and_the_rows_that_replace_it_are_given() {
        applied(placed("red", 1));
        WatchProbe<Integer, Marble> probe = WatchProbe.of(view.watch(1));
        next(probe, 0, 2);
        ConcurrentLinkedQueue<Published> said = new ConcurrentLinkedQueue<>();
        view.opening((read, damaged) -> said.add(read));
        failing.set(new CorruptStoreException("damaged, says the test"));
        view.watchers().changed(List.of(new RowChange<>(1, RED, RED)));
        await().until(() -> !said.isEmpty());
        assertThat(probe.failure()).isEmpty();

        failing.set(null);
        served = work.replace(said.element().tables().generation(), "damaged").building();
        applied();

        assertThat(next(probe, 2, 3)).containsExactly(new Again<>(Reason.REPLACED, at()), new Row<>(1, RED, 0, at()),
                new Current<>(at()));
    }

    @Test
    void rows_that_the_disk_does_not_read_fail_the_subscription() {
        applied(placed("red", 1));
        WatchProbe<Integer, Marble> probe = WatchProbe.of(view.watch());
        next(probe, 0, 2);

        failing.set(new StoreFailedException("the disk failed, says the test", new IOException("test")));
        view.watchers().changed(List.of(new RowChange<>(1, RED, BLUE)));
        await().until(() -> probe.failure().isPresent());

        assertThat(probe.failure()).containsInstanceOf(StoreFailedException.class);
        assertThat(view.watchers().subscribed()).isZero();
    }

    @Test
    void wrong_questions_are_refused_at_once() {
        assertThatThrownBy(() -> view.watch(Index.on("weight", Marble::weight, Keys.LONG), 1L))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no index 'weight'");
        assertThatThrownBy(() -> view.watch().subscribe(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void to_ask_for_less_than_one_element_fails_the_subscription() {
        applied(placed("red", 1, 2));
        for (long wrong : new long[]{0, -1, Long.MIN_VALUE}) {
            WatchProbe<Integer, Marble> probe = WatchProbe.idle(view.watch());
            probe.request(1);
            next(probe, 0, 1);

            probe.request(wrong);
            probe.request(5);

            await().until(() -> probe.failure().isPresent());
            assertThat(probe.failure().orElseThrow()).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("3.9");
            assertThat(probe.elements()).hasSize(1);
        }
    }

    @Test
    void nothing_is_given_before_onSubscribe_has_returned() {
        applied(placed("red", 1));
        CountDownLatch given = new CountDownLatch(2);
        AtomicReference<Boolean> early = new AtomicReference<>(true);
        Subscriber subscriber = new Subscriber() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                super.onSubscribe(subscription);
                applied(placed("red", 2));
                early.set(given.getCount() < 2);
            }

            @Override
            public void onNext(Watched<Integer, Marble> element) {
                given.countDown();
            }
        };

        view.watch().subscribe(subscriber);

        await().until(() -> given.getCount() == 0);
        assertThat(early.get()).isFalse();
    }

    @Test
    void a_subscriber_that_throws_is_cancelled_and_another_goes_on() {
        applied(placed("red", 1, 2));
        ConcurrentLinkedQueue<String> thrown = new ConcurrentLinkedQueue<>();
        view.watch().subscribe(each(self -> {
            thrown.add("onNext");
            throw new IllegalStateException("says the test");
        }));
        view.watch().subscribe(new Subscriber() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                super.onSubscribe(subscription);
                throw new IllegalStateException("says the test");
            }

            @Override
            public void onNext(Watched<Integer, Marble> element) {
                thrown.add("of a subscriber that has failed");
            }
        });
        WatchProbe<Integer, Marble> probe = WatchProbe.of(view.watch());

        await().until(() -> view.watchers().subscribed() == 1);
        applied(placed("blue", 1));
        next(probe, 3, 1);

        assertThat(thrown).containsExactly("onNext");
    }

    @Test
    void a_subscriber_that_blocks_delays_nobody_else() throws InterruptedException {
        applied(placed("red", 1));
        CountDownLatch blocked = new CountDownLatch(20);
        CountDownLatch ends = new CountDownLatch(1);
        for (int i = 0; i < 20; i++) {
            view.watch().subscribe(each(self -> {
                blocked.countDown();
                try {
                    ends.await();
                } catch (InterruptedException impossible) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();

        WatchProbe<Integer, Marble> probe = WatchProbe.of(view.watch());
        next(probe, 0, 2);
        for (int i = 0; i < 3_000; i += 1_000) {
            applied(new Placed(numbers(i, 1_000), "red", 1));
        }
        await().until(() -> probe.rows().size() == 3_000);

        ends.countDown();
    }

    private record Cancelled(Flow.Subscription subscription, WeakReference<Subscriber> subscriber) {}

    private Cancelled cancelInOnNext(Queue<String> given) {
        Subscriber subscriber = each(self -> {
            given.add("row");
            self.subscription().cancel();
            self.subscription().request(1);
        });
        view.watch().subscribe(subscriber);
        await().until(() -> view.watchers().subscribed() == 0);
        return new Cancelled(subscriber.subscription(), new WeakReference<>(subscriber));
    }

    @Test
    void who_cancels_is_given_nothing_more_and_is_forgotten() {
        applied(new Placed(numbers(0, 1_000), "red", 1));
        ConcurrentLinkedQueue<String> given = new ConcurrentLinkedQueue<>();
        Cancelled cancelled = cancelInOnNext(given);

        applied(placed("blue", 1));
        cancelled.subscription.cancel();
        cancelled.subscription.request(-1);

        assertThat(given).containsExactly("row");
        await().until(() -> {
            System.gc();
            return cancelled.subscriber.get() == null;
        });
        assertThat(view.watchers().pending()).isZero();
    }

    @Test
    void who_asks_for_one_at_a_time_gets_any_number() {
        applied(new Placed(numbers(0, 3_000), "red", 1));
        CountDownLatch rows = new CountDownLatch(3_001);
        view.watch().subscribe(new Subscriber() {
            @Override
            public void onSubscribe(Flow.Subscription given) {
                subscription = given;
                given.request(1);
            }

            @Override
            public void onNext(Watched<Integer, Marble> element) {
                rows.countDown();
                subscription().request(1);
            }
        });

        await().until(() -> rows.getCount() == 0);
    }
}

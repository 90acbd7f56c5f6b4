package dev.allframe.runtime.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.StreamId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom the waker tells, in which order and how often, whatever they and their view do. */
final class SagaWakerTest {

    private static final ActorTestKit ACTORS = ActorTestKit.create();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final DueSagas view = new DueSagas();
    private final Told told = new Told();
    private final Hands clock = new Hands();
    private ActorRef<SagaWaker.Message> waker = ACTORS.system().deadLetters().unsafeUpcast().narrow();

    /** A clock that is set. */
    private static final class Hands extends Clock {
        private volatile Instant now = NOON;
        private volatile boolean broken;

        @Override
        public Instant instant() {
            if (broken) {
                throw new AssertionError("planted");
            }
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** What sagas answer that are told something. */
    private static final class Told implements CommandBus {

        private final List<String> sagas = Collections.synchronizedList(new ArrayList<>());
        private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
        private volatile Function<String, CompletionStage<CommandResult<SagaEvent>>> answer = Told::accepted;

        static CompletionStage<CommandResult<SagaEvent>> accepted(String saga) {
            StreamId stream = StreamId.of("saga", saga);
            return CompletableFuture.completedFuture(
                    new CommandResult.Accepted<>(List.of(), 1, new ConsistencyToken("", stream, 1), 0));
        }

        static CompletionStage<CommandResult<SagaEvent>> refused() {
            return CompletableFuture.completedFuture(new CommandResult.Refused<>("no", "", Map.of()));
        }

        /** Answers when it is told to. */
        CompletionStage<CommandResult<SagaEvent>> later(String saga) {
            CompletableFuture<CommandResult<SagaEvent>> later = new CompletableFuture<>();
            answers.add(() -> accepted(saga).thenAccept(later::complete));
            return later;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <C extends Command, E extends Event, S> CompletionStage<CommandResult<E>> dispatch(
                AggregateType<C, E, S> type, String id, C command, CommandOptions options) {
            sagas.add(id);
            return (CompletionStage<CommandResult<E>>) (CompletionStage<?>) answer.apply(id);
        }

        @Override
        public <C extends Command, E extends Event, S> CompletionStage<CommandResult<E>> voidCommand(
                AggregateType<C, E, S> type, String id, CommandOptions options) {
            throw new UnsupportedOperationException();
        }

        List<String> all() {
            synchronized (sagas) {
                return List.copyOf(sagas);
            }
        }

        /** How often each was told. */
        Map<String, Integer> times() {
            Map<String, Integer> times = new HashMap<>();
            all().forEach(saga -> times.merge(saga, 1, Integer::sum));
            return times;
        }
    }

    private void start() {
        SagaEntrance entrance = new SagaEntrance(ACTORS.system(), DueSagas.MACHINE, clock);
        entrance.open(told);
        waker = ACTORS.spawn(SagaWaker.create(view, entrance, saga -> true, () -> false));
    }

    @AfterEach
    void stop() {
        waker.tell(SagaWaker.Stop.INSTANCE);
    }

    @AfterAll
    static void end() {
        ACTORS.shutdownTestKit();
    }

    private static String id(int number) {
        return String.format(Locale.ROOT, "sleeper/%06d", number);
    }

    private void due(int from, int count) {
        for (int i = from; i < from + count; i++) {
            view.put(id(i), NOON.minusSeconds(100_000).plusMillis(i));
        }
    }

    @Test
    void those_are_told_first_that_were_due_first_and_none_that_is_not_due() {
        System.out.println("test.seed=" + seed);
        Random random = new Random(seed);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            numbers.add(i);
        }
        Collections.shuffle(numbers, random);
        numbers.forEach(number -> due(number, 1));
        view.put("sleeper/later", NOON.plusMillis(1));
        told.answer = saga -> {
            view.remove(saga);
            return Told.accepted(saga);
        };

        start();
        await().atMost(PATIENCE).until(() -> told.all().size() == 2_000);

        assertThat(told.all()).isSorted().doesNotHaveDuplicates();
        clock.now = NOON.plusMillis(1);
        await().atMost(PATIENCE).until(() -> told.all().contains("sleeper/later"));
    }

    @Test
    void no_more_than_the_most_are_unanswered_and_none_is_told_again_before_it_has_answered() {
        for (int i = 0; i < 300; i++) {
            view.put("before/" + id(i), NOON.minusSeconds(200_000));
        }
        told.answer = saga -> {
            view.remove(saga);
            return Told.accepted(saga);
        };
        start();
        await().atMost(PATIENCE).until(() -> told.all().size() == 300);
        told.sagas.clear();
        told.answer = told::later;
        due(0, 1_000);

        await().atMost(PATIENCE).until(() -> told.answers.size() == SagaWaker.MOST_UNANSWERED);
        await().during(Duration.ofMillis(300)).atMost(PATIENCE).until(() -> told.all().size() < 300);

        assertThat(told.all()).hasSize(SagaWaker.MOST_UNANSWERED).doesNotHaveDuplicates();
        while (told.all().size() < 1_000 || !told.answers.isEmpty()) {
            Runnable next = told.answers.poll();
            if (next != null) {
                next.run();
            }
            assertThat(told.answers).hasSizeLessThanOrEqualTo(SagaWaker.MOST_UNANSWERED);
        }
        assertThat(told.times()).hasSize(1_000);
    }

    @Test
    void those_that_fail_for_ever_hold_nobody_up() {
        due(0, 500);
        told.answer = saga -> Told.refused();
        start();
        await().atMost(PATIENCE).until(() -> told.times().size() == 500);

        due(1_000, 1_000);

        await().atMost(Duration.ofSeconds(5)).until(() -> told.times().size() == 1_500);
        assertThat(told.times().get(id(0))).isLessThanOrEqualTo(4);
    }

    @Test
    void one_that_answers_and_stays_due_is_told_again_after_pauses_that_grow_and_at_once_for_another_moment() {
        long[] nanos = {0};
        WokenSagas woken = new WokenSagas(() -> nanos[0]);
        SagaWaker.Due due = new SagaWaker.Due("a", NOON);
        for (int pause : new int[]{1, 2, 4, 8, 16, 32, 60, 60}) {
            assertThat(woken.mayBeTold(due)).isTrue();
            woken.told(due);
            assertThat(woken.mayBeTold(due)).isFalse();
            woken.answered(due);
            nanos[0] += Duration.ofSeconds(pause).toNanos() - 1;
            assertThat(woken.mayBeTold(due)).isFalse();
            assertThat(woken.mayBeTold(new SagaWaker.Due("a", NOON.plusMillis(1)))).isTrue();
            nanos[0]++;
        }
        assertThat(woken.unanswered()).isZero();
    }

    @Test
    void what_is_remembered_is_bounded() {
        WokenSagas woken = new WokenSagas(() -> 0);
        for (int i = 0; i < WokenSagas.MOST + 1; i++) {
            SagaWaker.Due due = new SagaWaker.Due(id(i), NOON);
            woken.told(due);
            woken.answered(due);
            woken.answered(due);
        }

        assertThat(woken.unanswered()).isZero();
        assertThat(woken.mayBeTold(new SagaWaker.Due(id(0), NOON))).isTrue();
        assertThat(woken.mayBeTold(new SagaWaker.Due(id(1), NOON))).isFalse();
    }

    @Test
    void sagas_that_are_due_are_told_beside_those_that_were_at_work() {
        for (int i = 0; i < 5_000; i++) {
            view.work("busy/" + i);
        }
        due(0, 1);
        start();

        await().atMost(PATIENCE).until(() -> told.times().size() == 5_001);

        assertThat(told.all().indexOf(id(0))).isLessThan(1_000);
        assertThat(told.times()).allSatisfy((saga, times) -> {
            if (saga.startsWith("busy")) {
                assertThat(times).isEqualTo(1);
            }
        });
    }

    @Test
    void a_view_that_cannot_be_read_is_asked_again_and_not_all_the_time() {
        due(0, 300);
        view.failWith(() -> new IllegalStateException("planted"));
        start();
        await().atMost(PATIENCE).until(() -> view.questions() >= 2);

        assertThat(view.questions()).isLessThan(4);
        view.failWith(() -> null);
        await().atMost(PATIENCE).until(() -> told.times().size() == 300);
    }

    @Test
    void a_clock_that_is_set_back_ends_nothing() {
        due(0, 10);
        told.answer = saga -> Told.refused();
        start();
        await().atMost(PATIENCE).until(() -> told.times().size() == 10);

        clock.now = NOON.minus(Duration.ofHours(5));

        await().atMost(PATIENCE).until(() -> told.times().values().stream().allMatch(times -> times > 1));
    }

    @Test
    void a_clock_that_fails_is_asked_again_when_the_waker_starts_and_while_it_runs() {
        clock.broken = true;
        start();
        due(0, 10);
        clock.broken = false;
        await().atMost(PATIENCE).until(() -> told.times().size() == 10);

        clock.broken = true;
        due(10, 10);
        await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> told.times().size() == 10);
        clock.broken = false;

        await().atMost(PATIENCE).until(() -> told.times().size() == 20);
    }

    /** No timer fires. */
    @Test
    void a_clock_that_goes_on_while_the_view_is_read_is_followed_at_once() {
        ActorTestKit stopped = ActorTestKit.create(ManualTime.config());
        try {
            view.put(id(0), NOON.plusSeconds(1_800));
            view.put(id(1), NOON.plusSeconds(7_200));
            view.failWith(() -> {
                clock.now = NOON.plusSeconds(3_600);
                return null;
            });
            SagaEntrance entrance = new SagaEntrance(stopped.system(), DueSagas.MACHINE, clock);
            entrance.open(told);
            stopped.spawn(SagaWaker.create(view, entrance, saga -> true, () -> false));

            await().atMost(PATIENCE).until(() -> told.all().equals(List.of(id(0))));
        } finally {
            stopped.shutdownTestKit();
        }
    }

    @Test
    void answers_that_never_come_and_failed_ones_leave_no_place_taken() {
        due(0, 600);
        told.answer = saga -> {
            if (saga.hashCode() % 3 == 0) {
                throw new IllegalStateException("planted");
            }
            return CompletableFuture.failedFuture(new IllegalStateException("planted"));
        };

        start();

        await().atMost(PATIENCE).until(() -> told.times().size() == 600);
        await().atMost(PATIENCE).until(() -> told.times().values().stream().allMatch(times -> times > 1));
    }
}

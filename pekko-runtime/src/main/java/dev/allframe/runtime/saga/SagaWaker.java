package dev.allframe.runtime.saga;

import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.failure.Failures;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.Rows;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaMachine;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Tells sagas that a time has come, by the view of all sagas: those first that were due first, at most {@link
 * #MOST_UNANSWERED} at a time. A saga that has not answered is not told again; one that has, and is due all the same,
 * is told again after a pause that grows, so that it holds nobody up. Before all others those are told that were at
 * work when the node before has stopped. A wake that is not needed changes nothing.
 */
final class SagaWaker extends AbstractBehavior<SagaWaker.Message> {

    /** What the actor is told. */
    sealed interface Message extends NoSerializationVerificationNeeded {}

    /** Ends it. */
    enum Stop implements Message { INSTANCE }

    private enum Tick implements Message { INSTANCE }

    private record Found(List<Due> due, @Nullable String busyFrom, boolean busyDone, @Nullable Instant next,
            boolean full) implements Message {}

    private record NotFound(Throwable cause) implements Message {}

    private record Answered(String saga, boolean accepted) implements Message {}

    /** A saga that is due, and since when. */
    private record Due(String saga, @Nullable Instant since) {}

    /** So many may not have answered. */
    static final int MOST_UNANSWERED = 256;

    private static final int PAGE = 500;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofMillis(10);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(5);

    /** A saga that was told. */
    private record Told(@Nullable Instant since, int times, boolean answered, Instant again) {}

    private final View<String, SagaRow> sagas;
    private final SagaEntrance entrance;
    private final Predicate<String> mine;
    private final BooleanSupplier closed;
    private final TimerScheduler<Message> timers;
    private final Map<String, Told> told = new HashMap<>();
    private final Deque<Due> waiting = new ArrayDeque<>();
    private int unanswered;
    private boolean looking;
    private boolean full;
    private @Nullable String busyFrom;
    private boolean busyDone;

    /**
     * Wakes sagas.
     *
     * @param mine which ones, by the ids of their instances
     * @param closed whether nothing is to be done any more
     */
    static Behavior<Message> create(View<String, SagaRow> sagas, SagaEntrance entrance, Predicate<String> mine,
            BooleanSupplier closed) {
        return Behaviors.setup(context -> Behaviors
                .withTimers(timers -> new SagaWaker(context, timers, sagas, entrance, mine, closed)));
    }

    private SagaWaker(ActorContext<Message> context, TimerScheduler<Message> timers, View<String, SagaRow> sagas,
            SagaEntrance entrance, Predicate<String> mine, BooleanSupplier closed) {
        super(context);
        this.timers = timers;
        this.sagas = sagas;
        this.entrance = entrance;
        this.mine = mine;
        this.closed = closed;
        look();
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder().onMessage(Tick.class, tick -> {
            look();
            return this;
        })
                .onMessage(Found.class, this::onFound)
                .onMessage(NotFound.class, this::onNotFound)
                .onMessage(Answered.class, this::onAnswered)
                .onMessage(Stop.class, stop -> Behaviors.stopped())
                .build();
    }

    private void look() {
        if (looking || closed.getAsBoolean()) {
            return;
        }
        looking = true;
        int room = MOST_UNANSWERED - unanswered;
        Instant now = entrance.now();
        told.values().removeIf(each -> each.answered && each.again.plus(FORGOTTEN_AFTER).isBefore(now));
        Map<String, Told> known = Map.copyOf(told);
        boolean lookForBusy = !busyDone;
        String from = busyFrom;
        CompletableFuture<Found> found = CompletableFuture.supplyAsync(
                () -> lookForBusy ? busy(from) : due(now, room, known), Thread::startVirtualThread);
        getContext().pipeToSelf(found,
                (answer, failure) -> failure == null ? answer : new NotFound(Failures.unwrapped(failure)));
    }

    /** A page of those that were at work. */
    private Found busy(@Nullable String from) {
        QueryOption limit = QueryOption.limit(PAGE);
        Rows<String, SagaRow> page = from == null
                ? sagas.by(SagaViews.BUSY, true, limit)
                : sagas.by(SagaViews.BUSY, true, limit, QueryOption.after(from));
        List<Due> due = page.keys().stream().filter(mine).map(saga -> new Due(saga, null)).toList();
        return new Found(due, page.cursor(), page.cursor() == null, null, false);
    }

    private Found due(Instant now, int room, Map<String, Told> known) {
        List<Due> due = new ArrayList<>();
        String cursor = null;
        do {
            QueryOption limit = QueryOption.limit(PAGE);
            Rows<String, SagaRow> page = cursor == null
                    ? sagas.range(SagaViews.WAKE_AT, Range.atMost(now), limit)
                    : sagas.range(SagaViews.WAKE_AT, Range.atMost(now), limit, QueryOption.after(cursor));
            for (Rows.Entry<String, SagaRow> entry : page.entries()) {
                Instant since = entry.row().wakeAt();
                if (due.size() < room && mine.test(entry.key()) && isToBeTold(known.get(entry.key()), since, now)) {
                    due.add(new Due(entry.key(), since));
                }
            }
            cursor = page.cursor();
        } while (cursor != null && due.size() < room);
        Instant next = sagas.range(SagaViews.WAKE_AT, Range.above(now), QueryOption.limit(1))
                .rows()
                .stream()
                .findFirst()
                .map(SagaRow::wakeAt)
                .orElse(null);
        return new Found(due, null, true, next, due.size() == room);
    }

    private static boolean isToBeTold(@Nullable Told before, @Nullable Instant since, Instant now) {
        if (before == null) {
            return true;
        }
        return before.answered && (!Objects.equals(before.since, since) || !now.isBefore(before.again));
    }

    private Behavior<Message> onFound(Found found) {
        looking = false;
        busyFrom = found.busyFrom;
        busyDone = found.busyDone;
        full = found.full;
        waiting.addAll(found.due);
        tellWaiting();
        Duration pause = TICK;
        if (!found.busyDone) {
            pause = waiting.isEmpty() ? SOON : TICK;
        } else if (found.next != null) {
            Duration until = Duration.between(entrance.now(), found.next);
            pause = until.compareTo(SOON) < 0 ? SOON : until.compareTo(TICK) < 0 ? until : TICK;
        }
        timers.startSingleTimer(Tick.INSTANCE, pause);
        return this;
    }

    private void tellWaiting() {
        while (unanswered < MOST_UNANSWERED && !waiting.isEmpty()) {
            tell(waiting.poll());
        }
    }

    private void tell(Due due) {
        Told before = told.get(due.saga);
        if (before != null && !before.answered) {
            return;
        }
        int times = before == null || !Objects.equals(before.since, due.since) ? 1 : before.times + 1;
        told.put(due.saga, new Told(due.since, times, false, entrance.now()));
        unanswered++;
        var answer = entrance.tell(due.saga, new SagaCommand.Wake(entrance.now()),
                CommandOptions.none());
        getContext().pipeToSelf(answer, (result, failure) -> new Answered(due.saga,
                result instanceof CommandResult.Accepted<?>));
    }

    private Behavior<Message> onAnswered(Answered answered) {
        unanswered--;
        Told before = told.get(answered.saga);
        if (before != null) {
            told.put(answered.saga,
                    new Told(before.since, before.times, true, entrance.now().plus(pause(before.times))));
        }
        tellWaiting();
        if (waiting.isEmpty() && (full || !busyDone) && unanswered <= MOST_UNANSWERED / 2) {
            full = false;
            look();
        }
        return this;
    }

    private static Duration pause(int times) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(times - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private Behavior<Message> onNotFound(NotFound failed) {
        looking = false;
        if (!(failed.cause instanceof ViewNotReadyException)) {
            getContext().getLog().warn("sagas that are due cannot be looked for; trying again", failed.cause);
        }
        timers.startSingleTimer(Tick.INSTANCE, TICK);
        return this;
    }

    /** Which sagas one of several wakers has: those of its part of the slices. */
    static Predicate<String> ofPart(int part, int parts) {
        return saga -> StreamId.of(SagaMachine.AGGREGATE, saga).slice() % parts == part;
    }
}

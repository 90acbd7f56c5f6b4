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
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaMachine;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Tells sagas that a time has come, by the view of all sagas. It goes through those that are due, again and again, from
 * the one that was due first to the last, and tells each at most once in a pass; a saga that waits for its answer is
 * not told again, and one that was told and is due all the same, having done nothing but to be read again, is told
 * again after a pause that grows. So a saga that fails for ever holds nobody up for longer than its answers take.
 * Beside the first passes the sagas are told that were at work when the node before has stopped. A wake that is not
 * needed changes nothing.
 *
 * <p>At most {@link #MOST_UNANSWERED} sagas have not answered, one page of the view waits to be told, and {@link
 * WokenSagas#MOST} are remembered: memory does not grow with the number of sagas. Pauses are of the machine's own time,
 * so that a clock that is set back lengthens none.
 */
final class SagaWaker extends AbstractBehavior<SagaWaker.Message> {

    /** What the actor is told. */
    sealed interface Message extends NoSerializationVerificationNeeded {}

    /** Ends it. */
    enum Stop implements Message { INSTANCE }

    private enum Tick implements Message { INSTANCE }

    /**
     * A page of the view.
     *
     * @param cursor where to go on; null where this was the last page
     * @param next behind the last page of sagas that are due: when the next will be, as far as is known
     */
    private record Found(boolean busy, List<Due> due, @Nullable String cursor, @Nullable Instant next)
            implements
                Message {}

    private record NotFound(Throwable cause) implements Message {}

    private record Answered(Due saga) implements Message {}

    /**
     * A saga that is to be told.
     *
     * @param since when it was due, or the first of its attempts was lost; null for one that was at work
     */
    record Due(String saga, @Nullable Instant since) {}

    /** So many may not have answered. */
    static final int MOST_UNANSWERED = 256;

    private static final int FIRST_UNANSWERED = 8;
    private static final int PAGE = 256;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final View<String, SagaRow> sagas;
    private final SagaEntrance entrance;
    private final Predicate<String> mine;
    private final BooleanSupplier closed;
    private final TimerScheduler<Message> timers;
    private final WokenSagas woken = new WokenSagas(System::nanoTime);
    private final Deque<Due> waiting = new ArrayDeque<>();
    private boolean looking;

    /** How many may not have answered; grows with each answer, so that the first need not share the node with all. */
    private int most = FIRST_UNANSWERED;

    /** Whether nothing is looked for until the next tick, as the view could not be read. */
    private boolean resting;

    /** How often in a row the view could not be read. */
    private int unread;

    /** Up to when the sagas of this pass were due; null between two passes. */
    private @Nullable Instant pass;
    private @Nullable String cursor;
    private int pages;

    /** Whether sagas that were at work are still to be told, and behind which. */
    private boolean busyLeft = true;
    private @Nullable String busyCursor;
    private boolean busyNext;

    /**
     * Wakes sagas.
     *
     * @param mine which ones, by the ids of their instances
     * @param closed whether nothing is to be done any more
     */
    static Behavior<Message> create(View<String, SagaRow> sagas, SagaEntrance entrance, Predicate<String> mine,
            BooleanSupplier closed) {
        Behavior<Message> waker = Behaviors.setup(context -> Behaviors
                .withTimers(timers -> new SagaWaker(context, timers, sagas, entrance, mine, closed)));
        return Behaviors.supervise(waker)
                .onFailure(Throwable.class, SupervisorStrategy.restartWithBackoff(TICK, LONGEST_PAUSE, 0.2));
    }

    private SagaWaker(ActorContext<Message> context, TimerScheduler<Message> timers, View<String, SagaRow> sagas,
            SagaEntrance entrance, Predicate<String> mine, BooleanSupplier closed) {
        super(context);
        this.timers = timers;
        this.sagas = sagas;
        this.entrance = entrance;
        this.mine = mine;
        this.closed = closed;
        onTick();
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder().onMessage(Tick.class, tick -> onTick())
                .onMessage(Found.class, this::onFound)
                .onMessage(NotFound.class, this::onNotFound)
                .onMessage(Answered.class, this::onAnswered)
                .onMessage(Stop.class, stop -> Behaviors.stopped())
                .build();
    }

    private Behavior<Message> onTick() {
        resting = false;
        if (pass == null) {
            pass = entrance.now();
            cursor = null;
            pages = 0;
        }
        return goOn();
    }

    /** Tells those that wait, as many as may be, and looks for more when none is left. */
    private Behavior<Message> goOn() {
        if (closed.getAsBoolean()) {
            return Behaviors.stopped();
        }
        while (!waiting.isEmpty() && woken.unanswered() < most) {
            tell(waiting.remove());
        }
        if (waiting.isEmpty() && !looking && !resting) {
            Instant until = pass;
            if (busyLeft && (busyNext || until == null)) {
                String behind = busyCursor;
                look(() -> busy(behind));
            } else if (until != null) {
                String behind = cursor;
                look(() -> due(until, behind));
            }
        }
        return this;
    }

    private void tell(Due due) {
        if (!woken.mayBeTold(due)) {
            return;
        }
        woken.told(due);
        CompletionStage<CommandResult<SagaEvent>> answer = entrance.tell(due.saga,
                new SagaCommand.Wake(entrance.now()), CommandOptions.none());
        getContext().pipeToSelf(answer, (result, failure) -> new Answered(due));
    }

    private Behavior<Message> onAnswered(Answered answered) {
        woken.answered(answered.saga);
        most = Math.min(most + 1, MOST_UNANSWERED);
        return goOn();
    }

    private void look(Supplier<Found> query) {
        looking = true;
        CompletableFuture<Found> found = CompletableFuture.supplyAsync(query, Thread::startVirtualThread);
        getContext().pipeToSelf(found,
                (page, failure) -> failure == null ? page : new NotFound(Failures.unwrapped(failure)));
    }

    /** A page of those that were at work. */
    private Found busy(@Nullable String behind) {
        Rows<String, SagaRow> page = sagas.by(SagaViews.BUSY, true, page(behind));
        return new Found(true, page.keys().stream().filter(mine).map(saga -> new Due(saga, null)).toList(),
                page.cursor(), null);
    }

    /** A page of those that are due. */
    private Found due(Instant until, @Nullable String behind) {
        Rows<String, SagaRow> page = sagas.range(SagaViews.WAKE_AT, Range.atMost(until), page(behind));
        List<Due> due = page.entries()
                .stream()
                .filter(entry -> mine.test(entry.key()))
                .map(entry -> new Due(entry.key(), entry.row().standsSince()))
                .toList();
        Instant next = page.cursor() != null
                ? null
                : sagas.range(SagaViews.WAKE_AT, Range.above(until), QueryOption.limit(1))
                        .rows()
                        .stream()
                        .findFirst()
                        .map(SagaRow::wakeAt)
                        .orElse(null);
        return new Found(false, due, page.cursor(), next);
    }

    private static QueryOption[] page(@Nullable String behind) {
        QueryOption limit = QueryOption.limit(PAGE);
        return behind == null ? new QueryOption[]{limit} : new QueryOption[]{limit, QueryOption.after(behind)};
    }

    private Behavior<Message> onFound(Found found) {
        looking = false;
        unread = 0;
        waiting.addAll(found.due);
        busyNext = !found.busy;
        if (found.busy) {
            busyCursor = found.cursor;
            busyLeft = found.cursor != null;
        } else {
            cursor = found.cursor;
            pages++;
            Instant begun = pass;
            if (found.cursor == null && begun != null) {
                pass = null;
                tickAfter(begun, found.next);
            }
        }
        return goOn();
    }

    /**
     * Until the next saga is due, or a tick after the pass was begun, whatever the clock did meanwhile. The pages of a
     * pass that told nobody cost the machine as much as the others: the more there were, the longer it rests.
     */
    private void tickAfter(Instant begun, @Nullable Instant next) {
        Instant tick = begun.plus(TICK);
        Duration until = Duration.between(entrance.now(), next == null || next.isAfter(tick) ? tick : next);
        Duration rest = SOON.multipliedBy(pages);
        Duration least = rest.compareTo(TICK) < 0 ? rest : TICK;
        if (until.compareTo(least) > 0) {
            timers.startSingleTimer(Tick.INSTANCE, until.compareTo(TICK) < 0 ? until : TICK);
        } else {
            Executor rested = CompletableFuture.delayedExecutor(least.toMillis(), TimeUnit.MILLISECONDS);
            getContext().pipeToSelf(CompletableFuture.runAsync(() -> {}, rested), (done, failure) -> Tick.INSTANCE);
        }
    }

    /** The pass begins again: what the cursor was of may be gone. */
    private Behavior<Message> onNotFound(NotFound failed) {
        looking = false;
        resting = true;
        pass = null;
        if (!(failed.cause instanceof ViewNotReadyException) && Integer.bitCount(++unread) == 1) {
            getContext().getLog().warn("sagas that are due cannot be looked for; trying again", failed.cause);
        }
        timers.startSingleTimer(Tick.INSTANCE, pause(unread));
        return this;
    }

    /** Doubles from a second to a minute. */
    static Duration pause(int times) {
        Duration pause = TICK.multipliedBy(1L << Math.clamp(times - 1, 0, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /** Which sagas one of several wakers has: those of its part of the slices. */
    static Predicate<String> ofPart(int part, int parts) {
        return saga -> StreamId.of(SagaMachine.AGGREGATE, saga).slice() % parts == part;
    }
}

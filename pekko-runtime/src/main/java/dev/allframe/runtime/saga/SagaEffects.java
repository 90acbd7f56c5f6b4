package dev.allframe.runtime.saga;

import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.aggregate.StateListener;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.Due;
import dev.allframe.saga.machine.EffectId;
import dev.allframe.saga.machine.NextSaga;
import dev.allframe.saga.machine.Outcome;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaMachine;
import dev.allframe.saga.machine.SagaState;
import dev.allframe.saga.machine.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * Does what is due for the sagas that run on this node, and tells them what became of it. It is told each state of each
 * saga behind its records, so that an effect begins when its intent is stored. What a saga waits for longer than a
 * moment costs nothing here: its actor is released, and {@link SagaWaker} finds it again.
 *
 * <p>For a saga whose actor runs and whose state has something due, either something is under way here or a timer runs.
 * Where what was under way has ended and the saga has not moved, for whatever reason, its actor is released: the waker
 * finds the saga again, and what is due begins anew behind its recovery. Thread-safe.
 */
final class SagaEffects implements StateListener<SagaState> {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** Makes the attempts, when there is a bus to participants. */
    private final CompletableFuture<SagaAttempts> attempts = new CompletableFuture<>();

    private final ActorSystem<?> system;
    private final SagaDefinitions definitions;
    private final SagaEntrance entrance;
    private final SagaSettler settler;
    private final SagaSettings settings;
    private final StepUses uses = new StepUses();
    private final Map<String, Attended> attended = new ConcurrentHashMap<>();
    private volatile boolean closed;

    SagaEffects(ActorSystem<?> system, SagaDefinitions definitions, SagaEntrance entrance, SagaSettler settler,
            SagaSettings settings) {
        this.system = system;
        this.definitions = definitions;
        this.entrance = entrance;
        this.settler = settler;
        this.settings = settings;
    }

    /** Begins effects; until then those that are due wait. */
    void open(CommandBus participants) {
        attempts.complete(new SagaAttempts(participants, settler, uses, settings.callsPerStep(), system));
    }

    /** Begins nothing more; what is under way ends, and is told where it can be. */
    void close() {
        closed = true;
        attended.values().removeIf(Attended::stopped);
    }

    StepUses uses() {
        return uses;
    }

    /** For how many sagas something is under way, or a timer runs. */
    int attended() {
        return attended.size();
    }

    @Override
    public void onState(Instance instance, SagaState state, long sequenceNr, boolean recovered) {
        SagaState.Begun begun = state.begun();
        if (!recovered && begun != null && state.hasEnded()
                && SagaRow.phaseOf(state) != SagaStatus.Phase.RUNNING) {
            uses.ended(begun, state.changedAt());
        }
        List<Runnable> then = new ArrayList<>(1);
        attended.compute(instance.id(), (id, known) -> {
            Attended saga = known == null ? new Attended(instance) : known;
            saga.told(instance, state, sequenceNr, recovered, then);
            return saga.isIdle() ? null : saga;
        });
        then.forEach(Runnable::run);
    }

    /** Something that was begun for a saga; one object for each time. */
    private static final class UnderWay {

        private final Object what;

        UnderWay(Object what) {
            this.what = what;
        }
    }

    /**
     * A saga for which something is under way, or a timer runs. Used within the map that holds it; what calls anybody
     * is done behind that.
     */
    private final class Attended {

        private Instance instance;
        private long sequenceNr = -1;
        private @Nullable UnderWay underWay;
        private @Nullable Cancellable timer;

        Attended(Instance instance) {
            this.instance = instance;
        }

        void told(Instance now, SagaState state, long number, boolean recovered, List<Runnable> then) {
            if (closed || number < sequenceNr || state.begun() == null) {
                return;
            }
            instance = now;
            sequenceNr = number;
            stopTimer();
            switch (Due.in(state)) {
                case Due.Effect(var id, var run, var notBefore) -> effect(state, id, notBefore, recovered, then);
                case Due.StartSuccessor(var next) -> {
                    if (!isUnderWay(next)) {
                        UnderWay begun = begin(next);
                        then.add(() -> Thread.startVirtualThread(() -> startSuccessor(now.id(), state, next, begun)));
                    }
                }
                case Due.Nothing nothing -> {
                    underWay = null; // whatever it is, its outcome changes nothing any more
                    wait(state, then);
                }
            }
        }

        private boolean isUnderWay(Object what) {
            return underWay != null && underWay.what.equals(what);
        }

        private UnderWay begin(Object what) {
            UnderWay begun = new UnderWay(what);
            underWay = begun;
            return begun;
        }

        /** What was under way is of an attempt before: its outcome changes nothing, or says that this is done. */
        private void effect(SagaState state, EffectId id, @Nullable Instant notBefore, boolean recovered,
                List<Runnable> then) {
            if (isUnderWay(id)) {
                deadline(state, then);
                return;
            }
            underWay = null;
            Duration wait = notBefore == null ? Duration.ZERO : Duration.between(entrance.now(), notBefore);
            if (wait.compareTo(settings.holdFor()) > 0) {
                wait(state, then);
            } else if (wait.isPositive()) {
                timer = after(wait, later -> beginNow(state, id, recovered, later));
            } else {
                beginNow(state, id, recovered, then);
            }
        }

        /** Another node may be at the attempt of a saga that was read again, whatever the clock of this one says. */
        private void beginNow(SagaState state, EffectId id, boolean recovered, List<Runnable> then) {
            String saga = instance.id();
            if (recovered && !id.settling()) {
                UnderWay resuming = begin(SagaCommand.Resume.class);
                then.add(() -> tell(saga, SagaCommand.Resume::new, resuming));
            } else {
                UnderWay begun = begin(id);
                deadline(state, then);
                then.add(() -> perform(saga, state, id, begun));
            }
        }

        /** A deadline may come while an effect is under way. */
        private void deadline(SagaState state, List<Runnable> then) {
            Instant deadline = Objects.requireNonNull(state.begun()).deadline();
            if (deadline != null && deadline.equals(Due.wakeAt(state))) {
                wakeAt(deadline, then);
            }
        }

        private void wait(SagaState state, List<Runnable> then) {
            Instant moment = Due.wakeAt(state);
            if (moment == null || Duration.between(entrance.now(), moment).compareTo(settings.holdFor()) > 0) {
                instance.release();
            } else {
                wakeAt(moment, then);
            }
        }

        private void wakeAt(Instant moment, List<Runnable> then) {
            Duration wait = Duration.between(entrance.now(), moment);
            if (!wait.isPositive()) {
                wake(then);
            } else if (wait.compareTo(settings.holdFor()) <= 0) {
                timer = after(wait, this::wake);
            }
        }

        private void wake(List<Runnable> then) {
            String saga = instance.id();
            UnderWay waking = underWay == null ? begin(SagaCommand.Wake.class) : null;
            then.add(() -> tell(saga, SagaCommand.Wake::new, waking));
        }

        /** Does something when a time has passed, unless the saga has another state by then. */
        private @Nullable Cancellable after(Duration wait, Then then) {
            String id = instance.id();
            long number = sequenceNr;
            Runnable fired = () -> {
                List<Runnable> actions = new ArrayList<>(1);
                attended.computeIfPresent(id, (key, known) -> known.fired(number, then, actions));
                actions.forEach(Runnable::run);
            };
            try {
                return system.scheduler()
                        .scheduleOnce(wait.compareTo(SHORTEST) < 0 ? SHORTEST : wait, fired, system.executionContext());
            } catch (IllegalStateException systemHasEnded) {
                return null;
            }
        }

        /** Null where nothing is left to do for the saga. */
        private @Nullable Attended fired(long number, Then then, List<Runnable> actions) {
            if (number == sequenceNr && timer != null) {
                timer = null;
                if (!closed) {
                    then.act(actions);
                }
            }
            return isIdle() ? null : this;
        }

        /** What was begun has ended, and the saga has been told so, or could not be. */
        private @Nullable Attended ended(UnderWay ended) {
            if (underWay == ended) {
                underWay = null; // and the saga has not moved
                instance.release();
            }
            return isIdle() ? null : this;
        }

        private void stopTimer() {
            if (timer != null) {
                timer.cancel();
                timer = null;
            }
        }

        boolean stopped() {
            stopTimer();
            return true;
        }

        boolean isIdle() {
            return underWay == null && timer == null;
        }
    }

    /** What a timer does: the actions are run when the saga is free again. */
    private interface Then {
        void act(List<Runnable> actions);
    }

    private void ended(String saga, @Nullable UnderWay what) {
        if (what != null) {
            attended.computeIfPresent(saga, (id, known) -> known.ended(what));
        }
    }

    /** Tells a saga something, for which nothing is done but to wait for the answer. */
    private void tell(String saga, Function<Instant, SagaCommand> command, @Nullable UnderWay what) {
        entrance.tell(saga, command)
                .thenCompose(result -> result instanceof CommandResult.Failed<SagaEvent>(CommandError.Unwritable no)
                        ? entrance.tell(saga, at -> new SagaCommand.Unstorable(at, no.message()))
                        : CompletableFuture.completedFuture(result))
                .whenComplete((result, failure) -> {
                    sayWhereNotTaken(saga, result, failure);
                    ended(saga, what);
                });
    }

    /** What a node that ends has not told is found out by the next one. */
    private void sayWhereNotTaken(String saga, @Nullable CommandResult<SagaEvent> result,
            @Nullable Throwable failure) {
        boolean ends = closed || entrance.isClosed() || system.getWhenTerminated().toCompletableFuture().isDone()
                || result instanceof CommandResult.Failed<SagaEvent>(CommandError.ShuttingDown endsNow);
        if (!ends && !(result instanceof CommandResult.Accepted<SagaEvent>)) {
            system.log()
                    .error("saga {} has not taken what it was told: {}", saga, failure == null
                            ? result
                            : Failures.description(failure));
        }
    }

    private void perform(String saga, SagaState state, EffectId id, UnderWay begun) {
        var unused = attempts
                .thenAccept(made -> Thread.startVirtualThread(() -> performNow(made, saga, state, id, begun)));
    }

    private void performNow(SagaAttempts made, String saga, SagaState state, EffectId id, UnderWay begun) {
        SagaState.Begun what = Objects.requireNonNull(state.begun());
        Optional<Definition<?>> definition = definitions.find(what.definition(), what.version());
        if (definition.isEmpty()) {
            system.log()
                    .error("saga {} needs definition '{}' version {}, which is not registered here: it stands until"
                            + " there is code that has it", saga, what.definition(), what.version());
            ended(saga, begun);
            return;
        }
        Work work;
        try {
            work = Work.of(definition.get(), state);
        } catch (Throwable unfit) { // this code does not read the context, or has other steps
            system.log().error("saga {} stands: it cannot be seen what is to be done", saga, unfit);
            ended(saga, begun);
            return;
        }
        made.make(definition.get(), id, work, () -> closed || !isUnderWay(saga, begun), new SagaAttempts.Made() {
            @Override
            public void outcome(Outcome outcome) {
                report(saga, id, outcome, begun);
            }

            @Override
            public void notBegun() {
                ended(saga, begun);
            }
        });
    }

    /** A call may wait for its turn while its saga goes on without it. */
    private boolean isUnderWay(String saga, UnderWay begun) {
        boolean[] is = {false};
        attended.computeIfPresent(saga, (id, known) -> {
            is[0] = known.underWay == begun;
            return known;
        });
        return is[0];
    }

    private void report(String saga, EffectId id, Outcome outcome, UnderWay begun) {
        entrance.tell(saga, at -> new SagaCommand.Report(at, id, outcome)).whenComplete((result, failure) -> {
            if (result instanceof CommandResult.Failed<SagaEvent>(CommandError.Unwritable unwritable)
                    && outcome instanceof Outcome.Done(var effective, var output)) {
                report(saga, id, new Outcome.Unkept(effective, unwritable.message()), begun);
                return;
            }
            sayWhereNotTaken(saga, result, failure);
            ended(saga, begun);
        });
    }

    private void startSuccessor(String saga, SagaState state, NextSaga next, UnderWay begun) {
        SagaState.Begun own = Objects.requireNonNull(state.begun());
        String correlation = own.correlationId();
        entrance.tell(next.definition() + "/" + next.id(),
                at -> new SagaCommand.Start(at, next.definition(), next.version(), next.id(), next.context(),
                        correlation == null ? "saga/" + saga : correlation, SagaMachine.AGGREGATE + "|" + saga,
                        own.headers()))
                .thenCompose(result -> SagaEntrance.mayPass(result)
                        ? CompletableFuture.completedFuture(result)
                        : entrance.tell(saga, at -> answered(at, result)))
                .whenComplete((result, failure) -> {
                    sayWhereNotTaken(saga, result, failure);
                    ended(saga, begun);
                });
    }

    private static SagaCommand answered(Instant at, CommandResult<SagaEvent> result) {
        return switch (result) {
            case CommandResult.Accepted<SagaEvent> begun -> new SagaCommand.SuccessorBegun(at);
            case CommandResult.Refused<SagaEvent> no when no.code().equals("other-context") -> // it is begun already
                new SagaCommand.SuccessorBegun(at);
            case CommandResult.Refused<SagaEvent> no ->
                new SagaCommand.SuccessorRefused(at, no.code(), no.message());
            case CommandResult.Failed<SagaEvent>(var error) ->
                new SagaCommand.SuccessorRefused(at, error.code(), error.message());
        };
    }
}

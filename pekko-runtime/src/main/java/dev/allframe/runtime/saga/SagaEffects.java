package dev.allframe.runtime.saga;

import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.CodecException;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.aggregate.StateListener;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.Due;
import dev.allframe.saga.machine.EffectId;
import dev.allframe.saga.machine.NextSaga;
import dev.allframe.saga.machine.Outcome;
import dev.allframe.saga.machine.Outcomes;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaMachine;
import dev.allframe.saga.machine.SagaState;
import dev.allframe.saga.machine.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * Does what is due for the sagas that run on this node, and tells them what became of it. It is told each state of each
 * saga behind its records, so that an effect begins when its intent is stored. What a saga waits for longer than a
 * moment costs nothing here: its actor is released, and {@link SagaWaker} finds it again. Thread-safe.
 */
final class SagaEffects implements StateListener<SagaState> {

    /** What answers sagas: the user's bus, to participants. */
    private final CompletableFuture<CommandBus> participants = new CompletableFuture<>();

    private final ActorSystem<?> system;
    private final SagaDefinitions definitions;
    private final SagaEntrance entrance;
    private final SagaSettler settler;
    private final SagaSettings settings;
    private final StepUses uses = new StepUses();
    private final Map<String, Attended> attended = new ConcurrentHashMap<>();
    private final Map<String, CallSlots> slots = new ConcurrentHashMap<>();
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
    void open(CommandBus commands) {
        participants.complete(commands);
    }

    /** Begins nothing more; what is under way ends, and is told where it can be. */
    void close() {
        closed = true;
    }

    StepUses uses() {
        return uses;
    }

    @Override
    public void onState(Instance instance, SagaState state, long sequenceNr, boolean recovered) {
        attended.compute(instance.id(), (id, known) -> {
            Attended saga = known == null ? new Attended(instance) : known;
            saga.told(instance, state, sequenceNr, recovered);
            return saga.isIdle() ? null : saga;
        });
    }

    /** A saga for which something is under way, or a timer runs. Used within the map that holds it. */
    private final class Attended {

        private Instance instance;
        private long sequenceNr = -1;
        private @Nullable Object underWay;
        private @Nullable Cancellable timer;

        Attended(Instance instance) {
            this.instance = instance;
        }

        void told(Instance now, SagaState state, long number, boolean recovered) {
            if (closed || number < sequenceNr) {
                return;
            }
            instance = now;
            sequenceNr = number;
            stopTimer();
            switch (Due.in(state)) {
                case Due.Effect(var id, var run, var notBefore) -> effect(state, id, notBefore, recovered);
                case Due.StartSuccessor(var next) -> {
                    if (!next.equals(underWay)) {
                        underWay = next;
                        String saga = instance.id();
                        Thread.startVirtualThread(() -> startSuccessor(saga, state, next));
                    }
                }
                case Due.Nothing nothing -> wait(state);
            }
        }

        private void effect(SagaState state, EffectId id, @Nullable Instant notBefore, boolean recovered) {
            if (id.equals(underWay)) {
                return;
            }
            Duration wait = notBefore == null ? Duration.ZERO : Duration.between(entrance.now(), notBefore);
            if (wait.compareTo(settings.holdFor()) > 0) {
                wait(state);
            } else if (wait.isPositive()) {
                timer = after(wait, saga -> saga.begin(state, id));
            } else if (recovered && !id.settling()) {
                tellOnce(instance.id(), SagaCommand.Resume::new);
            } else {
                begin(state, id);
            }
        }

        private void begin(SagaState state, EffectId id) {
            underWay = id;
            deadline(state);
            perform(instance.id(), state, id);
        }

        /** A deadline may come while an effect is under way. */
        private void deadline(SagaState state) {
            Instant deadline = Objects.requireNonNull(state.begun()).deadline();
            if (deadline != null && deadline.equals(Due.wakeAt(state))) {
                wakeAt(deadline);
            }
        }

        private void wait(SagaState state) {
            Instant moment = Due.wakeAt(state);
            if (moment == null || Duration.between(entrance.now(), moment).compareTo(settings.holdFor()) > 0) {
                instance.release();
            } else {
                wakeAt(moment);
            }
        }

        private void wakeAt(Instant moment) {
            Duration wait = Duration.between(entrance.now(), moment);
            if (wait.compareTo(settings.holdFor()) <= 0) {
                timer = after(wait, saga -> tellOnce(saga.instance.id(), SagaCommand.Wake::new));
            }
        }

        /** Does something with the saga as it is known then, unless it has another state. */
        private @Nullable Cancellable after(Duration wait, Consumer<Attended> then) {
            String id = instance.id();
            long number = sequenceNr;
            try {
                return system.scheduler()
                        .scheduleOnce(wait.isPositive() ? wait : Duration.ofMillis(1),
                                () -> attended.computeIfPresent(id, (key, known) -> known.fired(number, then)),
                                system.executionContext());
            } catch (IllegalStateException systemHasEnded) {
                return null;
            }
        }

        /** Null where nothing is left to do for the saga. */
        private @Nullable Attended fired(long number, Consumer<Attended> then) {
            if (number == sequenceNr) {
                timer = null;
                if (!closed) {
                    then.accept(this);
                }
            }
            return isIdle() ? null : this;
        }

        private void stopTimer() {
            if (timer != null) {
                timer.cancel();
                timer = null;
            }
        }

        boolean isIdle() {
            return underWay == null && timer == null;
        }
    }

    /** An effect has ended, and that was told. */
    private void forget(String saga, Object ended) {
        attended.computeIfPresent(saga, (key, known) -> {
            if (ended.equals(known.underWay)) {
                known.underWay = null;
            }
            return known.isIdle() ? null : known;
        });
    }

    private void tellOnce(String saga, Function<Instant, SagaCommand> command) {
        entrance.tell(saga, command).whenComplete((result, failure) -> sayWhereNotTaken(saga, result, failure));
    }

    /** What a node that ends has not told is found out by the next one. */
    private void sayWhereNotTaken(String saga, @Nullable CommandResult<SagaEvent> result,
            @Nullable Throwable failure) {
        boolean ends = closed || system.getWhenTerminated().toCompletableFuture().isDone();
        if (!ends && !(result instanceof CommandResult.Accepted<SagaEvent>)) {
            system.log()
                    .error("saga {} has not taken what it was told: {}", saga, failure == null
                            ? result
                            : Failures.description(failure));
        }
    }

    private void perform(String saga, SagaState state, EffectId id) {
        var unused = participants.thenAccept(bus -> Thread.startVirtualThread(() -> performNow(bus, saga, state, id)));
    }

    private void performNow(CommandBus bus, String saga, SagaState state, EffectId id) {
        SagaState.Begun begun = Objects.requireNonNull(state.begun());
        Optional<Definition<?>> definition = definitions.find(begun.definition(), begun.version());
        if (definition.isEmpty()) {
            system.log()
                    .error("saga {} needs definition '{}' version {}, which is not registered here: it stands until"
                            + " there is code that has it", saga, begun.definition(), begun.version());
            forget(saga, id);
            return;
        }
        Work work;
        try {
            work = Work.of(definition.get(), state);
        } catch (CodecException unreadable) {
            system.log().error("saga {} stands: its context cannot be read", saga, unreadable);
            forget(saga, id);
            return;
        }
        Definition<?> known = definition.get();
        if (work instanceof Work.Call<?, ?> || work instanceof Work.Ask<?, ?>) {
            CallSlots step = slots.computeIfAbsent(begun.definition() + "/" + begun.version() + "/" + id.step(),
                    name -> new CallSlots(settings.callsPerStep()));
            step.take(() -> attempt(bus, saga, known, id, work).whenComplete((done, failed) -> step.release()));
        } else {
            var unused = attempt(bus, saga, known, id, work);
        }
    }

    /** Completes when the effect has ended, and not when that was told. */
    private CompletionStage<?> attempt(CommandBus bus, String saga, Definition<?> definition, EffectId id, Work work) {
        long begun = System.nanoTime();
        uses.begun(definition, id.step());
        CompletionStage<Outcome> outcome = outcome(bus, work).exceptionally(SagaEffects::failed);
        return outcome.thenAccept(what -> {
            uses.ended(definition, id.step(), System.nanoTime() - begun, what);
            report(saga, id, what);
        });
    }

    private static Outcome failed(Throwable failure) {
        Throwable cause = Failures.unwrapped(failure);
        return cause instanceof TimeoutException
                ? new Outcome.Unanswered("timeout", "no answer in time")
                : new Outcome.Unanswered("failed", Failures.description(cause));
    }

    private CompletionStage<Outcome> outcome(CommandBus bus, Work work) {
        try {
            return switch (work) {
                case Work.Broken(var message) -> CompletableFuture.completedFuture(new Outcome.Threw(message));
                case Work.Send<?, ?> send -> send(bus, send);
                case Work.DeclareVoid<?, ?> declare -> declareVoid(bus, declare);
                case Work.Call<?, ?> call -> call(call);
                case Work.Ask<?, ?> ask -> ask(ask);
            };
        } catch (Throwable thrown) { // by a call or an interceptor, whatever it is
            return CompletableFuture.completedFuture(failed(thrown));
        }
    }

    private static <C extends Command, E extends Event> CompletionStage<Outcome> send(CommandBus bus,
            Work.Send<C, E> send) {
        return bus.dispatch(send.type(), send.target(), send.command(), send.options())
                .thenApply(result -> Outcomes.ofCommand(result, send.written()));
    }

    private <C extends Command, E extends Event> CompletionStage<Outcome> declareVoid(CommandBus bus,
            Work.DeclareVoid<C, E> declare) {
        CommandOptions options = declare.options();
        return bus.voidCommand(declare.type(), declare.target(), options)
                .thenApply(result -> Outcomes.ofVoiding(result, declare.written()))
                .thenCompose(outcome -> outcome instanceof Outcome.MustSettle
                        ? settler.look(declare.type(), declare.target(), Objects.requireNonNull(options.commandId()),
                                Objects.requireNonNull(options.issuedAt()), declare.written())
                        : CompletableFuture.completedFuture(outcome));
    }

    private static <T, O> CompletionStage<Outcome> call(Work.Call<T, O> call) {
        return within(call.timeout(), () -> call.call().call(call.context(), call.key()))
                .thenApply(answer -> Outcomes.ofAnswer(answer, call.written()));
    }

    private static <T, O> CompletionStage<Outcome> ask(Work.Ask<T, O> ask) {
        return within(ask.timeout(), () -> ask.probe().ask(ask.context(), ask.key()))
                .thenApply(done -> done.<Outcome>map(answer -> Outcomes.ofAnswer(answer, ask.written()))
                        .orElseGet(() -> new Outcome.NotDone("not-done", "the probe says so", false)));
    }

    private static <A> CompletableFuture<A> within(Duration timeout, Supplier<CompletionStage<A>> call) {
        return CompletableFuture.supplyAsync(call, Thread::startVirtualThread)
                .thenCompose(answer -> Objects.requireNonNull(answer, "the call returned null"))
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void report(String saga, EffectId id, Outcome outcome) {
        entrance.tell(saga, at -> new SagaCommand.Report(at, id, outcome)).whenComplete((result, failure) -> {
            if (result instanceof CommandResult.Failed<SagaEvent>(CommandError.Unwritable unwritable)
                    && outcome instanceof Outcome.Done(var effective, var output) && !output.isEmpty()) {
                report(saga, id, new Outcome.Unkept(effective, unwritable.message()));
                return;
            }
            sayWhereNotTaken(saga, result, failure);
            forget(saga, id);
        });
    }

    private void startSuccessor(String saga, SagaState state, NextSaga next) {
        SagaState.Begun begun = Objects.requireNonNull(state.begun());
        String own = SagaMachine.AGGREGATE + "|" + saga;
        String correlation = begun.correlationId();
        entrance.tell(next.definition() + "/" + next.id(),
                at -> new SagaCommand.Start(at, next.definition(), next.version(), next.id(), next.context(),
                        correlation == null ? "saga/" + saga : correlation, own, begun.headers()))
                .thenCompose(result -> result instanceof CommandResult.Failed<SagaEvent>(CommandError.ShuttingDown end)
                        ? CompletableFuture.completedFuture(result)
                        : entrance.tell(saga, at -> answered(at, result)))
                .whenComplete((result, failure) -> forget(saga, next));
    }

    private static SagaCommand answered(Instant at, CommandResult<SagaEvent> result) {
        return switch (result) {
            case CommandResult.Accepted<SagaEvent> begun -> new SagaCommand.SuccessorBegun(at);
            case CommandResult.Refused<SagaEvent> no ->
                new SagaCommand.SuccessorRefused(at, no.code(), no.message());
            case CommandResult.Failed<SagaEvent>(var error) ->
                new SagaCommand.SuccessorRefused(at, error.code(), error.message());
        };
    }
}

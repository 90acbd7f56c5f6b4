package dev.allframe.runtime.saga;

import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandOptions;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.saga.TimedCalls.TimedCall;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.Direction;
import dev.allframe.saga.machine.EffectId;
import dev.allframe.saga.machine.Outcome;
import dev.allframe.saga.machine.Outcomes;
import dev.allframe.saga.machine.Work;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Makes attempts: sends commands to participants, and calls what is outside, so many calls of a step at once. Whatever
 * users' code throws or gives is an outcome. Thread-safe.
 */
final class SagaAttempts {

    /** The bus keeps the time limit of a command, and its answer says more: it comes first. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final CommandBus participants;
    private final SagaSettler settler;
    private final StepUses uses;
    private final int callsPerStep;
    private final TimedCalls calls;

    /** Calls of a step, its probes, or its undos: where the calls hang, the others end not knowing, or undo. */
    private record Calls(String definition, int version, String step, Direction direction, boolean settling) {}

    /** As many as there are steps that call, with their probes and undos. */
    private final Map<Calls, CallSlots> slots = new ConcurrentHashMap<>();

    /**
     * Makes attempts.
     *
     * @param callsPerStep how many calls of a step may be under way
     * @param system its scheduler ends the time of attempts
     */
    SagaAttempts(CommandBus participants, SagaSettler settler, StepUses uses, int callsPerStep,
            ActorSystem<?> system) {
        this.participants = participants;
        this.settler = settler;
        this.uses = uses;
        this.callsPerStep = callsPerStep;
        this.calls = new TimedCalls(system);
    }

    /** What becomes of an attempt. */
    interface Made {

        /** It has this outcome. */
        void outcome(Outcome outcome);

        /** It was not begun. */
        void notBegun();
    }

    /**
     * Makes an attempt on this thread, a call when its turn comes.
     *
     * @param over whether nothing is to be begun any more by then
     * @param made is told once, on any thread
     */
    void make(Definition<?> definition, EffectId id, Work work, BooleanSupplier over, Made made) {
        if (!(work instanceof Work.Call<?, ?> || work instanceof Work.Ask<?, ?>)) {
            attempt(definition, id, work, over, TimedCalls.UNWATCHED, made);
            return;
        }
        CallSlots step = slots.computeIfAbsent(
                new Calls(definition.type().name(), definition.type().version().number(), id.step(), id.direction(),
                        id.settling()),
                calls -> new CallSlots(callsPerStep));
        step.take(new CallSlots.Taker() {
            @Override
            public void call(CallSlots.Slot slot) {
                attempt(definition, id, work, over, slot, made);
            }

            @Override
            public void noRoom() {
                made.outcome(new Outcome.Postponed("overloaded",
                        "as many calls of the step as may be under way go on though their time is over"));
            }
        });
    }

    private void attempt(Definition<?> definition, EffectId id, Work work, BooleanSupplier over,
            TimedCalls.Watch watch, Made made) {
        if (over.getAsBoolean()) {
            watch.ended();
            made.notBegun();
            return;
        }
        long begun = System.nanoTime();
        uses.begun(definition, id.step());
        Ready ready = ready(work, watch);
        // before it begins: this thread may hang in it
        ready.outcome.exceptionally(SagaAttempts::failed).thenAccept(outcome -> {
            uses.ended(definition, id.step(), System.nanoTime() - begun, outcome);
            made.outcome(outcome);
        });
        ready.begin.run();
    }

    private static Outcome failed(Throwable failure) {
        Throwable cause = Failures.unwrapped(failure);
        return cause instanceof TimeoutException
                ? new Outcome.Unanswered("timeout", "no answer in time")
                : new Outcome.Unanswered("failed", Failures.description(cause));
    }

    /** An attempt that is begun by running it. */
    private record Ready(CompletionStage<Outcome> outcome, Runnable begin) {

        static <A> Ready of(TimedCall<A> call, Function<CompletableFuture<A>, CompletionStage<Outcome>> outcome) {
            return new Ready(outcome.apply(call.answered()), call::run);
        }
    }

    private Ready ready(Work work, TimedCalls.Watch watch) {
        return switch (work) {
            case Work.Broken(var message) ->
                new Ready(CompletableFuture.completedFuture(new Outcome.Threw(message)), () -> {});
            case Work.Send<?, ?> send -> send(send);
            case Work.DeclareVoid<?, ?> declare -> declareVoid(declare);
            case Work.Call<?, ?> call -> call(call, watch);
            case Work.Ask<?, ?> ask -> ask(ask, watch);
        };
    }

    private <C extends Command, E extends Event> Ready send(Work.Send<C, E> send) {
        return Ready.of(
                calls.about(limit(send.options()),
                        () -> participants.dispatch(send.type(), send.target(), send.command(), send.options())),
                answered -> answered.thenApply(result -> Outcomes.ofCommand(result, send.written())));
    }

    /** An interceptor, which stands before the bus, may hang for ever. */
    private static Duration limit(CommandOptions options) {
        return Objects.requireNonNull(options.timeout(), "a command of a saga has a time limit").plus(GRACE);
    }

    private <C extends Command, E extends Event> Ready declareVoid(Work.DeclareVoid<C, E> declare) {
        CommandOptions options = declare.options();
        return Ready.of(
                calls.about(limit(options), () -> participants.voidCommand(declare.type(), declare.target(), options)),
                answered -> answered.thenApply(result -> Outcomes.ofVoiding(result, declare.written()))
                        .thenCompose(outcome -> outcome instanceof Outcome.MustSettle
                                ? settler.look(declare.type(), declare.target(),
                                        Objects.requireNonNull(options.commandId()),
                                        Objects.requireNonNull(options.issuedAt()), declare.written())
                                : CompletableFuture.completedFuture(outcome)));
    }

    private <T, O> Ready call(Work.Call<T, O> call, TimedCalls.Watch watch) {
        return Ready.of(calls.until(call.timeout(), watch, () -> call.call().call(call.context(), call.key())),
                answered -> answered.thenApply(answer -> Outcomes.ofAnswer(answer, call.written())));
    }

    private <T, O> Ready ask(Work.Ask<T, O> ask, TimedCalls.Watch watch) {
        return Ready.of(calls.until(ask.timeout(), watch, () -> ask.probe().ask(ask.context(), ask.key())),
                answered -> answered.thenApply(done -> done
                        .<Outcome>map(answer -> Outcomes.ofAnswer(answer, ask.written()))
                        .orElseGet(() -> new Outcome.NotDone("not-done", "the probe says so", false))));
    }
}

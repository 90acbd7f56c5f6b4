package dev.allframe.runtime.saga;

import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandOptions;
import dev.allframe.failure.Failures;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.Direction;
import dev.allframe.saga.machine.EffectId;
import dev.allframe.saga.machine.Outcome;
import dev.allframe.saga.machine.Outcomes;
import dev.allframe.saga.machine.Work;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * Makes attempts: sends commands to participants, and calls what is outside, so many calls of a step at once. Whatever
 * users' code throws or gives is an outcome. Thread-safe.
 */
final class SagaAttempts {

    /**
     * The bus keeps the time limit of a command, and its answer says more: it comes first. A call that is interrupted
     * may take as long to end.
     */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final CommandBus participants;
    private final SagaSettler settler;
    private final StepUses uses;
    private final int callsPerStep;
    private final ActorSystem<?> system;

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
        this.system = system;
    }

    /**
     * Makes an attempt, a call when its turn comes.
     *
     * @param over whether nothing is to be begun any more by then
     * @return its outcome; fails only where it was not begun
     */
    CompletionStage<Outcome> make(Definition<?> definition, EffectId id, Work work, BooleanSupplier over) {
        if (!(work instanceof Work.Call<?, ?> || work instanceof Work.Ask<?, ?>)) {
            return attempt(definition, id, work, over, null);
        }
        CallSlots step = slots.computeIfAbsent(
                new Calls(definition.type().name(), definition.type().version().number(), id.step(), id.direction(),
                        id.settling()),
                calls -> new CallSlots(callsPerStep));
        CompletableFuture<Outcome> made = new CompletableFuture<>();
        step.take(new CallSlots.Taker() {
            @Override
            public void call(CallSlots.Slot slot) {
                attempt(definition, id, work, over, slot).whenComplete((outcome, notMade) -> {
                    if (notMade == null) {
                        made.complete(outcome);
                    } else {
                        slot.ended();
                        made.completeExceptionally(notMade);
                    }
                });
            }

            @Override
            public void noRoom() {
                made.complete(new Outcome.Postponed("overloaded", "as many calls of the step as may be under way go on"
                        + " though their time is over"));
            }
        });
        return made;
    }

    private CompletionStage<Outcome> attempt(Definition<?> definition, EffectId id, Work work, BooleanSupplier over,
            CallSlots.@Nullable Slot slot) {
        if (over.getAsBoolean()) {
            return CompletableFuture.failedFuture(new CancellationException("nothing is begun any more"));
        }
        long begun = System.nanoTime();
        uses.begun(definition, id.step());
        return outcome(work, slot).exceptionally(SagaAttempts::failed).thenApply(outcome -> {
            uses.ended(definition, id.step(), System.nanoTime() - begun, outcome);
            return outcome;
        });
    }

    private static Outcome failed(Throwable failure) {
        Throwable cause = Failures.unwrapped(failure);
        return cause instanceof TimeoutException
                ? new Outcome.Unanswered("timeout", "no answer in time")
                : new Outcome.Unanswered("failed", Failures.description(cause));
    }

    private CompletionStage<Outcome> outcome(Work work, CallSlots.@Nullable Slot slot) {
        try {
            return switch (work) {
                case Work.Broken(var message) -> CompletableFuture.completedFuture(new Outcome.Threw(message));
                case Work.Send<?, ?> send -> send(send);
                case Work.DeclareVoid<?, ?> declare -> declareVoid(declare);
                case Work.Call<?, ?> call -> call(call, slot);
                case Work.Ask<?, ?> ask -> ask(ask, slot);
            };
        } catch (Throwable thrown) { // by an interceptor, whatever it is
            return CompletableFuture.completedFuture(failed(thrown));
        }
    }

    private <C extends Command, E extends Event> CompletionStage<Outcome> send(Work.Send<C, E> send) {
        return within(limit(send.options()), null,
                () -> participants.dispatch(send.type(), send.target(), send.command(), send.options()))
                .thenApply(result -> Outcomes.ofCommand(result, send.written()));
    }

    /** An interceptor, which stands before the bus, may hang for ever. */
    private static Duration limit(CommandOptions options) {
        return Objects.requireNonNull(options.timeout(), "a command of a saga has a time limit").plus(GRACE);
    }

    private <C extends Command, E extends Event> CompletionStage<Outcome> declareVoid(
            Work.DeclareVoid<C, E> declare) {
        CommandOptions options = declare.options();
        return within(limit(options), null, () -> participants.voidCommand(declare.type(), declare.target(), options))
                .thenApply(result -> Outcomes.ofVoiding(result, declare.written()))
                .thenCompose(outcome -> outcome instanceof Outcome.MustSettle
                        ? settler.look(declare.type(), declare.target(), Objects.requireNonNull(options.commandId()),
                                Objects.requireNonNull(options.issuedAt()), declare.written())
                        : CompletableFuture.completedFuture(outcome));
    }

    private <T, O> CompletionStage<Outcome> call(Work.Call<T, O> call, CallSlots.@Nullable Slot slot) {
        return within(call.timeout(), slot, () -> call.call().call(call.context(), call.key()))
                .thenApply(answer -> Outcomes.ofAnswer(answer, call.written()));
    }

    private <T, O> CompletionStage<Outcome> ask(Work.Ask<T, O> ask, CallSlots.@Nullable Slot slot) {
        return within(ask.timeout(), slot, () -> ask.probe().ask(ask.context(), ask.key()))
                .thenApply(done -> done.<Outcome>map(answer -> Outcomes.ofAnswer(answer, ask.written()))
                        .orElseGet(() -> new Outcome.NotDone("not-done", "the probe says so", false)));
    }

    /**
     * Calls on a thread of its own. When the time is over the thread is interrupted where it is still in the call, and
     * the stage that it has given is cancelled; the slot is told when both have ended, or that they hang.
     */
    private <A> CompletableFuture<A> within(Duration timeout, CallSlots.@Nullable Slot slot,
            Supplier<CompletionStage<A>> call) {
        CompletableFuture<A> answered = new CompletableFuture<>();
        AtomicReference<@Nullable CompletionStage<A>> given = new AtomicReference<>();
        Thread caller = Thread.ofVirtual().unstarted(() -> {
            try {
                CompletionStage<A> stage = Objects.requireNonNull(call.get(), "the call returned null");
                given.set(stage);
                stage.whenComplete((answer, failure) -> {
                    ended(slot);
                    if (failure == null) {
                        answered.complete(answer);
                    } else {
                        answered.completeExceptionally(failure);
                    }
                });
                if (answered.isDone()) {
                    cancel(stage);
                }
            } catch (Throwable thrown) { // by the user's code, whatever it is
                ended(slot);
                answered.completeExceptionally(thrown);
            }
        });
        Cancellable end;
        try {
            end = system.scheduler().scheduleOnce(timeout, () -> {
                if (answered.completeExceptionally(new TimeoutException())) {
                    caller.interrupt();
                    cancel(given.get());
                    hangsUnlessItEnds(slot);
                }
            }, system.executionContext());
        } catch (IllegalStateException systemHasEnded) {
            ended(slot);
            throw systemHasEnded;
        }
        caller.start();
        return answered.whenComplete((answer, failure) -> end.cancel());
    }

    /** A call that was interrupted has a moment to end. */
    private void hangsUnlessItEnds(CallSlots.@Nullable Slot slot) {
        if (slot != null) {
            system.scheduler().scheduleOnce(GRACE, slot::hangs, system.executionContext());
        }
    }

    private static void ended(CallSlots.@Nullable Slot slot) {
        if (slot != null) {
            slot.ended();
        }
    }

    private static void cancel(@Nullable CompletionStage<?> stage) {
        try {
            if (stage != null) {
                stage.toCompletableFuture().cancel(true);
            }
        } catch (UnsupportedOperationException cannotBeCancelled) { // it ends when it does
            return;
        }
    }
}

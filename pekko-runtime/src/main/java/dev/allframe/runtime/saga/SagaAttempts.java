package dev.allframe.runtime.saga;

import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandOptions;
import dev.allframe.failure.Failures;
import dev.allframe.saga.machine.Definition;
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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.Cancellable;
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
    private final ActorSystem<?> system;

    /** As many as there are steps that call. */
    private final Map<String, CallSlots> slots = new ConcurrentHashMap<>();

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
            return attempt(definition, id, work, over);
        }
        CallSlots step = slots.computeIfAbsent(
                definition.type().name() + "/" + definition.type().version().number() + "/" + id.step(),
                name -> new CallSlots(callsPerStep));
        CompletableFuture<Outcome> made = new CompletableFuture<>();
        step.take(() -> attempt(definition, id, work, over).whenComplete((outcome, notMade) -> {
            step.release();
            if (notMade == null) {
                made.complete(outcome);
            } else {
                made.completeExceptionally(notMade);
            }
        }));
        return made;
    }

    private CompletionStage<Outcome> attempt(Definition<?> definition, EffectId id, Work work, BooleanSupplier over) {
        if (over.getAsBoolean()) {
            return CompletableFuture.failedFuture(new CancellationException("nothing is begun any more"));
        }
        long begun = System.nanoTime();
        uses.begun(definition, id.step());
        return outcome(work).exceptionally(SagaAttempts::failed).thenApply(outcome -> {
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

    private CompletionStage<Outcome> outcome(Work work) {
        try {
            return switch (work) {
                case Work.Broken(var message) -> CompletableFuture.completedFuture(new Outcome.Threw(message));
                case Work.Send<?, ?> send -> send(send);
                case Work.DeclareVoid<?, ?> declare -> declareVoid(declare);
                case Work.Call<?, ?> call -> call(call);
                case Work.Ask<?, ?> ask -> ask(ask);
            };
        } catch (Throwable thrown) { // by an interceptor, whatever it is
            return CompletableFuture.completedFuture(failed(thrown));
        }
    }

    private <C extends Command, E extends Event> CompletionStage<Outcome> send(Work.Send<C, E> send) {
        return within(limit(send.options()),
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
        return within(limit(options), () -> participants.voidCommand(declare.type(), declare.target(), options))
                .thenApply(result -> Outcomes.ofVoiding(result, declare.written()))
                .thenCompose(outcome -> outcome instanceof Outcome.MustSettle
                        ? settler.look(declare.type(), declare.target(), Objects.requireNonNull(options.commandId()),
                                Objects.requireNonNull(options.issuedAt()), declare.written())
                        : CompletableFuture.completedFuture(outcome));
    }

    private <T, O> CompletionStage<Outcome> call(Work.Call<T, O> call) {
        return within(call.timeout(), () -> call.call().call(call.context(), call.key()))
                .thenApply(answer -> Outcomes.ofAnswer(answer, call.written()));
    }

    private <T, O> CompletionStage<Outcome> ask(Work.Ask<T, O> ask) {
        return within(ask.timeout(), () -> ask.probe().ask(ask.context(), ask.key()))
                .thenApply(done -> done.<Outcome>map(answer -> Outcomes.ofAnswer(answer, ask.written()))
                        .orElseGet(() -> new Outcome.NotDone("not-done", "the probe says so", false)));
    }

    /** Calls on a thread of its own, which is interrupted where it is still in the call when the time is over. */
    private <A> CompletableFuture<A> within(Duration timeout, Supplier<CompletionStage<A>> call) {
        CompletableFuture<A> answered = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().unstarted(() -> {
            try {
                Objects.requireNonNull(call.get(), "the call returned null").whenComplete((answer, failure) -> {
                    if (failure == null) {
                        answered.complete(answer);
                    } else {
                        answered.completeExceptionally(failure);
                    }
                });
            } catch (Throwable thrown) { // by the user's code, whatever it is
                answered.completeExceptionally(thrown);
            }
        });
        Cancellable end = system.scheduler().scheduleOnce(timeout, () -> {
            if (answered.completeExceptionally(new TimeoutException())) {
                caller.interrupt();
            }
        }, system.executionContext());
        caller.start();
        return answered.whenComplete((answer, failure) -> end.cancel());
    }
}

package dev.allframe.saga.machine;

import dev.allframe.aggregate.Decision;
import dev.allframe.saga.SagaDecision;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.machine.SagaState.HaltedAt;
import dev.allframe.saga.machine.SagaState.Phase;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What follows from a time that has come, an event, a cancellation, and an operator's decision. */
final class Interventions<T> {

    private final Moves<T> moves;

    Interventions(Moves<T> moves) {
        this.moves = moves;
    }

    Optional<Decision<SagaEvent>> wake() {
        Run run = moves.state().run();
        if (run == null || moves.state().phase() == Phase.PARKED) {
            return Optional.of(Decision.noChange());
        }
        if (moves.state().phase() == Phase.FORWARD && moves.forward().isLate() && !run.decisive()) {
            return giveUp(run, SettleReason.DEADLINE, "deadline", Forward.LATE);
        }
        if (isDue(run.until())) {
            SagaStep<T> step = moves.definition().step(run.step());
            moves.forward().done(step, run.generation(), false, List.of());
            moves.forward().forwardBehind(step);
        } else if (run.renewed() && isDue(run.retryAt())) {
            moves.renew();
        } else {
            return Optional.of(Decision.noChange());
        }
        return Optional.empty();
    }

    /**
     * An attempt that may have been begun counts as unanswered, so that its refusal is not told from that of the one
     * that follows: what is due next is another attempt, under the same id. Where too many were lost in a row, there is
     * none: as behind the last of the attempts that a step has.
     */
    Optional<Decision<SagaEvent>> resume() {
        if (!(Due.in(moves.state()) instanceof Due.Effect(var id, var run, var notBefore)) || id.settling()
                || (notBefore != null && notBefore.isAfter(moves.at()))) {
            return Optional.of(Decision.noChange());
        }
        T unused = moves.context(); // where this code cannot read it, it stands
        moves.failedAttempt(run, "lost", "the saga was read again before an answer was stored", false, moves.at(),
                Retry.LOST);
        if (moves.run().isLostForGood()) {
            new Reports<>(moves).reported(new SagaCommand.Report(moves.at(), moves.run().effect(),
                    new Outcome.Unanswered("lost", "nothing was stored of " + Run.MOST_LOST + " attempts in a row")));
        }
        return Optional.empty();
    }

    /** The end of waiting, of which what follows is too large: as with a step whose result cannot be kept. */
    Optional<Decision<SagaEvent>> unstorable(String message) {
        Run run = moves.state().run();
        if (run == null || moves.state().phase() != Phase.FORWARD || !isDue(run.until())) {
            return Optional.of(Decision.noChange());
        }
        moves.forward()
                .doneWithout(moves.definition().step(run.step()), run.generation(), false, List.of(), "unkept",
                        Moves.shortened(message));
        return Optional.empty();
    }

    private boolean isDue(@Nullable Instant moment) {
        return moment != null && !moves.at().isBefore(moment);
    }

    /** An event is of one step, the first that awaits it and has none: a later step with its key awaits another one. */
    Optional<Decision<SagaEvent>> arrived(SagaCommand.Arrive arrival) {
        Optional<AwaitedKey> first = moves.state().hasReceived(arrival)
                ? Optional.empty()
                : moves.state()
                        .awaited()
                        .stream()
                        .filter(key -> key.isOf(arrival.event(), arrival.key()) && moves.state().awaits(key.step()))
                        .findFirst();
        if (first.isEmpty()) {
            return Optional.of(Decision.noChange());
        }
        moves.add(new SagaEvent.EventReceived(moves.at(), first.get().step(), arrival.key(), arrival.eventId(),
                arrival.contents()));
        Run run = moves.state().run();
        if (run != null && moves.state().phase() == Phase.FORWARD) {
            moves.state().received(run.step()).ifPresent(received -> {
                SagaStep<T> step = moves.definition().step(run.step());
                moves.forward().received(step, run.generation(), received);
                moves.forward().forwardBehind(step);
            });
        }
        return Optional.empty();
    }

    Optional<Decision<SagaEvent>> cancel(SagaCommand.Cancel cancel) {
        if (moves.state().phase() == Phase.PARKED) {
            return Optional.of(Decision.refuse("parked", "the saga is parked: decide to turn it back"));
        }
        if (moves.state().hasEnded()) {
            return Optional.of(Decision.refuse("too-late", "the saga has ended"));
        }
        if (moves.state().pastPivot()) {
            return Optional.of(Decision.refuse("too-late", "the saga has passed its pivot and only goes forward"));
        }
        Run run = moves.state().run();
        if (run == null || !moves.state().isOnTheWayForward()) {
            return Optional.of(Decision.noChange());
        }
        if (run.decisive()) {
            return Optional.of(Decision.refuse("too-late", "the saga is at its pivot, of which nobody could tell"
                    + " whether it was done"));
        }
        return giveUp(run, SettleReason.CANCEL, "cancelled",
                Moves.shortened("by " + cancel.by() + ": " + cancel.reason()));
    }

    /** Ends the way forward: at once where nothing can be under way, else when that was found out. */
    private Optional<Decision<SagaEvent>> giveUp(Run run, SettleReason reason, String code, String message) {
        if (run.settling() != null && run.settling().reason().endsTheWayForward()) {
            return Optional.of(Decision.noChange());
        }
        SagaStep<T> step = moves.definition().step(run.step());
        if (!step.action().works() || run.renewed()) {
            moves.forward().notDone(step, run.generation(), code, message);
        } else if (moves.canBeAsked(step)) {
            moves.settle(run, reason, code, message);
        } else {
            moves.forward().maybeDone(step, run.generation());
            moves.backward().turnBack(code, message);
        }
        return Optional.empty();
    }

    Optional<Decision<SagaEvent>> successorBegun() {
        if (moves.state().successor() == null || moves.state().phase() != Phase.COMPLETED) {
            return Optional.of(Decision.noChange());
        }
        moves.add(new SagaEvent.SuccessorStarted(moves.at()));
        return Optional.empty();
    }

    Optional<Decision<SagaEvent>> successorRefused(SagaCommand.SuccessorRefused refused) {
        if (moves.state().successor() == null || moves.state().phase() != Phase.COMPLETED) {
            return Optional.of(Decision.noChange());
        }
        moves.add(new SagaEvent.Parked(moves.at(), Halt.SUCCESSOR, null, Moves.shortened(refused.code()),
                Moves.shortened(refused.message())));
        return Optional.empty();
    }

    Optional<Decision<SagaEvent>> decided(SagaCommand.Decide command) {
        HaltedAt halt = moves.state().halt();
        if (moves.state().phase() != Phase.PARKED || halt == null) {
            return Optional.of(Decision.refuse("not-parked", "the saga is not parked"));
        }
        SagaDecision decision = command.decision();
        if (!isPossible(decision, halt)) {
            return Optional.of(Decision.refuse("not-possible", "that cannot be decided about a saga that is parked"
                    + " because: " + moves.state().reason() + "; what can be is " + possible(halt)));
        }
        Run run = moves.state().run();
        moves.add(new SagaEvent.Decided(moves.at(), decision, Moves.shortened(command.by()),
                Moves.shortened(command.reason())));
        switch (halt.halt()) {
            case STEP -> decideStep(decision, stepOf(halt), moves.generation(stepOf(halt).name()));
            case UNDECIDED -> decideUndecided(decision, stepOf(halt), Objects.requireNonNull(run));
            case CONTEXT -> decideContext(decision, stepOf(halt));
            case UNDO -> moves.backward().backward();
            case SUCCESSOR -> {
                if (decision == SagaDecision.RETRY) {
                    moves.forward().complete();
                } else {
                    moves.add(new SagaEvent.Completed(moves.at(), null));
                }
            }
        }
        return Optional.empty();
    }

    private boolean isPossible(SagaDecision decision, HaltedAt halt) {
        return switch (halt.halt()) {
            case STEP -> decision != SagaDecision.TURN_BACK;
            case UNDECIDED ->
                decision != SagaDecision.TURN_BACK || !(moves.state().pastPivot() || stepOf(halt).isPivot());
            case CONTEXT -> decision == SagaDecision.SKIP || (decision == SagaDecision.RETRY && isKept(stepOf(halt)));
            case SUCCESSOR -> decision == SagaDecision.RETRY || decision == SagaDecision.SKIP;
            case UNDO ->
                decision == SagaDecision.RETRY || decision == SagaDecision.SKIP || decision == SagaDecision.DONE;
        };
    }

    private String possible(HaltedAt halt) {
        return Arrays.stream(SagaDecision.values())
                .filter(decision -> isPossible(decision, halt))
                .map(decision -> decision.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.joining(", "));
    }

    private SagaStep<T> stepOf(HaltedAt halt) {
        return moves.definition().step(Objects.requireNonNull(halt.step(), "the saga is not parked before a step"));
    }

    /** Whether what a step gave was stored, so that it can be put into the context again. */
    private boolean isKept(SagaStep<T> step) {
        StepState done = moves.state().step(step.name()).orElseThrow();
        return !done.effective() || !done.output().isEmpty();
    }

    /** Behind the pivot, of a step that was not done. */
    private void decideStep(SagaDecision decision, SagaStep<T> step, int generation) {
        switch (decision) {
            case RETRY, NOT_DONE -> moves.forward().forward(moves.definition().indexOf(step.name()));
            case SKIP -> {
                moves.forward().skip(step);
                moves.forward().forwardBehind(step);
            }
            case DONE -> moves.forward().doneByHand(step, generation, true);
            case TURN_BACK -> throw new IllegalStateException("the saga has passed its pivot");
        }
    }

    private void decideUndecided(SagaDecision decision, SagaStep<T> step, Run run) {
        switch (decision) {
            case RETRY -> {
                moves.beginAgain(step, run);
                if (run.settling() != null) {
                    moves.settle(moves.run(), run.settling().reason(), run.code(), run.message());
                }
            }
            case SKIP -> moves.forward().doneByHand(step, run.generation(), false);
            case DONE -> moves.forward().doneByHand(step, run.generation(), true);
            case NOT_DONE -> {
                if (moves.state().pastPivot()) {
                    moves.add(new SagaEvent.StepNotDone(moves.at(), step.name(), run.generation(), run.code(),
                            run.message()));
                    moves.forward().forward(moves.definition().indexOf(step.name()));
                } else {
                    moves.forward().notDone(step, run.generation(), run.code(), run.message());
                }
            }
            case TURN_BACK -> {
                moves.forward().maybeDone(step, run.generation());
                moves.backward().turnBack("decided", run.message());
            }
        }
    }

    private void decideContext(SagaDecision decision, SagaStep<T> step) {
        if (decision == SagaDecision.RETRY) {
            StepState before = moves.state().step(step.name()).orElseThrow();
            moves.forward().done(step, before.generation(), before.effective(), before.output());
        }
        moves.forward().forwardBehind(step);
    }
}

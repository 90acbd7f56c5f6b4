package dev.allframe.saga.machine;

import dev.allframe.aggregate.Decision;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.machine.SagaState.HaltedAt;
import dev.allframe.saga.machine.SagaState.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What follows from a time that has come, an event, a cancellation, and an operator's decision. */
final class Interventions<T> {

    private final Moves<T> moves;

    Interventions(Moves<T> moves) {
        this.moves = moves;
    }

    Optional<Decision<SagaEvent>> wake() {
        Run run = moves.state().run();
        if (moves.state().phase() == Phase.FORWARD && moves.forward().isLate()) {
            return giveUp(SettleReason.DEADLINE, "deadline", "the saga has not come to its pivot in time");
        }
        if (run == null || moves.state().phase() == Phase.PARKED) {
            return Optional.of(Decision.noChange());
        }
        Instant until = run.until();
        Instant retryAt = run.retryAt();
        if (until != null && !moves.at().isBefore(until)) {
            SagaStep<T> step = moves.definition().step(run.step());
            moves.forward().done(step, run.generation(), false, true, List.of());
            moves.forward().forwardBehind(step);
        } else if (run.renewed() && retryAt != null && !moves.at().isBefore(retryAt)) {
            moves.renew(run.attempts());
        }
        return moves.events().isEmpty() ? Optional.of(Decision.noChange()) : Optional.empty();
    }

    Optional<Decision<SagaEvent>> arrived(SagaCommand.Arrive arrival) {
        for (AwaitedKey key : moves.state().awaited()) {
            if (key.event().equals(arrival.event()) && key.key().equals(arrival.key()) && isOpen(key.step())) {
                moves.add(new SagaEvent.EventReceived(moves.at(), key.step(), arrival.eventId(), arrival.contents()));
            }
        }
        Run run = moves.state().run();
        if (run != null && moves.state().phase() == Phase.FORWARD && !moves.events().isEmpty()
                && moves.state().received().stream().anyMatch(event -> event.step().equals(run.step()))) {
            SagaStep<T> step = moves.definition().step(run.step());
            moves.forward().done(step, run.generation(), true, true, List.of(arrival.contents()));
            moves.forward().forwardBehind(step);
        }
        return moves.events().isEmpty() ? Optional.of(Decision.noChange()) : Optional.empty();
    }

    /** Whether a step may still use an event. */
    private boolean isOpen(String step) {
        boolean onTheWay = moves.state().phase() == Phase.FORWARD || moves.state().phase() == Phase.SETTLING
                || moves.state().phase() == Phase.PARKED;
        return onTheWay && moves.state().step(step).isEmpty()
                && moves.state().received().stream().noneMatch(event -> event.step().equals(step));
    }

    Optional<Decision<SagaEvent>> cancel(SagaCommand.Cancel cancel) {
        String message = "by " + cancel.by() + ": " + cancel.reason();
        if (moves.state().phase() == Phase.PARKED) {
            return Optional.of(Decision.refuse("parked", "the saga is parked: decide to turn it back"));
        }
        return giveUp(SettleReason.CANCEL, "cancelled", message);
    }

    /** Ends the way forward: at once where nothing can be under way, else when that was found out. */
    private Optional<Decision<SagaEvent>> giveUp(SettleReason reason, String code, String message) {
        if (moves.state().pastPivot() || moves.state().hasEnded()) {
            return Optional.of(Decision.refuse("too-late", moves.state().hasEnded()
                    ? "the saga has ended"
                    : "the saga has passed its pivot and only goes forward"));
        }
        Run run = moves.state().run();
        if (moves.state().phase() == Phase.BACKWARD || run == null
                || (run.settling() != null && run.settling().endsTheWayForward())) {
            return Optional.of(Decision.noChange());
        }
        SagaStep<T> step = moves.definition().step(run.step());
        boolean works = step.action() instanceof SagaAction.ByCommand || step.action() instanceof SagaAction.ByCall;
        if (!works || run.renewed()) {
            moves.forward().notDone(step, run.generation(), code, Moves.shortened(message));
        } else if (moves.canBeAsked(step)) {
            moves.settle(run, reason, code, message);
        } else if (step.isPivot()) {
            return Optional.of(Decision.refuse("too-late", "the saga is at its pivot, of which nobody could tell"
                    + " whether it was done"));
        } else {
            moves.forward().done(step, run.generation(), true, false, List.of());
            moves.backward().turnBack(code, message);
        }
        return Optional.empty();
    }

    Optional<Decision<SagaEvent>> successorBegun() {
        if (moves.state().successor() == null) {
            return Optional.of(Decision.noChange());
        }
        moves.add(new SagaEvent.SuccessorStarted(moves.at()));
        return Optional.empty();
    }

    Optional<Decision<SagaEvent>> decided(SagaCommand.Decide command) {
        HaltedAt halt = moves.state().halt();
        if (moves.state().phase() != Phase.PARKED || halt == null) {
            return Optional.of(Decision.refuse("not-parked", "the saga is not parked"));
        }
        Verb verb = command.verb();
        boolean possible = switch (halt.halt()) {
            case STEP -> verb != Verb.TURN_BACK;
            case UNDECIDED -> verb != Verb.TURN_BACK || !(moves.state().pastPivot() || stepOf(halt).isPivot());
            case CONTEXT, SUCCESSOR -> verb == Verb.RETRY || verb == Verb.SKIP;
            case UNDO -> verb == Verb.RETRY || verb == Verb.SKIP || verb == Verb.DONE;
        };
        if (!possible) {
            return Optional.of(Decision.refuse("not-possible", "that cannot be decided about a saga that is parked"
                    + " because: " + moves.state().reason()));
        }
        Run run = moves.state().run();
        moves.add(new SagaEvent.Decided(moves.at(), verb, command.by(), command.reason()));
        switch (halt.halt()) {
            case STEP -> decideStep(verb, stepOf(halt), moves.nextGeneration(stepOf(halt).name()) - 1);
            case UNDECIDED -> decideUndecided(verb, stepOf(halt), Objects.requireNonNull(run));
            case CONTEXT -> {
                SagaStep<T> step = stepOf(halt);
                if (verb == Verb.RETRY) {
                    StepState before = moves.state().step(step.name()).orElseThrow();
                    moves.forward().done(step, before.generation(), before.effective(), before.certain(), before.output());
                }
                moves.forward().forwardBehind(step);
            }
            case UNDO -> moves.backward().backward();
            case SUCCESSOR -> {
                if (verb == Verb.RETRY) {
                    moves.forward().complete();
                } else {
                    moves.add(new SagaEvent.Completed(moves.at(), null));
                }
            }
        }
        return Optional.empty();
    }

    private SagaStep<T> stepOf(HaltedAt halt) {
        return moves.definition().step(Objects.requireNonNull(halt.step(), "the saga is not parked before a step"));
    }

    /** Behind the pivot, of a step that was not done. */
    private void decideStep(Verb verb, SagaStep<T> step, int generation) {
        switch (verb) {
            case RETRY, NOT_DONE -> moves.forward().forward(moves.definition().indexOf(step.name()));
            case SKIP -> {
                moves.add(new SagaEvent.StepSkipped(moves.at(), step.name()));
                moves.forward().forwardBehind(step);
            }
            case DONE -> {
                moves.add(new SagaEvent.StepDone(moves.at(), step.name(), generation, true, true, step.isPivot(), List.of(), null,
                        List.of()));
                moves.forward().forwardBehind(step);
            }
            case TURN_BACK -> throw new IllegalStateException("the saga has passed its pivot");
        }
    }

    private void decideUndecided(Verb verb, SagaStep<T> step, Run run) {
        switch (verb) {
            case RETRY -> {
                moves.begin(step, run.direction(), run.generation(), run.target(), moves.at(), run.attempts(), run.refusals(), null);
                if (moves.canBeAsked(step)) {
                    moves.settle(moves.run(), Objects.requireNonNullElse(run.settling(), SettleReason.TIMEOUT), run.code(),
                            run.message());
                }
            }
            case SKIP -> {
                moves.add(new SagaEvent.StepDone(moves.at(), step.name(), run.generation(), false, true, step.isPivot(), List.of(),
                        null, List.of()));
                moves.forward().forwardBehind(step);
            }
            case DONE -> {
                moves.add(new SagaEvent.StepDone(moves.at(), step.name(), run.generation(), true, true, step.isPivot(), List.of(),
                        null, List.of()));
                moves.forward().forwardBehind(step);
            }
            case NOT_DONE -> {
                if (moves.state().pastPivot()) {
                    moves.add(new SagaEvent.StepNotDone(moves.at(), step.name(), run.generation(), run.code(), run.message()));
                    moves.forward().forward(moves.definition().indexOf(step.name()));
                } else {
                    moves.forward().notDone(step, run.generation(), run.code(), run.message());
                }
            }
            case TURN_BACK -> {
                moves.add(new SagaEvent.StepDone(moves.at(), step.name(), run.generation(), true, false, false, List.of(), null,
                        List.of()));
                moves.backward().turnBack("decided", run.message());
            }
        }
    }
}

package dev.allframe.saga.machine;

import dev.allframe.aggregate.Decision;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.SagaUndo;
import dev.allframe.saga.StepOption.RetryRefused;
import dev.allframe.saga.StepRules;
import dev.allframe.saga.machine.SagaState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What follows from the outcome of an effect. Used with its {@link Moves}. */
final class Reports<T> {

    private final Moves<T> moves;

    Reports(Moves<T> moves) {
        this.moves = moves;
    }

    Optional<Decision<SagaEvent>> reported(SagaCommand.Report report) {
        Run run = moves.state().run();
        if (run == null || moves.state().phase() == Phase.PARKED || !isOf(run, report)) {
            return Optional.of(Decision.noChange());
        }
        SagaStep<T> step = moves.definition().step(run.step());
        if (run.direction() == Direction.UNDO) {
            new Back(run, step).reported(report.outcome());
        } else if (run.settling() == null) {
            new Forth(run, step).reported(report.outcome());
        } else {
            new Settle(run, step, run.settling()).reported(report.outcome());
        }
        return Optional.empty();
    }

    /**
     * That something was done is true, whichever attempt of the generation says so. Everything else may be stale; and
     * that nothing was changed is true of one attempt alone.
     */
    private static boolean isOf(Run run, SagaCommand.Report report) {
        boolean isDone = switch (report.outcome()) {
            case Outcome.Done(var effective, var output) -> effective;
            case Outcome.Unkept(var effective, var message) -> effective;
            case Outcome.Refused no -> false;
            case Outcome.NotDone no -> false;
            case Outcome.Postponed no -> false;
            case Outcome.Unanswered no -> false;
            case Outcome.MustSettle no -> false;
            case Outcome.Threw no -> false;
            case Outcome.Unknown no -> false;
        };
        return (run.effect().equals(report.effect()) && !run.renewed())
                || (isDone && run.effect().isSameGeneration(report.effect()));
    }

    /** Outcomes while a step is done. */
    private final class Forth {

        private final Run run;
        private final SagaStep<T> step;
        private final boolean mayBeUnderWay;

        Forth(Run run, SagaStep<T> step) {
            this.run = run;
            this.step = step;
            mayBeUnderWay = run.unanswered();
        }

        void reported(Outcome outcome) {
            switch (outcome) {
                case Outcome.Done(var effective, var output) -> {
                    if (!effective && mayBeUnderWay && step.action() instanceof SagaAction.ByCommand) {
                        moves.settle(run, SettleReason.UNCHANGED, "unchanged", "");
                    } else {
                        moves.forward().done(step, run.generation(), effective, output);
                        moves.forward().forwardBehind(step);
                    }
                }
                case Outcome.Unkept(var effective, var message) ->
                    moves.forward().doneWithout(step, run.generation(), effective, List.of(), "unkept", message);
                case Outcome.Refused(var code, var message) -> {
                    if (mayBeUnderWay) {
                        findOut(SettleReason.REFUSAL, code, message);
                    } else {
                        refused(run, step, code, message);
                    }
                }
                case Outcome.NotDone(var code, var message, var again) -> {
                    if (again && hasAttempts()) {
                        failed(code, message, true, Retry.ATTEMPT);
                    } else {
                        answeredNo(code, message);
                    }
                }
                case Outcome.Postponed(var code, var message) -> {
                    if (moves.isPatient(run)) {
                        moves.failedAttempt(run, code, message, !mayBeUnderWay,
                                moves.later(run, run.postponed() + 1), Retry.POSTPONED);
                    } else {
                        answeredNo(code, message);
                    }
                }
                case Outcome.Threw(var message) -> {
                    if (mayBeUnderWay) {
                        findOut(SettleReason.REFUSAL, "function-threw", message);
                    } else {
                        moves.forward().notDone(step, run.generation(), "function-threw", message);
                    }
                }
                case Outcome.Unanswered(var code, var message) -> {
                    if (hasAttempts()) {
                        failed(code, message, false, Retry.ATTEMPT);
                    } else {
                        findOut(SettleReason.TIMEOUT, code, message);
                    }
                }
                case Outcome.MustSettle(var reason, var code, var message) -> findOut(reason, code, message);
                case Outcome.Unknown(var message) -> findOut(SettleReason.TIMEOUT, "unknown", message);
            }
        }

        private boolean hasAttempts() {
            return !run.isLostForGood() && run.attempts() + 1 < step.action().rules().attempts();
        }

        private void failed(String code, String message, boolean answered, Retry retry) {
            Instant next = moves.at().plus(step.action().rules().pauseAfter(run.attempts() + 1));
            moves.failedAttempt(run, code, message, answered && !mayBeUnderWay, next, retry);
        }

        private void answeredNo(String code, String message) {
            if (mayBeUnderWay) {
                findOut(SettleReason.REFUSAL, code, message);
            } else {
                notDone(run, step, code, message);
            }
        }

        /** Where nobody can be asked, a call counts as done, so that it is undone. */
        private void findOut(SettleReason reason, String code, String message) {
            if (moves.canBeAsked(step)) {
                moves.settle(run, reason, code, message);
            } else if (moves.state().pastPivot() && moves.isPatient(run)) {
                moves.failedAttempt(run, code, message, false, moves.later(run, run.attempts() + 1), Retry.ATTEMPT);
            } else if (moves.state().pastPivot() || step.isPivot()) {
                moves.park(run, code, message);
            } else {
                moves.forward().maybeDone(step, run.generation());
                moves.backward().turnBack(code, message);
            }
        }
    }

    /** A refusal by a rule, no attempt being under way. */
    private void refused(Run run, SagaStep<T> step, String code, String message) {
        Optional<Duration> again = pauseOf(step.action().rules(), run, code);
        if (again.isPresent()) {
            moves.failedAttempt(run, code, message, true, moves.at().plus(again.get()), Retry.REFUSAL);
        } else {
            notDone(run, step, code, message);
        }
    }

    private static <T, O> Optional<Duration> pauseOf(StepRules<T, O> rules, Run run, String code) {
        return rules.refusal(code).filter(rule -> run.refusals() < rule.times()).map(RetryRefused::every);
    }

    /** It was not done, and would not be if it were repeated: the end, or behind the pivot another generation. */
    private void notDone(Run run, SagaStep<T> step, String code, String message) {
        if (moves.state().pastPivot() && moves.isPatient(run)) {
            moves.failedAttempt(run, code, message, true, moves.later(run, run.attempts() + 1), Retry.GENERATION);
        } else {
            moves.forward().notDone(step, run.generation(), code, message);
        }
    }

    /** Outcomes while it is found out whether a step was done. */
    private final class Settle {

        private final Run run;
        private final SagaStep<T> step;
        private final Run.Finding settling;

        Settle(Run run, SagaStep<T> step, Run.Finding settling) {
            this.run = run;
            this.step = step;
            this.settling = settling;
        }

        void reported(Outcome outcome) {
            switch (outcome) {
                case Outcome.Done(var effective, var output) -> {
                    moves.forward().done(step, run.generation(), effective, output);
                    if (isGivenUp() && moves.state().phase() == Phase.FORWARD) {
                        turnBack();
                    } else {
                        moves.forward().forwardBehind(step);
                    }
                }
                case Outcome.Unkept(var effective, var message) ->
                    moves.forward().doneWithout(step, run.generation(), effective, List.of(), "unkept", message);
                case Outcome.NotDone(var code, var message, var again) -> {
                    if (again) {
                        tryAgain(code, message);
                    } else {
                        wasNotDone(message);
                    }
                }
                case Outcome.Refused(var code, var message) -> {
                    if (endsTheWayForward()) {
                        moves.forward().notDone(step, run.generation(), run.code(), run.message());
                    } else {
                        refused(run, step, code, message);
                    }
                }
                case Outcome.Postponed(var code, var message) -> tryAgain(code, message);
                case Outcome.Unanswered(var code, var message) -> tryAgain(code, message);
                case Outcome.MustSettle(var why, var code, var message) -> tryAgain(code, message);
                case Outcome.Threw(var message) -> tryAgain("function-threw", message);
                case Outcome.Unknown(var message) -> moves.park(run, "unknown", message);
            }
        }

        private boolean isGivenUp() {
            return !moves.state().pastPivot() && (settling.reason().endsTheWayForward() || moves.forward().isLate());
        }

        private void turnBack() {
            if (settling.reason().endsTheWayForward()) {
                moves.backward().turnBack(run.code(), run.message());
            } else {
                moves.forward().turnBackAsLate();
            }
        }

        private void tryAgain(String code, String message) {
            if (moves.isPatient(run, settling)) {
                moves.failedAttempt(run, code, message, false, moves.later(run, settling.failed() + 1), Retry.ATTEMPT);
            } else {
                moves.park(run, code, message);
            }
        }

        private boolean endsTheWayForward() {
            return settling.reason().endsTheWayForward() && !moves.state().pastPivot();
        }

        /** No attempt has done anything, nor will; which rule may have refused one nobody knows. */
        private void wasNotDone(String found) {
            if (endsTheWayForward()) {
                moves.forward().notDone(step, run.generation(), run.code(), run.message());
                return;
            }
            switch (settling.reason()) {
                case REFUSAL -> refused(run, step, run.code(), run.message());
                case UNCHANGED -> {
                    moves.forward().done(step, run.generation(), false, List.of());
                    moves.forward().forwardBehind(step);
                }
                case FORGOTTEN, CONFLICT -> {
                    if (run.attempts() + 1 < step.action().rules().attempts()) {
                        moves.failedAttempt(run, run.code(), run.message(), true,
                                moves.at().plus(step.action().rules().pauseAfter(run.attempts() + 1)),
                                Retry.GENERATION);
                    } else {
                        notDone(run, step, run.code(), run.message());
                    }
                }
                case TIMEOUT -> notDone(run, step, run.code(), Moves.shortened(Stream.of(run.message(), found)
                        .filter(text -> !text.isEmpty())
                        .collect(Collectors.joining("; "))));
                case DEADLINE, CANCEL -> notDone(run, step, run.code(), run.message());
            }
        }
    }

    /** Outcomes while a step is undone. */
    private final class Back {

        private final Run run;
        private final SagaStep<T> step;
        private final boolean mayBeUnderWay;

        Back(Run run, SagaStep<T> step) {
            this.run = run;
            this.step = step;
            mayBeUnderWay = run.unanswered();
        }

        void reported(Outcome outcome) {
            switch (outcome) {
                case Outcome.Done done -> undone();
                case Outcome.Unkept done -> undone();
                case Outcome.Refused(var code, var message) -> answeredNo(code, message);
                case Outcome.NotDone(var code, var message, var again) -> {
                    if (again) {
                        tryAgain(code, message, !mayBeUnderWay, Retry.ATTEMPT);
                    } else if (run.settling() != null) { // that its id is void is no reason
                        answeredNo(run.code(), run.message());
                    } else {
                        answeredNo(code, message);
                    }
                }
                case Outcome.Postponed(var code, var message) ->
                    tryAgain(code, message, !mayBeUnderWay, Retry.POSTPONED);
                case Outcome.Unanswered(var code, var message) -> tryAgain(code, message, false, Retry.ATTEMPT);
                case Outcome.Threw(var message) -> stuck("function-threw", message);
                case Outcome.Unknown(var message) -> stuck("unknown", message);
                case Outcome.MustSettle(var reason, var code, var message) -> {
                    if (run.settling() == null) {
                        moves.settle(run, reason, code, message);
                    } else {
                        tryAgain(code, message, false, Retry.ATTEMPT);
                    }
                }
            }
        }

        private void undone() {
            moves.add(new SagaEvent.Undone(moves.at(), step.name(), run.generation()));
            moves.backward().backward();
        }

        /** No attempt of this generation does anything any more, or that is found out first. */
        private void answeredNo(String code, String message) {
            if (run.settling() == null && mayBeUnderWay && step.undo() instanceof SagaUndo.ByCommand<T, ?, ?>) {
                moves.settle(run, SettleReason.REFUSAL, code, message);
            } else if (moves.isPatient(run)) {
                moves.failedAttempt(run, code, message, true, moves.later(run, run.attempts() + 1), Retry.GENERATION);
            } else {
                stuck(code, message);
            }
        }

        private void tryAgain(String code, String message, boolean answered, Retry retry) {
            Run.Finding settling = run.settling();
            int failed = settling == null ? run.attempts() + run.postponed() : settling.failed();
            if (settling == null ? moves.isPatient(run) : moves.isPatient(run, settling)) {
                moves.failedAttempt(run, code, message, answered, moves.later(run, failed + 1),
                        settling == null ? retry : Retry.ATTEMPT);
            } else {
                stuck(code, message);
            }
        }

        private void stuck(String code, String message) {
            moves.backward().stuck(step, code, message);
            moves.backward().backward();
        }
    }
}

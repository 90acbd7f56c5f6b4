package dev.allframe.saga.machine;

import dev.allframe.aggregate.Decision;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.StepOption.RetryRefused;
import dev.allframe.saga.StepRules;
import dev.allframe.saga.machine.SagaState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
            new Back(run, step).reported(report);
        } else if (run.settling() == null) {
            new Forth(run, step).reported(report);
        } else {
            new Settle(run, step, run.settling()).reported(report.outcome());
        }
        return moves.events().isEmpty() ? Optional.of(Decision.noChange()) : Optional.empty();
    }

    /** That something was done is true, whichever attempt of the generation says so; everything else may be stale. */
    private static boolean isOf(Run run, SagaCommand.Report report) {
        return run.effect().equals(report.effect()) || (report.outcome() instanceof Outcome.Done
                && run.effect().isSameGeneration(report.effect()));
    }

    /** Outcomes while a step is done. */
    private final class Forth {

        private final Run run;
        private final SagaStep<T> step;

        Forth(Run run, SagaStep<T> step) {
            this.run = run;
            this.step = step;
        }

        void reported(SagaCommand.Report report) {
            boolean mayBeUnderWay = run.unanswered() || report.resumed();
            switch (report.outcome()) {
                case Outcome.Done(var effective, var output) -> {
                    if (!effective && mayBeUnderWay && step.action() instanceof SagaAction.ByCommand) {
                        moves.settle(run, SettleReason.UNCHANGED, "unchanged", "");
                    } else {
                        moves.forward().done(step, run.generation(), effective, true, output);
                        moves.forward().forwardBehind(step);
                    }
                }
                case Outcome.Refused(var code, var message) -> {
                    if (mayBeUnderWay) {
                        findOut(SettleReason.REFUSAL, code, message);
                    } else {
                        refused(run, step, code, Moves.shortened(message));
                    }
                }
                case Outcome.NotDone(var code, var message, var again) -> {
                    if (again && (moves.state().pastPivot() ? moves.isWithinPatience(run) : hasAttempts())) {
                        moves.failedAttempt(run, code, message, true, nextAttempt(), false, false);
                    } else if (mayBeUnderWay) {
                        findOut(SettleReason.REFUSAL, code, message);
                    } else {
                        answeredNo(run, step, code, Moves.shortened(message));
                    }
                }
                case Outcome.Threw(var message) -> {
                    if (mayBeUnderWay) {
                        findOut(SettleReason.REFUSAL, "function-threw", message);
                    } else {
                        moves.forward().notDone(step, run.generation(), "function-threw", Moves.shortened(message));
                    }
                }
                case Outcome.Unanswered(var code, var message) -> {
                    if (hasAttempts()) {
                        moves.failedAttempt(run, code, message, false, nextAttempt(), false, false);
                    } else {
                        findOut(SettleReason.TIMEOUT, code, message);
                    }
                }
                case Outcome.MustSettle(var reason, var code, var message) -> findOut(reason, code, message);
                case Outcome.Unknown(var message) -> findOut(SettleReason.TIMEOUT, "unknown", message);
            }
        }

        private boolean hasAttempts() {
            return run.attempts() + 1 < step.action().rules().attempts();
        }

        private Instant nextAttempt() {
            return moves.at().plus(step.action().rules().pauseAfter(run.attempts() + 1));
        }

        /** Where nobody can be asked, a call counts as done, so that it is undone. */
        private void findOut(SettleReason reason, String code, String message) {
            if (moves.canBeAsked(step)) {
                moves.settle(run, reason, code, message);
            } else if (moves.state().pastPivot() && moves.isWithinPatience(run)) {
                moves.failedAttempt(run, code, message, false, moves.later(run, run.attempts() + 1), false, false);
            } else if (moves.state().pastPivot() || step.isPivot()) {
                moves.park(run, code, message);
            } else {
                moves.forward().done(step, run.generation(), true, false, List.of());
                moves.backward().turnBack(code, Moves.shortened(message));
            }
        }
    }

    /** A refusal by a rule, all attempts having been answered. */
    private void refused(Run run, SagaStep<T> step, String code, String message) {
        Optional<Duration> again = pauseOf(step.action().rules(), run, code);
        if (again.isPresent()) {
            moves.failedAttempt(run, code, message, true, moves.at().plus(again.get()), true, true);
        } else {
            answeredNo(run, step, code, message);
        }
    }

    private static <T, O> Optional<Duration> pauseOf(StepRules<T, O> rules, Run run, String code) {
        return rules.refusal(code).filter(rule -> run.refusals() < rule.times()).map(RetryRefused::every);
    }

    /** It was not done, and would not be if it were repeated: the end, or behind the pivot another generation. */
    private void answeredNo(Run run, SagaStep<T> step, String code, String message) {
        if (moves.state().pastPivot() && moves.isWithinPatience(run)) {
            moves.failedAttempt(run, code, message, true, moves.later(run, run.attempts() + 1), true, false);
        } else {
            moves.forward().notDone(step, run.generation(), code, message);
        }
    }

    /** Outcomes while it is found out whether a step was done. */
    private final class Settle {

        private final Run run;
        private final SagaStep<T> step;
        private final SettleReason reason;

        Settle(Run run, SagaStep<T> step, SettleReason reason) {
            this.run = run;
            this.step = step;
            this.reason = reason;
        }

        void reported(Outcome outcome) {
            switch (outcome) {
                case Outcome.Done(var effective, var output) -> {
                    moves.forward().done(step, run.generation(), effective, true, output);
                    if (reason.endsTheWayForward() && !moves.state().pastPivot() && moves.state().phase() == Phase.FORWARD) {
                        moves.backward().turnBack(run.code(), run.message());
                    } else {
                        moves.forward().forwardBehind(step);
                    }
                }
                case Outcome.NotDone(var code, var message, var again) -> {
                    if (again) {
                        tryAgain(code, message);
                    } else {
                        wasNotDone();
                    }
                }
                case Outcome.Refused(var code, var message) -> tryAgain(code, message);
                case Outcome.Unanswered(var code, var message) -> tryAgain(code, message);
                case Outcome.MustSettle(var why, var code, var message) -> tryAgain(code, message);
                case Outcome.Threw(var message) -> tryAgain("function-threw", message);
                case Outcome.Unknown(var message) -> moves.park(run, "unknown", message);
            }
        }

        private void tryAgain(String code, String message) {
            if (moves.isWithinPatience(run)) {
                moves.failedAttempt(run, code, message, false, moves.later(run, run.settles() + 1), false, false);
            } else {
                moves.park(run, code, message);
            }
        }

        private void wasNotDone() {
            if (reason.endsTheWayForward() && !moves.state().pastPivot()) {
                moves.forward().notDone(step, run.generation(), run.code(), run.message());
                return;
            }
            switch (reason) {
                case REFUSAL -> refused(run, step, run.code(), run.message());
                case UNCHANGED -> {
                    moves.forward().done(step, run.generation(), false, true, List.of());
                    moves.forward().forwardBehind(step);
                }
                case FORGOTTEN, CONFLICT -> {
                    if (run.attempts() + 1 < step.action().rules().attempts()
                            || (moves.state().pastPivot() && moves.isWithinPatience(run))) {
                        moves.renew(run.attempts() + 1);
                    } else {
                        moves.forward().notDone(step, run.generation(), run.code(), run.message());
                    }
                }
                case TIMEOUT, DEADLINE, CANCEL -> answeredNo(run, step, run.code(), run.message());
            }
        }
    }

    /** Outcomes while a step is undone. */
    private final class Back {

        private final Run run;
        private final SagaStep<T> step;

        Back(Run run, SagaStep<T> step) {
            this.run = run;
            this.step = step;
        }

        void reported(SagaCommand.Report report) {
            boolean mayBeUnderWay = run.unanswered() || report.resumed();
            switch (report.outcome()) {
                case Outcome.Done done -> {
                    moves.add(new SagaEvent.Undone(moves.at(), step.name(), run.generation()));
                    moves.backward().backward();
                }
                case Outcome.Refused(var code, var message) -> tryAgain(code, message, true, !mayBeUnderWay);
                case Outcome.NotDone(var code, var message, var again) -> {
                    if (run.settling() != null && !again) {
                        moves.renew(run.attempts() + 1);
                    } else {
                        tryAgain(code, message, true, !again && !mayBeUnderWay);
                    }
                }
                case Outcome.Unanswered(var code, var message) -> tryAgain(code, message, false, false);
                case Outcome.Threw(var message) -> stuck("function-threw", message);
                case Outcome.Unknown(var message) -> stuck("unknown", message);
                case Outcome.MustSettle(var reason, var code, var message) -> {
                    if (run.settling() == null) {
                        moves.settle(run, reason, code, message);
                    } else {
                        tryAgain(code, message, false, false);
                    }
                }
            }
        }

        private void tryAgain(String code, String message, boolean answered, boolean renewed) {
            if (moves.isWithinPatience(run)) {
                int failed = (run.settling() == null ? run.attempts() : run.settles()) + 1;
                moves.failedAttempt(run, code, message, answered, moves.later(run, failed), renewed, false);
            } else {
                stuck(code, message);
            }
        }

        private void stuck(String code, String message) {
            moves.add(new SagaEvent.Stuck(moves.at(), step.name(), code, Moves.shortened(message)));
            moves.backward().backward();
        }
    }
}

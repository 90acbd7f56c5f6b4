package dev.allframe.saga.machine;

import dev.allframe.saga.SagaStep;
import dev.allframe.saga.SagaUndo;
import dev.allframe.saga.machine.StepState.Status;
import dev.allframe.saga.machine.StepState.Undoing;
import java.util.List;
import java.util.Optional;

/** The way back: undoes what was done, in reverse order. Used with its {@link Moves}. */
final class Backward<T> {

    private final Moves<T> moves;

    Backward(Moves<T> moves) {
        this.moves = moves;
    }

    void turnBack(String code, String message) {
        moves.add(new SagaEvent.TurnedBack(moves.at(), code, message));
        backward();
    }

    /** Begins to undo the last step that must be, or ends. */
    void backward() {
        for (SagaStep<T> step : moves.definition().type().steps().reversed()) {
            Optional<StepState> done = moves.state().step(step.name()).filter(each -> each.status() == Status.DONE);
            if (done.isPresent() && mustBeUndone(step, done.get()) && beginUndo(step, done.get())) {
                return;
            }
        }
        List<String> stuck = moves.state()
                .steps()
                .stream()
                .filter(each -> each.status() == Status.STUCK)
                .map(StepState::step)
                .toList();
        if (stuck.isEmpty()) {
            moves.add(new SagaEvent.Compensated(moves.at()));
        } else {
            moves.add(new SagaEvent.Parked(moves.at(), Halt.UNDO, null, "stuck",
                    "these steps could not be undone: " + String.join(", ", stuck)));
        }
    }

    private static boolean mustBeUndone(SagaStep<?> step, StepState done) {
        return switch (step.undo()) {
            case SagaUndo.NothingToUndo<?> nothing -> false;
            case SagaUndo.CannotBeUndone<?> pivot -> false;
            case SagaUndo.ByCommand<?, ?, ?> command -> done.effective();
            case SagaUndo.ByCall<?> call -> done.effective();
        };
    }

    private boolean beginUndo(SagaStep<T> step, StepState done) {
        Undoing before = done.undo();
        if (before != null) {
            // An operator who tries again does not know that the undo before was not done: it keeps its id and its age.
            moves.beginAgain(step, before);
            return true;
        }
        try {
            moves.beginUndo(step);
            return true;
        } catch (UserCode.Threw threw) {
            stuck(step, "function-threw", Moves.message(threw));
            return false;
        }
    }

    void stuck(SagaStep<T> step, String code, String message) {
        moves.add(new SagaEvent.Stuck(moves.at(), step.name(), code, message));
    }
}

package dev.allframe.saga.machine;

import dev.allframe.saga.SagaDecision;
import dev.allframe.saga.machine.SagaState.Begun;
import dev.allframe.saga.machine.SagaState.HaltedAt;
import dev.allframe.saga.machine.SagaState.Phase;
import dev.allframe.saga.machine.SagaState.Received;
import dev.allframe.saga.machine.StepState.Status;
import dev.allframe.saga.machine.StepState.Undoing;
import java.util.List;
import java.util.Objects;

/** What records do to the state of a saga. Knows no definition: a saga can be read whose code is gone. */
final class SagaEvolution {

    private SagaEvolution() {}

    static SagaState evolve(SagaState state, SagaEvent event) {
        return switch (event) {
            case SagaEvent.Started started -> new SagaState(Phase.FORWARD,
                    new Begun(started.definition(), started.version(), started.id(), started.structure(),
                            started.context(), started.correlationId(), started.causationId(), started.headers(),
                            started.at(),
                            started.deadline()),
                    started.context(), List.of(), null, started.awaited(), List.of(), false, "", null, null,
                    started.at());
            case SagaEvent.StepBegun begun -> begun.direction() == Direction.DO
                    ? state.in(Phase.FORWARD, begun.at()).running(Run.begun(begun))
                    : state.in(Phase.BACKWARD, begun.at())
                            .running(Run.begun(begun))
                            .with(begun(state, begun.step()).undoing(
                                    new Undoing(begun.generation(), begun.target(), begun.issuedAt())));
            case SagaEvent.AttemptFailed failed -> {
                Run after = run(state).failed(failed);
                Phase phase = after.settling() != null
                        ? Phase.SETTLING
                        : failed.direction() == Direction.DO ? Phase.FORWARD : Phase.BACKWARD;
                yield state.in(phase, failed.at()).running(after);
            }
            case SagaEvent.StepDone done -> state.in(Phase.FORWARD, done.at())
                    .running(null)
                    .with(new StepState(done.step(), Status.DONE, done.generation(), done.effective(), done.certain(),
                            done.output(), null))
                    .with(done.context(), done.awaited())
                    .pastPivot(done.pivot());
            case SagaEvent.StepNotDone not -> state.in(Phase.FORWARD, not.at())
                    .running(null)
                    .with(new StepState(not.step(), Status.NOT_DONE, not.generation(), false, true, List.of(), null));
            case SagaEvent.StepSkipped skipped -> state.in(Phase.FORWARD, skipped.at())
                    .with(new StepState(skipped.step(), Status.SKIPPED, 0, false, true, List.of(), null));
            case SagaEvent.EventReceived received -> state.in(state.phase(), received.at())
                    .receiving(new Received(received.step(), received.key(), received.eventId(), received.event()));
            case SagaEvent.Settling settling -> state.in(Phase.SETTLING, settling.at())
                    .running(run(state).settling(settling));
            case SagaEvent.TurnedBack back -> state.in(Phase.BACKWARD, back.at())
                    .running(null)
                    .because(reason(back.code(), back.message()));
            case SagaEvent.Undone undone -> state.in(Phase.BACKWARD, undone.at())
                    .running(null)
                    .with(begun(state, undone.step()).now(Status.UNDONE));
            case SagaEvent.Stuck stuck -> state.in(Phase.BACKWARD, stuck.at())
                    .running(null)
                    .with(begun(state, stuck.step()).now(Status.STUCK));
            case SagaEvent.Completed completed -> state.in(Phase.COMPLETED, completed.at())
                    .running(null)
                    .followedBy(completed.successor());
            case SagaEvent.SuccessorStarted started -> state.in(state.phase(), started.at()).followedBy(null);
            case SagaEvent.Compensated compensated -> state.in(Phase.COMPENSATED, compensated.at()).running(null);
            case SagaEvent.Parked parked -> state.in(Phase.PARKED, parked.at())
                    .because(reason(parked.code(), parked.message()))
                    .halted(new HaltedAt(parked.halt(), parked.step()));
            case SagaEvent.Decided decided -> decided(state, decided);
        };
    }

    private static SagaState decided(SagaState state, SagaEvent.Decided decided) {
        HaltedAt halt = Objects.requireNonNull(state.halt(), "only a parked saga is decided about");
        if (halt.halt() != Halt.UNDO) {
            return state.in(Phase.FORWARD, decided.at()).because("");
        }
        SagaState after = state.in(Phase.BACKWARD, decided.at());
        Status now = decided.decision() == SagaDecision.RETRY ? Status.DONE : Status.UNDONE;
        for (StepState step : state.steps()) {
            if (step.status() == Status.STUCK) {
                after = after.with(step.now(now));
            }
        }
        return after;
    }

    private static Run run(SagaState state) {
        return Objects.requireNonNull(state.run(), "no step is under way");
    }

    private static StepState begun(SagaState state, String step) {
        return state.step(step).orElseThrow(() -> new IllegalStateException("step '" + step + "' was not done"));
    }

    private static String reason(String code, String message) {
        return message.isEmpty() ? code : code + ": " + message;
    }
}

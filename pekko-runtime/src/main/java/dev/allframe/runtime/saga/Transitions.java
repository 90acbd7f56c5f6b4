package dev.allframe.runtime.saga;

import dev.allframe.aggregate.Stored;
import dev.allframe.saga.SagaTransition;
import dev.allframe.saga.machine.Run;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaState;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a record of a saga tells people. */
final class Transitions {

    private Transitions() {}

    /** The transition of a record, where this was the state before. */
    static SagaTransition of(long sequenceNr, SagaEvent event, SagaState before) {
        Run run = before.run();
        String name = event.getClass().getAnnotation(Stored.class).value();
        String step = stepOf(event);
        boolean attempt = event instanceof SagaEvent.AttemptFailed || event instanceof SagaEvent.StepDone
                || event instanceof SagaEvent.StepNotDone || event instanceof SagaEvent.Undone;
        int number = attempt && run != null && run.step().equals(step) ? run.effect().attempt() + 1 : 0;
        return new SagaTransition(sequenceNr, event.at(), name, step, number, error(event));
    }

    private static @Nullable String stepOf(SagaEvent event) {
        return switch (event) {
            case SagaEvent.StepBegun begun -> begun.step();
            case SagaEvent.AttemptFailed failed -> failed.step();
            case SagaEvent.StepDone done -> done.step();
            case SagaEvent.StepNotDone not -> not.step();
            case SagaEvent.StepSkipped skipped -> skipped.step();
            case SagaEvent.EventReceived received -> received.step();
            case SagaEvent.Settling settling -> settling.step();
            case SagaEvent.Undone undone -> undone.step();
            case SagaEvent.Stuck stuck -> stuck.step();
            case SagaEvent.Parked parked -> parked.step();
            case SagaEvent.Started started -> null;
            case SagaEvent.TurnedBack back -> null;
            case SagaEvent.Completed completed -> null;
            case SagaEvent.SuccessorStarted started -> null;
            case SagaEvent.Compensated compensated -> null;
            case SagaEvent.Decided decided -> null;
        };
    }

    private static String error(SagaEvent event) {
        return switch (event) {
            case SagaEvent.AttemptFailed failed -> text(failed.code(), failed.message());
            case SagaEvent.StepNotDone not -> text(not.code(), not.message());
            case SagaEvent.Settling settling -> text(settling.code(), settling.message());
            case SagaEvent.TurnedBack back -> text(back.code(), back.message());
            case SagaEvent.Stuck stuck -> text(stuck.code(), stuck.message());
            case SagaEvent.Parked parked -> text(parked.code(), parked.message());
            case SagaEvent.Decided decided -> decided.decision().name().toLowerCase(Locale.ROOT).replace('_', '-')
                    + " by " + decided.by() + ": " + decided.reason();
            case SagaEvent.Started other -> "";
            case SagaEvent.StepBegun other -> "";
            case SagaEvent.StepDone other -> "";
            case SagaEvent.StepSkipped other -> "";
            case SagaEvent.EventReceived other -> "";
            case SagaEvent.Undone other -> "";
            case SagaEvent.Completed other -> "";
            case SagaEvent.SuccessorStarted other -> "";
            case SagaEvent.Compensated other -> "";
        };
    }

    private static String text(String code, String message) {
        return message.isEmpty() ? code : code + ": " + message;
    }
}

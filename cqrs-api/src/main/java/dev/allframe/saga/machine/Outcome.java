package dev.allframe.saga.machine;

import dev.allframe.aggregate.Stored;
import dev.allframe.codec.StoredValue;
import java.util.List;

/** What became of an effect. */
public sealed interface Outcome {

    /**
     * It was done, by this attempt or an earlier one.
     *
     * @param effective whether there is anything to undo
     * @param output the events of a command where the definition uses them, or the answer of a call
     */
    @Stored("done")
    record Done(boolean effective, List<StoredValue> output) implements Outcome {
        public Done {
            output = List.copyOf(output);
        }
    }

    /** This attempt was refused by a rule: it was not done. */
    @Stored("refused")
    record Refused(String code, String message) implements Outcome {}

    /**
     * This attempt was answered: it was not done.
     *
     * @param again whether the same attempt may succeed later
     */
    @Stored("not-done")
    record NotDone(String code, String message, boolean again) implements Outcome {}

    /** Nobody has looked at this attempt, for want of room or of code that can: it was not done, and does not count. */
    @Stored("postponed")
    record Postponed(String code, String message) implements Outcome {}

    /**
     * It was done, and what it gave cannot be stored.
     *
     * @param effective whether there is anything to undo
     */
    @Stored("unkept")
    record Unkept(boolean effective, String message) implements Outcome {}

    /** No answer: it may have been done, or may be yet. */
    @Stored("unanswered")
    record Unanswered(String code, String message) implements Outcome {}

    /** The instance cannot say whether it was done, however often it is asked. */
    @Stored("must-settle")
    record MustSettle(SettleReason reason, String code, String message) implements Outcome {}

    /** A function of the definition has thrown: this attempt was not made. */
    @Stored("threw")
    record Threw(String message) implements Outcome {}

    /** Nobody can tell any more whether it was done. */
    @Stored("unknown")
    record Unknown(String message) implements Outcome {}
}

package dev.allframe.store;

import dev.allframe.aggregate.Refusal;
import dev.allframe.aggregate.Stored;

/**
 * What is remembered of an executed command, so that a repeat can be recognised and answered. It stands in the envelope
 * of the command's first record and is therefore stored with the events or not at all.
 *
 * @param commandId the caller's id
 * @param fingerprint identifies the command's contents: the same command has the same fingerprint on every node; empty
 *         for {@link Voided}
 * @param outcome what the caller was told
 * @param firstSequenceNr the first record of the command
 * @param lastSequenceNr the last record of the command
 */
public record CommandRecord(String commandId, String fingerprint, Outcome outcome, long firstSequenceNr,
        long lastSequenceNr) {

    /** What became of a command. */
    public sealed interface Outcome {}

    /** Its events are the records of its range. */
    @Stored("accepted")
    public record Accepted() implements Outcome {}

    /** It was accepted and changed nothing. */
    @Stored("unchanged")
    public record Unchanged() implements Outcome {}

    /**
     * A business rule said no.
     *
     * @param refusal the reason
     */
    @Stored("refused")
    public record Refused(Refusal refusal) implements Outcome {}

    /**
     * It was not executed when somebody declared its id void, and never will be. It has no fingerprint: nobody had seen
     * its contents.
     */
    @Stored("voided")
    public record Voided() implements Outcome {}
}

package dev.allframe.saga;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened to a saga.
 *
 * @param sequenceNr the number of its record in the saga's stream
 * @param at when
 * @param record the stored name of the record, such as {@code step-done}
 * @param step the step; null where it is about the whole saga
 * @param attempt which attempt at the step it belongs to, the first being 1; 0 where it is none
 * @param error what went wrong, or what an operator has said; empty for nothing
 */
public record SagaTransition(long sequenceNr, Instant at, String record, @Nullable String step, int attempt,
        String error) {}

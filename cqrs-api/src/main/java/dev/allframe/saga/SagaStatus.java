package dev.allframe.saga;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far a saga is.
 *
 * @param definition the name of its definition
 * @param version the version of the definition
 * @param id its id, within the definition
 * @param phase where it is on its way
 * @param step the step that is under way, or before which it is parked; null where none is
 * @param undoing whether that step is undone
 * @param attempts how many attempts at that step have failed
 * @param reason why it has turned back, or is parked, or the last failure at its step; empty for none
 * @param startedAt when it was started
 * @param changedAt when something has happened last
 * @param nextAt when it goes on by itself, at the latest; null where it has ended, or waits for something else
 * @param correlationId what it belongs to; null for itself
 */
public record SagaStatus(String definition, int version, String id, Phase phase, @Nullable String step,
        boolean undoing, int attempts, String reason, Instant startedAt, Instant changedAt,
        @Nullable Instant nextAt, @Nullable String correlationId) {

    /** Where a saga is on its way. */
    public enum Phase {
        /** It goes forward, or back. */
        RUNNING,
        /** Every step was done. */
        COMPLETED,
        /** What was done was undone. */
        COMPENSATED,
        /** An operator must decide. */
        PARKED;

        /** As people write it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

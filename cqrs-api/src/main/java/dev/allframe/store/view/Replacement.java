package dev.allframe.store.view;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What is noted of a generation that was served, and that a generation of other code has replaced.
 *
 * @param version the version of the code that made it
 * @param at when it was replaced; milliseconds are kept
 * @param keptUntil when it is to be deleted; milliseconds are kept
 */
public record Replacement(int version, Instant at, Instant keptUntil) {

    public Replacement {
        at = at.truncatedTo(ChronoUnit.MILLIS);
        keptUntil = keptUntil.truncatedTo(ChronoUnit.MILLIS);
    }
}

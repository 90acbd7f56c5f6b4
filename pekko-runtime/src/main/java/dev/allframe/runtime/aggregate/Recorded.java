package dev.allframe.runtime.aggregate;

import dev.allframe.store.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * A record in an actor's hands: what is stored, and what it leads to.
 *
 * @param envelope the stored form
 * @param evolved the state after it, where it is known already; null during recovery
 */
record Recorded<S>(Envelope envelope, @Nullable S evolved) {}

package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Event;
import dev.allframe.store.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * A record in an actor's hands: what is stored, and what it means.
 *
 * @param envelope the stored form
 * @param event the event; null for a record that only remembers a command
 * @param evolved the state after it, where it is known already; null during recovery
 */
record Recorded<E extends Event, S>(Envelope envelope, @Nullable E event, @Nullable S evolved) {}

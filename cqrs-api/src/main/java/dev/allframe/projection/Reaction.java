package dev.allframe.projection;

import dev.allframe.aggregate.Event;
import java.util.concurrent.CompletionStage;

/**
 * An effect outside of the store that an event has: a mail, a call of another system, a command for another instance.
 * Called on a virtual thread, so that it may block. It is called at least once for each event, which means more than
 * once after a crash or a failure: an effect that must not be repeated is told apart by
 * {@link ReactionInfo#idempotencyKey()}.
 *
 * @param <E> the events of the aggregate
 */
@FunctionalInterface
public interface Reaction<E extends Event> {

    /**
     * Begins the effect.
     *
     * @return completes when the effect is done; a failure, or an exception that is thrown, is tried again
     */
    CompletionStage<?> react(E event, ReactionInfo info);
}

package dev.allframe.aggregate;

import java.util.Set;

/**
 * The rules of one kind of aggregate: which events a command leads to, and what an event does to the state.
 *
 * <p>All methods are pure: the same arguments give the same result, nothing is read from a clock, a network or a field
 * that changes. One implementation serves all instances and is called from many threads, for one instance never at
 * once. What a method throws is a defect, and so is a null that it gives: the caller gets a failed result, nothing is
 * stored and the instance goes on.
 *
 * @param <C> the commands, a sealed interface
 * @param <E> the events, a sealed interface
 * @param <S> the state, an immutable type; it is serialized into snapshots
 */
public interface Aggregate<C extends Command, E extends Event, S> {

    /** The state of an instance to which nothing has happened. */
    S initialState();

    /** What follows from a command: events to store, a refusal, or nothing. */
    Decision<E> decide(S state, C command);

    /** The state after an event. It accepts every stored event: what has happened is not refused. */
    S evolve(S state, E event);

    /** The tags under which an event can be found in the store; none unless overridden. */
    default Set<String> tags(E event) {
        return Set.of();
    }
}

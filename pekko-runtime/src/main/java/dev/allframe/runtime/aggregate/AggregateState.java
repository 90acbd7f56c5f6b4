package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Event;

/**
 * What an instance's actor knows: the aggregate's state and the commands it remembers.
 *
 * <p>The state is replaced with every record; the window is one object, changed in place. That is sound because the actor stores nothing else before the
 * record is stored, and starts from an empty window again when storing fails.
 *
 * @param state the aggregate's state
 * @param window the remembered commands
 */
record AggregateState<S>(S state, CommandWindow window) {

    <E extends Event> AggregateState<S> after(Recorded<E, S> recorded, RegisteredAggregate<?, E, S> aggregate) {
        if (recorded.envelope().command() != null) {
            window.remember(recorded.envelope().command());
        }
        if (recorded.evolved() != null) {
            return new AggregateState<>(recorded.evolved(), window);
        }
        if (recorded.event() != null) {
            return new AggregateState<>(aggregate.type().aggregate().evolve(state, recorded.event()), window);
        }
        return this;
    }
}

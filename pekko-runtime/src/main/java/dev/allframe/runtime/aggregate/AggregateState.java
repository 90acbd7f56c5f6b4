package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Event;

/**
 * What an instance's actor knows: the aggregate's state and the commands it remembers.
 *
 * <p>The state is replaced with every record; the window is one object, changed in place, before the record is stored. That is sound because an actor whose
 * record was not stored starts again, from a snapshot or from the empty window.
 *
 * @param state the aggregate's state
 * @param window the remembered commands
 */
record AggregateState<S>(S state, CommandWindow window) {

    <E extends Event> AggregateState<S> after(Recorded<E, S> recorded, RegisteredAggregate<?, E, S> aggregate) {
        CommandWindow commands = recorded.envelope().command() == null
                ? window
                : window.with(recorded.envelope().command());
        if (recorded.evolved() != null) {
            return new AggregateState<>(recorded.evolved(), commands);
        }
        return new AggregateState<>(
                recorded.event() == null ? state : aggregate.type().aggregate().evolve(state, recorded.event()),
                commands);
    }
}

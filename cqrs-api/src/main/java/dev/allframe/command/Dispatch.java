package dev.allframe.command;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import org.jspecify.annotations.Nullable;

/**
 * One call of a {@link CommandBus}, as interceptors see it. Immutable.
 *
 * @param type the aggregate
 * @param id the instance, not checked yet
 * @param command what it is asked to do, not validated yet; null where a command id is declared void
 * @param options what the caller says besides
 * @param <E> the events of the aggregate
 */
public record Dispatch<E extends Event>(AggregateType<?, E, ?> type, String id, @Nullable Command command,
        CommandOptions options) {

    /** With other options, such as another header. */
    public Dispatch<E> withOptions(CommandOptions changed) {
        return new Dispatch<>(type, id, command, changed);
    }

    /** With another command of the same aggregate, such as one with what was looked up. */
    public Dispatch<E> withCommand(Command changed) {
        return new Dispatch<>(type, id, changed, options);
    }
}

package dev.allframe.aggregate;

import java.util.regex.Pattern;

/**
 * One kind of aggregate as a value: its stored name, its types, its rules and how it is kept. Immutable; the {@code with}-like methods return a
 * changed copy, so that it is usually a constant beside the rules.
 *
 * @param <C> the commands
 * @param <E> the events
 * @param <S> the state
 */
public final class AggregateType<C extends Command, E extends Event, S> {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");
    private static final int DEFAULT_SNAPSHOT_EVERY = 200;
    private static final int DEFAULT_REMEMBERED_COMMANDS = 1_000;

    private final String name;
    private final Class<C> commandClass;
    private final Class<E> eventClass;
    private final Class<S> stateClass;
    private final Aggregate<C, E, S> aggregate;
    private final int snapshotEvery;
    private final int rememberCommands;

    private AggregateType(String name, Class<C> commandClass, Class<E> eventClass, Class<S> stateClass,
            Aggregate<C, E, S> aggregate,
            int snapshotEvery, int rememberCommands) {
        this.name = name;
        this.commandClass = commandClass;
        this.eventClass = eventClass;
        this.stateClass = stateClass;
        this.aggregate = aggregate;
        this.snapshotEvery = snapshotEvery;
        this.rememberCommands = rememberCommands;
    }

    /**
     * A kind of aggregate under its stored name, which is the first part of every stream id and never changes.
     *
     * @throws IllegalArgumentException if the name is not lower case letters, digits and hyphens
     */
    public static <C extends Command, E extends Event, S> AggregateType<C, E, S> named(String name, Class<C> commands,
            Class<E> events,
            Class<S> state, Aggregate<C, E, S> aggregate) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("aggregate name '" + name
                    + "' must be lower case letters, digits and hyphens, beginning with a letter");
        }
        return new AggregateType<>(name, commands, events, state, aggregate, DEFAULT_SNAPSHOT_EVERY,
                DEFAULT_REMEMBERED_COMMANDS);
    }

    /** Saves a snapshot of the state after every so many stored records; 0 saves none. The default is 200. */
    public AggregateType<C, E, S> snapshotEvery(int records) {
        requireNotNegative("snapshotEvery", records);
        return new AggregateType<>(name, commandClass, eventClass, stateClass, aggregate, records, rememberCommands);
    }

    /**
     * How many of an instance's last command ids are recognised when they are repeated; 0 turns idempotency off. The default is 1,000. A repeat
     * of an older command cannot be told from a new one.
     */
    public AggregateType<C, E, S> rememberCommands(int commands) {
        requireNotNegative("rememberCommands", commands);
        return new AggregateType<>(name, commandClass, eventClass, stateClass, aggregate, snapshotEvery, commands);
    }

    private static void requireNotNegative(String what, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(what + " must be 0 or more, not " + value);
        }
    }

    public String name() {
        return name;
    }

    public Class<C> commandClass() {
        return commandClass;
    }

    public Class<E> eventClass() {
        return eventClass;
    }

    public Class<S> stateClass() {
        return stateClass;
    }

    public Aggregate<C, E, S> aggregate() {
        return aggregate;
    }

    /** Records between two snapshots; 0 for none. */
    public int snapshotEvery() {
        return snapshotEvery;
    }

    /** The number of command ids that each instance remembers. */
    public int rememberedCommands() {
        return rememberCommands;
    }

    @Override
    public String toString() {
        return "AggregateType[" + name + "]";
    }
}

package dev.allframe.aggregate;

import dev.allframe.evolution.Upcast;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One kind of aggregate as a value: its stored name, its types, its rules and how it is kept. Immutable; the
 * {@code with}-like methods return a changed copy, so that it is usually a constant beside the rules.
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
    private final Remembering remembering;
    private final List<Upcast> upcasts;
    private final WriteChecks writeChecks;

    private AggregateType(String name, Class<C> commandClass, Class<E> eventClass, Class<S> stateClass,
            Aggregate<C, E, S> aggregate,
            int snapshotEvery, Remembering remembering, List<Upcast> upcasts, WriteChecks writeChecks) {
        this.name = name;
        this.commandClass = commandClass;
        this.eventClass = eventClass;
        this.stateClass = stateClass;
        this.aggregate = aggregate;
        this.snapshotEvery = snapshotEvery;
        this.remembering = remembering;
        this.upcasts = upcasts;
        this.writeChecks = writeChecks;
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
        return new AggregateType<>(name, commands, events, state,
                new CheckedAggregate<>(name, Objects.requireNonNull(aggregate, "aggregate")), DEFAULT_SNAPSHOT_EVERY,
                new Remembering(DEFAULT_REMEMBERED_COMMANDS, null, false), List.of(),
                new WriteChecks(WriteCheck.OFF, Map.of()));
    }

    /** Saves a snapshot of the state after every so many stored records; 0 saves none. The default is 200. */
    public AggregateType<C, E, S> snapshotEvery(int records) {
        requireNotNegative("snapshotEvery", records);
        return new AggregateType<>(name, commandClass, eventClass, stateClass, aggregate, records, remembering,
                upcasts, writeChecks);
    }

    /**
     * How many of an instance's last command ids are recognised when they are repeated; 0 turns idempotency off. The
     * default is 1,000. A repeat of an older command cannot be told from a new one, unless its caller says when it was
     * issued.
     *
     * @see dev.allframe.command.CommandOptions#issuedAt
     */
    public AggregateType<C, E, S> rememberCommands(int commands) {
        requireNotNegative("rememberCommands", commands);
        return remembering(new Remembering(commands, remembering.time, remembering.refusals));
    }

    /**
     * For how long command ids are recognised at most, where their number does not end it earlier. Not limited unless
     * set.
     *
     * @throws IllegalArgumentException if it is shorter than a millisecond
     */
    public AggregateType<C, E, S> rememberCommandsFor(Duration time) {
        if (time.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("rememberCommandsFor must be 1 ms or more, not " + time);
        }
        return remembering(new Remembering(remembering.commands, time, remembering.refusals));
    }

    /**
     * Remembers commands with an id also where they were refused or changed nothing, so that a repeat gets the same
     * answer whatever has happened since. Costs a stored record for each of them, which takes a sequence number. Unless
     * this is set, such a command is decided again when it is repeated.
     */
    public AggregateType<C, E, S> rememberRefusals() {
        return remembering(new Remembering(remembering.commands, remembering.time, true));
    }

    private AggregateType<C, E, S> remembering(Remembering changed) {
        return new AggregateType<>(name, commandClass, eventClass, stateClass, aggregate, snapshotEvery, changed,
                upcasts, writeChecks);
    }

    /**
     * Reads old stored forms of events and of the state by these steps, beside those that were given before. They are
     * checked when the aggregate is registered.
     *
     * @see dev.allframe.evolution.Upcasters
     */
    public AggregateType<C, E, S> upcasting(Upcast... steps) {
        return new AggregateType<>(name, commandClass, eventClass, stateClass, aggregate, snapshotEvery, remembering,
                Stream.concat(upcasts.stream(), Arrays.stream(steps)).toList(), writeChecks);
    }

    /**
     * What is remembered of commands with an id.
     *
     * @param commands how many of the last ones
     * @param time for how long at most; null for no limit
     * @param refusals also those that stored no event
     */
    private record Remembering(int commands, @Nullable Duration time, boolean refusals) {}

    /**
     * How events are compared with their schemas when they are written.
     *
     * @param all those that are not named
     * @param byEvent those of some classes
     */
    private record WriteChecks(WriteCheck all, Map<Class<?>, WriteCheck> byEvent) {}

    /**
     * Compares each event with its schema when it is written, but for those that are named by
     * {@link #checkWrites(Class, WriteCheck)}. {@link WriteCheck#OFF} unless set.
     */
    public AggregateType<C, E, S> checkWrites(WriteCheck check) {
        return writeChecks(new WriteChecks(check, writeChecks.byEvent));
    }

    /** Compares events of one class with their schema when they are written. */
    public AggregateType<C, E, S> checkWrites(Class<? extends E> event, WriteCheck check) {
        Map<Class<?>, WriteCheck> byEvent = new HashMap<>(writeChecks.byEvent);
        byEvent.put(event, check);
        return writeChecks(new WriteChecks(writeChecks.all, Map.copyOf(byEvent)));
    }

    private AggregateType<C, E, S> writeChecks(WriteChecks changed) {
        return new AggregateType<>(name, commandClass, eventClass, stateClass, aggregate, snapshotEvery, remembering,
                upcasts, changed);
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

    /** The rules. Where a method of the user's gives null, a {@link NullPointerException} that names it is thrown. */
    public Aggregate<C, E, S> aggregate() {
        return aggregate;
    }

    /** Records between two snapshots; 0 for none. */
    public int snapshotEvery() {
        return snapshotEvery;
    }

    /** The number of command ids that each instance remembers. */
    public int rememberedCommands() {
        return remembering.commands;
    }

    /** For how long each instance remembers a command id at most; null for no limit. */
    public @Nullable Duration rememberedTime() {
        return remembering.time;
    }

    /** Whether a command with an id is remembered where it was refused or changed nothing. */
    public boolean remembersRefusals() {
        return remembering.refusals;
    }

    /** The steps from old stored forms that were declared. */
    public List<Upcast> upcasts() {
        return upcasts;
    }

    /** Whether events of a class are compared with their schema when they are written. */
    public WriteCheck writeCheck(Class<?> event) {
        return writeChecks.byEvent.getOrDefault(event, writeChecks.all);
    }

    @Override
    public String toString() {
        return "AggregateType[" + name + "]";
    }
}

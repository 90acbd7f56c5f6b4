package dev.allframe.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.command.CommandOptions;
import dev.allframe.evolution.Upcast;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A saga as a value: its steps, how each is undone, and its limits. Immutable; methods return a changed copy, so that
 * it is usually a constant. What is wrong with it is told when it is registered, all at once.
 *
 * <p>Steps are done one after the other. When one fails, those before it are undone in reverse order, up to the pivot:
 * behind a step that {@link SagaUndo#cannotBeUndone} the saga only goes forward. Every saga ends as completed,
 * compensated or parked for an operator, whatever crashes meanwhile.
 *
 * @param <T> the context: a record with a {@link dev.allframe.aggregate.Stored} name
 */
public final class SagaType<T> {

    /** The longest name of a definition or a step, in characters. */
    public static final int MAX_NAME = 40;

    /** The longest id of a saga, in characters. */
    public static final int MAX_ID = 150;

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0," + (MAX_NAME - 1) + "}");
    private static final Duration UNDO_PATIENCE = Duration.ofDays(1);

    private final String name;
    private final Version version;
    private final Class<T> contextClass;
    private final List<SagaStep<T>> steps;
    private final Limits limits;
    private final List<SagaTrigger<T, ?, ?>> triggers;
    private final boolean fromBeginning;
    private final @Nullable Function<T, Optional<Successor<?>>> successor;
    private final List<Upcast> upcasts;

    /** Numbers and times, checked when a saga is registered. */
    private record Limits(@Nullable Duration deadline, Duration undoPatience, int running) {}

    private SagaType(String name, Version version, Class<T> contextClass, List<SagaStep<T>> steps, Limits limits,
            List<SagaTrigger<T, ?, ?>> triggers, boolean fromBeginning,
            @Nullable Function<T, Optional<Successor<?>>> successor, List<Upcast> upcasts) {
        this.name = name;
        this.version = version;
        this.contextClass = contextClass;
        this.steps = steps;
        this.limits = limits;
        this.triggers = triggers;
        this.fromBeginning = fromBeginning;
        this.successor = successor;
        this.upcasts = upcasts;
    }

    /**
     * A saga without steps.
     *
     * @param name lower case letters, digits and hyphens, at most {@link #MAX_NAME}
     * @param version raised when the steps change; a saga that runs stays on the version with which it began
     * @param context a record class with a {@link dev.allframe.aggregate.Stored} name
     */
    public static <T> SagaType<T> named(String name, Version version, Class<T> context) {
        return new SagaType<>(Objects.requireNonNull(name, "name"), Objects.requireNonNull(version, "version"),
                Objects.requireNonNull(context, "context"), List.of(),
                new Limits(null, UNDO_PATIENCE, Integer.MAX_VALUE), List.of(), false, null, List.of());
    }

    /** Does this too, behind the steps that were given before. */
    public SagaType<T> step(String stepName, SagaAction<T> action, SagaUndo<T> undo) {
        List<SagaStep<T>> more = new ArrayList<>(steps);
        more.add(new SagaStep<>(stepName, action, undo));
        return new SagaType<>(name, version, contextClass, List.copyOf(more), limits, triggers, fromBeginning,
                successor, upcasts);
    }

    /** A saga that has not come to its pivot in this time is undone; unlimited unless said. */
    public SagaType<T> deadline(Duration time) {
        return with(new Limits(Objects.requireNonNull(time, "time"), limits.undoPatience, limits.running));
    }

    /**
     * How long it is tried to undo a step, to find out whether a step was done, to go on behind the pivot, or to send
     * what nobody looks at for want of room; a day unless said, and never less often than the step has attempts.
     */
    public SagaType<T> tryFor(Duration time) {
        return with(new Limits(limits.deadline, Objects.requireNonNull(time, "time"), limits.running));
    }

    /** So many may run at once; unlimited unless said. */
    public SagaType<T> atMost(int running) {
        return with(new Limits(limits.deadline, limits.undoPatience, running));
    }

    private SagaType<T> with(Limits changed) {
        return new SagaType<>(name, version, contextClass, steps, changed, triggers, fromBeginning, successor,
                upcasts);
    }

    /**
     * Each event of a class starts a saga, once.
     *
     * @param context what it begins with; null where an event starts none
     */
    public <E extends Event, X extends E> SagaType<T> startedBy(AggregateType<?, E, ?> type, Class<X> event,
            BiFunction<X, EventInfo, @Nullable T> context) {
        return startedBy(new SagaTrigger<>(type, event, null, context));
    }

    /** As {@link #startedBy(AggregateType, Class, BiFunction)}, with an id of its own: one saga for each id. */
    public <E extends Event, X extends E> SagaType<T> startedBy(AggregateType<?, E, ?> type, Class<X> event,
            BiFunction<X, EventInfo, String> id, BiFunction<X, EventInfo, @Nullable T> context) {
        return startedBy(new SagaTrigger<>(type, event, Objects.requireNonNull(id, "id"), context));
    }

    private SagaType<T> startedBy(SagaTrigger<T, ?, ?> trigger) {
        List<SagaTrigger<T, ?, ?>> more = new ArrayList<>(triggers);
        more.add(trigger);
        return new SagaType<>(name, version, contextClass, steps, limits, List.copyOf(more), fromBeginning, successor,
                upcasts);
    }

    /**
     * Events that were stored before the saga was registered for the first time start one too; else only later ones do.
     */
    public SagaType<T> fromBeginning() {
        return new SagaType<>(name, version, contextClass, steps, limits, triggers, true, successor, upcasts);
    }

    /** Starts another saga when one has completed, exactly once; none where the function gives none. */
    public SagaType<T> thenStart(Function<T, Optional<Successor<?>>> next) {
        return new SagaType<>(name, version, contextClass, steps, limits, triggers, fromBeginning,
                Objects.requireNonNull(next, "next"), upcasts);
    }

    /** Reads old stored forms of the context by these steps too. */
    public SagaType<T> upcasting(Upcast... more) {
        return new SagaType<>(name, version, contextClass, steps, limits, triggers, fromBeginning, successor,
                Stream.concat(upcasts.stream(), Arrays.stream(more)).toList());
    }

    /** What is wrong with the definition, each in a sentence; stored forms aside. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        String saga = "saga '" + name + "' ";
        if (!NAME.matcher(name).matches()) {
            problems.add(saga + "must have a name of lower case letters, digits and hyphens, beginning with a letter,"
                    + " at most " + MAX_NAME);
        }
        if (steps.isEmpty()) {
            problems.add(saga + "has no steps: add .step(…)");
        }
        Set<String> names = new HashSet<>();
        for (SagaStep<T> step : steps) {
            String called = saga + "step '" + step.name() + "' ";
            if (!NAME.matcher(step.name()).matches()) {
                problems.add(called + "must have a name of lower case letters, digits and hyphens, beginning with a"
                        + " letter, at most " + MAX_NAME);
            }
            if (!names.add(step.name())) {
                problems.add(called + "is there twice");
            }
            problems.addAll(step.action().rules().problems(called));
            problems.addAll(unfit(step, called));
        }
        time(problems, saga, "deadline", limits.deadline == null ? Duration.ofDays(1) : limits.deadline);
        time(problems, saga, "tryFor", limits.undoPatience);
        if (limits.running < 1) {
            problems.add(saga + "has atMost " + limits.running + ", which must be 1 or more");
        }
        return problems;
    }

    private void time(List<String> problems, String saga, String what, Duration time) {
        if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(StepRules.LONGEST) > 0) {
            problems.add(saga + "has " + what + " " + time + ", which must be from 1ms to 3650d");
        }
    }

    /** Options and undos that would have no effect. */
    private List<String> unfit(SagaStep<T> step, String called) {
        Set<String> useful = switch (step.action()) {
            case SagaAction.ByCommand<T, ?, ?> command ->
                Set.of("timeout", "attempts", "backoff", "retryRefused", "onlyIf", "into");
            case SagaAction.ByCall<T, ?> call -> Set.of("timeout", "attempts", "backoff", "onlyIf", "into");
            case SagaAction.SleepUntil<T> sleep -> Set.of("onlyIf");
            case SagaAction.AwaitEvent<T, ?, ?> await -> Set.of("onlyIf", "into");
        };
        List<String> problems = new ArrayList<>();
        step.action()
                .rules()
                .said()
                .stream()
                .sorted()
                .filter(option -> !useful.contains(option))
                .forEach(option -> problems.add(called + "has " + option + "(…), which has no effect there"));
        if (step.action() instanceof SagaAction.ByCommand
                && step.action().rules().timeout().compareTo(CommandOptions.MAX_TIMEOUT) > 0) {
            problems.add(called + "has timeout " + step.action().rules().timeout() + ", and a command has at most "
                    + CommandOptions.MAX_TIMEOUT);
        }
        Stream.concat(step.action() instanceof SagaAction.ByCommand<T, ?, ?> action
                ? Stream.of(action.type())
                : Stream.empty(),
                step.undo() instanceof SagaUndo.ByCommand<T, ?, ?> undo ? Stream.of(undo.type()) : Stream.empty())
                .filter(participant -> participant.rememberedCommands() == 0)
                .map(AggregateType::name)
                .distinct()
                .forEach(name -> problems.add(called + "sends commands to '" + name
                        + "', which has rememberCommands(0): a repeat would be executed twice"));
        if (step.action() instanceof SagaAction.AwaitEvent<T, ?, ?> await
                && !await.event().isAnnotationPresent(Stored.class)) {
            problems.add(called + "awaits " + await.event().getName() + ", which has no @Stored name");
        }
        if (!step.action().works() && !(step.undo() instanceof SagaUndo.NothingToUndo<T>)) {
            problems.add(called + "only waits: its undo is nothingToUndo()");
        }
        return problems;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** The version of its steps. */
    public Version version() {
        return version;
    }

    /** The class of its context. */
    public Class<T> contextClass() {
        return contextClass;
    }

    /** Its steps, in their order. */
    public List<SagaStep<T>> steps() {
        return steps;
    }

    /** After this time it is undone, unless it has passed its pivot; null for no limit. */
    public @Nullable Duration deadline() {
        return limits.deadline;
    }

    /** How long it is tried to undo, to find out, or to go on behind the pivot. */
    public Duration tryFor() {
        return limits.undoPatience;
    }

    /** How many may run at once. */
    public int atMost() {
        return limits.running;
    }

    /** The events that start it. */
    public List<SagaTrigger<T, ?, ?>> triggers() {
        return triggers;
    }

    /** Whether events start it that were stored before it was registered for the first time. */
    public boolean isFromBeginning() {
        return fromBeginning;
    }

    /** The saga that begins when one with this context has completed. */
    public Optional<Successor<?>> successor(T context) {
        return successor == null ? Optional.empty() : successor.apply(context);
    }

    /** The steps from old stored forms of the context. */
    public List<Upcast> upcasts() {
        return upcasts;
    }

    @Override
    public String toString() {
        return "SagaType[" + name + "]";
    }
}

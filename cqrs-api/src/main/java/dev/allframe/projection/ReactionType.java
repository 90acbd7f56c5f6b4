package dev.allframe.projection;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Effects that events have outside of the store, as a value: {@code ReactionType.named("mails").from(ACCOUNT, (event,
 * info) -> mail(…)).fromNow()}. Immutable; methods return a changed copy. What is wrong with it is told when it is
 * registered, all at once.
 *
 * <p>Every event has its effect at least once, the events of one stream one after the other, several streams at the
 * same time. A reaction has no rows and is never rebuilt. Where it stands is stored with the events: after a crash it
 * goes on from there, and repeats at most {@link #unsaved()} effects.
 */
public final class ReactionType {

    /** The entity type of the durable states that say where reactions stand; their entity id is the name. */
    public static final String POSITIONS = "allframe-reaction";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,99}");

    private final String name;
    private final List<Source<?>> sources;
    private final @Nullable Begin begin;
    private final Limits limits;
    private final OnFailure onFailure;
    private final boolean replayable;

    /**
     * Which events have an effect.
     *
     * @param aggregate the aggregate whose events are read
     * @param reaction their effect
     */
    public record Source<E extends Event>(AggregateType<?, E, ?> aggregate, Reaction<E> reaction) {}

    /** Which events have an effect when a reaction is started for the first time in a store. */
    public enum Begin {
        /** Those that are stored from then on. */
        NOW,
        /** All that were ever stored. */
        START
    }

    /** What becomes of an event whose effect has failed as often as it may. */
    public enum OnFailure {
        /** The reaction stands before the event until it is started again, or told to try again. */
        STOP,
        /** The event and all later ones of its stream wait; other streams go on. */
        PARK
    }

    /** Numbers and times, checked when a reaction is registered. */
    private record Limits(int parallel, int unsaved, Duration within, Duration retryMin, Duration retryMax,
            int attempts) {

        static final Limits USUAL = new Limits(8, 1_000, Duration.ofMinutes(1), Duration.ofMillis(200),
                Duration.ofSeconds(30), 10);
    }

    private ReactionType(String name, List<Source<?>> sources, @Nullable Begin begin, Limits limits,
            OnFailure onFailure, boolean replayable) {
        this.name = name;
        this.sources = sources;
        this.begin = begin;
        this.limits = limits;
        this.onFailure = onFailure;
        this.replayable = replayable;
    }

    /**
     * A reaction to nothing yet.
     *
     * @param name lower case letters, digits and hyphens; part of the id under which its position is stored
     */
    public static ReactionType named(String name) {
        return new ReactionType(Objects.requireNonNull(name, "name"), List.of(), null, Limits.USUAL, OnFailure.STOP,
                false);
    }

    /** Reacts to the events of an aggregate too. */
    public <E extends Event> ReactionType from(AggregateType<?, E, ?> aggregate, Reaction<E> reaction) {
        List<Source<?>> more = new ArrayList<>(sources);
        more.add(new Source<>(aggregate, reaction));
        return new ReactionType(name, List.copyOf(more), begin, limits, onFailure, replayable);
    }

    /** Begins, when it is started for the first time in a store, with the events that are stored from then on. */
    public ReactionType fromNow() {
        return new ReactionType(name, sources, Begin.NOW, limits, onFailure, replayable);
    }

    /** Begins, when it is started for the first time in a store, with the first event that was ever stored. */
    public ReactionType fromStart() {
        return new ReactionType(name, sources, Begin.START, limits, onFailure, replayable);
    }

    /** Works on so many streams at once; 8 unless said. */
    public ReactionType parallel(int streams) {
        return with(new Limits(streams, limits.unsaved, limits.within, limits.retryMin, limits.retryMax,
                limits.attempts));
    }

    /**
     * Lets so many events have had their effect, or be having it, that the stored position does not cover; 1,000 unless
     * said. Bounds the memory of a reaction, and what is repeated after a crash. An event that is tried again and again
     * holds up other streams when so many were read behind it.
     */
    public ReactionType unsaved(int events) {
        return with(new Limits(limits.parallel, events, limits.within, limits.retryMin, limits.retryMax,
                limits.attempts));
    }

    /** An effect that takes longer has failed, and is tried again while it may go on; a minute unless said. */
    public ReactionType within(Duration time) {
        return with(new Limits(limits.parallel, limits.unsaved, Objects.requireNonNull(time, "time"), limits.retryMin,
                limits.retryMax, limits.attempts));
    }

    /**
     * Tries a failed effect again.
     *
     * @param min the first pause, which doubles with each attempt; 200 ms unless said
     * @param max the longest pause; 30 s unless said
     * @param attempts how often an effect is tried in all; 10 unless said
     */
    public ReactionType retry(Duration min, Duration max, int attempts) {
        return with(new Limits(limits.parallel, limits.unsaved, limits.within, Objects.requireNonNull(min, "min"),
                Objects.requireNonNull(max, "max"), attempts));
    }

    /** Parks the stream of an event that failed as often as it may, and goes on with others; else it stops. */
    public ReactionType parkFailures() {
        return new ReactionType(name, sources, begin, limits, OnFailure.PARK, replayable);
    }

    /**
     * Lets a {@link dev.allframe.replay.ReplayType} repeat the effects: the receiver knows them by
     * {@link ReactionInfo#idempotencyKey()}, or having them again does no harm.
     */
    public ReactionType replayable() {
        return new ReactionType(name, sources, begin, limits, onFailure, true);
    }

    /** The same under another name, which is another reaction: it stands where it stands by itself. */
    public ReactionType as(String other) {
        return new ReactionType(Objects.requireNonNull(other, "other"), sources, begin, limits, onFailure, replayable);
    }

    private ReactionType with(Limits changed) {
        return new ReactionType(name, sources, begin, changed, onFailure, replayable);
    }

    /** What is wrong with the definition, each in a sentence. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        String reaction = "reaction '" + name + "' ";
        if (!NAME.matcher(name).matches()) {
            problems.add(reaction + "must have a name of lower case letters, digits and hyphens, beginning with a"
                    + " letter, at most 100");
        }
        if (begin == null) {
            problems.add(reaction + "does not say where it begins: add .fromNow() or .fromStart()");
        }
        if (sources.isEmpty()) {
            problems.add(reaction + "reads no aggregate: add .from(…)");
        }
        Set<String> names = new HashSet<>();
        for (Source<?> source : sources) {
            if (!names.add(source.aggregate().name())) {
                problems.add(reaction + "reads aggregate '" + source.aggregate().name() + "' twice");
            }
        }
        atLeastOne(problems, "parallel", limits.parallel);
        atLeastOne(problems, "unsaved", limits.unsaved);
        atLeastOne(problems, "retry attempts", limits.attempts);
        time(problems, "within", limits.within);
        time(problems, "retry min", limits.retryMin);
        time(problems, "retry max", limits.retryMax);
        if (limits.retryMin.compareTo(limits.retryMax) > 0) {
            problems.add(reaction + "has retry min " + limits.retryMin + ", which is more than retry max "
                    + limits.retryMax);
        }
        return problems;
    }

    private void atLeastOne(List<String> problems, String what, int number) {
        if (number < 1) {
            problems.add("reaction '" + name + "' has " + what + " " + number + ", which must be 1 or more");
        }
    }

    private void time(List<String> problems, String what, Duration time) {
        if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(Duration.ofDays(20)) > 0) {
            problems.add("reaction '" + name + "' has " + what + " " + time + ", which must be from 1ms to 20d");
        }
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Which events have an effect. */
    public List<Source<?>> sources() {
        return sources;
    }

    /**
     * Where it begins in a store.
     *
     * @throws IllegalStateException if that was not said, which {@link #problems()} reports
     */
    public Begin begin() {
        if (begin == null) {
            throw new IllegalStateException(this + " does not say where it begins");
        }
        return begin;
    }

    /** On how many streams it works at once. */
    public int parallel() {
        return limits.parallel;
    }

    /** How many events may have had their effect that the stored position does not cover. */
    public int unsaved() {
        return limits.unsaved;
    }

    /** How long an effect may take. */
    public Duration within() {
        return limits.within;
    }

    /** How often an effect is tried in all. */
    public int attempts() {
        return limits.attempts;
    }

    /**
     * The pause behind an attempt that failed.
     *
     * @param failed how many have failed, 1 or more
     */
    public Duration pauseAfter(int failed) {
        Duration pause = limits.retryMin;
        for (int i = 1; i < failed && pause.compareTo(limits.retryMax) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(limits.retryMax) < 0 ? pause : limits.retryMax;
    }

    /** What becomes of an event whose effect has failed as often as it may. */
    public OnFailure onFailure() {
        return onFailure;
    }

    /** Whether its effects may be repeated by a replay. */
    public boolean isReplayable() {
        return replayable;
    }

    @Override
    public String toString() {
        return "ReactionType[" + name + "]";
    }
}

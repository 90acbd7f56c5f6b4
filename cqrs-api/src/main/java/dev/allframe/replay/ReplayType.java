package dev.allframe.replay;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.projection.Reaction;
import dev.allframe.projection.ReactionType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What stored events are given to once more, as a value: {@code ReplayType.named("feed").from(ACCOUNT, (event, info) ->
 * send(…))}, or the effects of a reaction that is replayable: {@code ReplayType.named("mails-again").of(MAILS)}.
 * Immutable; methods return a changed copy. What is wrong with it is told when it is registered, all at once.
 *
 * <p>It does nothing until {@link ReplayManager#start} gives it a range. Every event of the range has its effect at
 * least once, the events of one stream one after the other, several streams at the same time. Where it stands is
 * stored with the events: after a crash it goes on from there by itself, and repeats at most {@link #unsaved} effects.
 */
public final class ReplayType {

    /** A replay is worked on as a reaction is; only that it ends. */
    private final ReactionType work;

    private final List<String> problems;

    private ReplayType(ReactionType work, List<String> problems) {
        this.work = work;
        this.problems = problems;
    }

    /**
     * A replay of nothing yet.
     *
     * @param name lower case letters, digits and hyphens; no view and no reaction has the same
     */
    public static ReplayType named(String name) {
        return new ReplayType(ReactionType.named(Objects.requireNonNull(name, "name")).fromStart(), List.of());
    }

    /** Gives the events of an aggregate to a handler too. */
    public <E extends Event> ReplayType from(AggregateType<?, E, ?> aggregate, Reaction<E> handler) {
        return with(work.from(aggregate, handler));
    }

    /**
     * Repeats the effects of a reaction, with its limits. The reaction itself stands where it stood. It must be
     * {@link ReactionType#replayable()}.
     */
    public ReplayType of(ReactionType reaction) {
        List<String> found = new ArrayList<>(problems);
        if (!reaction.isReplayable()) {
            found.add("replay '" + name() + "' would repeat the effects of reaction '" + reaction.name()
                    + "', which does not allow it: add .replayable() to the reaction if they may happen again");
        }
        if (!work.sources().isEmpty()) {
            found.add("replay '" + name() + "' has handlers and those of reaction '" + reaction.name()
                    + "': make two replays of it");
        }
        return new ReplayType(reaction.as(name()).fromStart(), List.copyOf(found));
    }

    /** Works on so many streams at once; 8 unless said. */
    public ReplayType parallel(int streams) {
        return with(work.parallel(streams));
    }

    /**
     * Lets so many events have had their effect, or be having it, that the stored position does not cover; 1,000 unless
     * said. So many are repeated at most after a crash.
     */
    public ReplayType unsaved(int events) {
        return with(work.unsaved(events));
    }

    /** An effect that takes longer has failed; a minute unless said. */
    public ReplayType within(Duration time) {
        return with(work.within(time));
    }

    /**
     * Tries a failed effect again; when it has failed as often as it may, the replay is
     * {@link ReplayStatus.State#FAILED} before it, or parks its stream where the reaction says so.
     *
     * @param min the first pause, which doubles with each attempt; 200 ms unless said
     * @param max the longest pause; 30 s unless said
     * @param attempts how often an effect is tried in all; 10 unless said
     */
    public ReplayType retry(Duration min, Duration max, int attempts) {
        return with(work.retry(min, max, attempts));
    }

    private ReplayType with(ReactionType changed) {
        return new ReplayType(changed, problems);
    }

    /** What is wrong with the definition, each in a sentence. */
    public List<String> problems() {
        List<String> all = new ArrayList<>(problems);
        work.problems().forEach(problem -> all.add(problem.replaceFirst("^reaction ", "replay ")));
        return all;
    }

    /** Its name. */
    public String name() {
        return work.name();
    }

    /** Handlers and limits, under the name of the replay. */
    public ReactionType work() {
        return work;
    }

    /** How many events may have had their effect that the stored position does not cover. */
    public int unsaved() {
        return work.unsaved();
    }

    @Override
    public String toString() {
        return "ReplayType[" + name() + "]";
    }
}

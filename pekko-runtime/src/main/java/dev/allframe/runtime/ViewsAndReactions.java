package dev.allframe.runtime;

import dev.allframe.projection.Folding;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry;
import dev.allframe.projection.ReactionType;
import dev.allframe.projection.RowForms;
import dev.allframe.projection.Version;
import dev.allframe.projection.ViewComparison;
import dev.allframe.runtime.projection.Views;
import dev.allframe.runtime.reaction.Reactions;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The projections of a node: its views, and its reactions, which have other names. Thread-safe.
 *
 * @param needed views that can be neither paused nor retired
 */
record ViewsAndReactions(Views views, Reactions reactions, Set<String> needed) implements ProjectionRegistry {

    private boolean isReaction(String name) {
        return reactions.names().contains(Objects.requireNonNull(name, "name"));
    }

    private boolean isReaction(String name, Order order) {
        Objects.requireNonNull(order, "order");
        return isReaction(name);
    }

    @Override
    public List<ProjectionMetadata> describe() {
        return Stream.concat(views.describe().stream(), reactions.names().stream().map(reactions::describe))
                .sorted(Comparator.comparing(ProjectionMetadata::name))
                .toList();
    }

    @Override
    public ProjectionMetadata describe(String name) {
        return isReaction(name) ? reactions.describe(name) : views.describe(name);
    }

    /** Sagas stand still without their views, and no AllFrame with sagas starts that could resume them. */
    private void mustNotBeNeeded(String name) {
        if (needed.contains(Objects.requireNonNull(name, "name"))) {
            throw new IllegalArgumentException("view '" + name + "' is needed by sagas: it can be neither paused nor"
                    + " retired; rebuild it where its rows are wrong");
        }
    }

    @Override
    public CompletionStage<Void> pause(String name, Order order) {
        mustNotBeNeeded(name);
        return isReaction(name, order) ? reactions.pause(name, order) : views.pause(name, order);
    }

    @Override
    public CompletionStage<Void> resume(String name, Order order) {
        return isReaction(name, order) ? reactions.resume(name, order) : views.resume(name, order);
    }

    @Override
    public CompletionStage<Void> rebuild(String name, Order order) {
        if (isReaction(name, order)) {
            throw new IllegalArgumentException("'" + name + "' is a reaction: it has no rows, and its effects are not"
                    + " repeated");
        }
        return views.rebuild(name, order);
    }

    @Override
    public CompletionStage<ViewComparison> verify(String name, int mostDifferences, Consumer<Folding> progress) {
        Objects.requireNonNull(progress, "progress");
        mustHaveRows(name);
        return views.verify(name, mostDifferences, progress);
    }

    @Override
    public CompletionStage<ViewComparison> compare(String name, int mostDifferences, Consumer<Folding> progress) {
        Objects.requireNonNull(progress, "progress");
        mustHaveRows(name);
        return views.compare(name, mostDifferences, progress);
    }

    @Override
    public CompletionStage<ViewComparison> compare(RowForms<?, ?, ?> forms, int mostDifferences,
            Consumer<Folding> progress) {
        Objects.requireNonNull(progress, "progress");
        mustHaveRows(Objects.requireNonNull(forms, "forms").current().name());
        return views.compare(forms, mostDifferences, progress);
    }

    @Override
    public CompletionStage<Void> switchTo(String name, Version version, Duration patience, Order order) {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(patience, "patience");
        Objects.requireNonNull(order, "order");
        mustHaveRows(name);
        return views.switchTo(name, version, patience, order);
    }

    @Override
    public CompletionStage<Void> finish(String name, Order order) {
        Objects.requireNonNull(order, "order");
        mustHaveRows(name);
        return views.finish(name, order);
    }

    private void mustHaveRows(String name) {
        if (isReaction(name)) {
            throw new IllegalArgumentException("'" + name + "' is a reaction: it has no rows");
        }
    }

    @Override
    public CompletionStage<Void> rebuildAll(Order order) {
        return views.rebuildAll(Objects.requireNonNull(order, "order"));
    }

    /** A reaction that was retired and came back would have to guess which effects to repeat. */
    @Override
    public CompletionStage<Void> retire(String name, Order order) {
        if (isReaction(name, order)) {
            throw new IllegalArgumentException("'" + name + "' is a reaction, which has no rows to drop: pause it, and"
                    + " take it out of the code; where it stands is kept, for code that brings it back");
        }
        mustNotBeNeeded(name);
        return views.retire(name, order);
    }

    @Override
    public CompletionStage<Void> retry(String name, Order order) {
        return isReaction(name, order) ? reactions.retry(name, order) : views.retry(name, order);
    }

    @Override
    public CompletionStage<Void> restart(String name, ReactionType.Begin begin, Order order) {
        Objects.requireNonNull(begin, "begin");
        return isReaction(name, order) ? reactions.restart(name, begin, order) : views.restart(name, begin, order);
    }

    @Override
    public CompletionStage<Void> skip(String name, StreamId stream, long sequenceNr, Order order) {
        Objects.requireNonNull(stream, "stream");
        return isReaction(name, order)
                ? reactions.skip(name, stream, sequenceNr, order)
                : views.skip(name, stream, sequenceNr, order);
    }
}

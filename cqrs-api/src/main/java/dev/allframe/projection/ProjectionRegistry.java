package dev.allframe.projection;

import dev.allframe.store.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * What an operator sees of the projections and does with them. Each order is stored as an event in the stream
 * {@code allframe-projection|<name>} of the store, with its reason and who gave it, and every node follows: an order
 * stands when its stage completes, and nodes follow it soon after, also those that start later. Callable from any
 * thread.
 */
public interface ProjectionRegistry {

    /** How every projection is doing on this node, in the order of their names. */
    List<ProjectionMetadata> describe();

    /**
     * How one is doing on this node.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    ProjectionMetadata describe(String name);

    /** Stops applying events; what is served stays readable. */
    CompletionStage<Void> pause(String name, Order order);

    /** Goes on after a pause. */
    CompletionStage<Void> resume(String name, Order order);

    /**
     * Builds the view anew beside what is served, and serves the new rows when they are not behind. Fails with
     * {@link IllegalStateException} where events were deleted that the view would need and the order does not accept
     * that.
     */
    CompletionStage<Void> rebuild(String name, Order order);

    /**
     * Folds a view anew in tables of its own, up to where what is served is at this moment, and compares the rows: a
     * difference shows a handler that is not pure, or rows that were made by other code under the same version. What is
     * served goes on meanwhile; nothing is changed. Needs as much disk as the view has, and reads the whole store.
     *
     * @param mostDifferences so many keys that differ are named
     * @param progress is told how far it is, often, on the thread that folds
     * @return fails with {@link ViewNotReadyException} where nothing is served, with
     *         {@link dev.allframe.store.DeletedEventsException} where events were deleted that the view would need, and
     *         with {@link IllegalStateException} where an event fails that had not
     */
    CompletionStage<ViewComparison> verify(String name, int mostDifferences, Consumer<Folding> progress);

    /**
     * Compares the rows of the two versions of a view that replaces another, as both are at one position which both
     * come to: old rows are compared as what readers are given for them. Both versions go on meanwhile; nothing is
     * changed. In the answer the old version is first.
     *
     * @param mostDifferences so many keys that differ are named; {@link Integer#MAX_VALUE} for all
     * @param progress is told how many rows were looked at, often, on the thread that compares
     * @return fails with {@link ReplacementRefusedException} where a version has no rows, or does not go on before it
     *         has come to the position, and with {@link dev.allframe.store.CorruptStoreException} where rows cannot be
     *         read
     * @throws ReplacementRefusedException if the view replaces no other
     */
    CompletionStage<ViewComparison> compare(String name, int mostDifferences, Consumer<Folding> progress);

    /**
     * As {@link #compare(String, int, Consumer)}, in a form that the caller names.
     *
     * @throws IllegalArgumentException if the forms are not those of a view that is kept and of the version that it
     *         replaces
     */
    CompletionStage<ViewComparison> compare(RowForms<?, ?, ?> forms, int mostDifferences, Consumer<Folding> progress);

    /**
     * Lets the other of a view's two versions answer those who ask: the new one, or the old one again, which takes no
     * rebuild. The order stands when its stage completes; each node follows as soon as the version has applied
     * everything there that its readers may have seen, and the version that has answered stays live.
     *
     * @param version the version that is to answer
     * @param patience how long the stage waits for the version to have, on this node, all that readers have seen
     * @return fails with {@link ReplacementRefusedException} where the version has no rows, stands before an event, has
     *         parked a stream that the one which answers has not, is not where that one is within the time, or was
     *         given up by {@link #finish}
     * @throws ReplacementRefusedException if the view replaces no other
     * @throws IllegalArgumentException if it has no such version
     */
    CompletionStage<Void> switchTo(String name, Version version, Duration patience, Order order);

    /** As {@link #switchTo(String, Version, Duration, Order)}, to a version as a value. */
    default CompletionStage<Void> switchTo(ProjectionType<?, ?> type, Duration patience, Order order) {
        Objects.requireNonNull(type, "type");
        return switchTo(type.name(), type.version(), patience, order);
    }

    /**
     * Gives up the old version of a view, of which the new one answers: each node on which it does applies nothing more
     * to the old rows and deletes them. There is no way back, also not by a rebuild. Then {@code .replacing(…)} can be
     * taken out of the code.
     *
     * @return fails with {@link ReplacementRefusedException} where the new version does not answer here
     * @throws ReplacementRefusedException if the view replaces no other
     */
    CompletionStage<Void> finish(String name, Order order);

    /** As {@link #rebuild(String, Order)}, of a view as a value. */
    default CompletionStage<Void> rebuild(ProjectionType<?, ?> type, Order order) {
        return rebuild(type.name(), order);
    }

    /**
     * Builds every view anew that is not retired, as {@link #rebuild(String, Order)} does: at most one at a time on a
     * node. {@link #describe()} says which is being built, how far it is, and which wait.
     */
    CompletionStage<Void> rebuildAll(Order order);

    /**
     * Drops the rows of a view that is not wanted any more, on every node, also on one that starts later. Until it is
     * rebuilt it applies nothing, and reads throw {@link ViewNotReadyException}. Of a view that is not given to any
     * AllFrame the files are deleted. Repeats change nothing.
     *
     * @throws IllegalArgumentException if there is none of this name, or it is a reaction
     */
    CompletionStage<Void> retire(String name, Order order);

    /** Tries the events again that have failed: the one before which a view stands, and those of parked streams. */
    CompletionStage<Void> retry(String name, Order order);

    /**
     * Makes a reaction begin anew: with {@link ReactionType.Begin#START} every event that is stored has its effect,
     * again where it had it, and with {@link ReactionType.Begin#NOW} those that are stored behind the order. Effects
     * under way end before, and parked streams are forgotten. For a reaction whose position is not one of this store,
     * it says where to go on.
     *
     * @throws IllegalArgumentException if it is a view, which is rebuilt
     */
    CompletionStage<Void> restart(String name, ReactionType.Begin begin, Order order);

    /**
     * Leaves one event out, from now on and in every rebuild, and tries again.
     *
     * @return fails with {@link IllegalArgumentException} if the stream has no event of this number yet
     * @throws IllegalArgumentException if the projection does not read the aggregate of the stream, or the number is
     *         below 1
     */
    CompletionStage<Void> skip(String name, StreamId stream, long sequenceNr, Order order);

    /**
     * Who wants it and why.
     *
     * @param by a person or a program, at most {@link #MAX_LENGTH} characters
     * @param reason a sentence, at most {@link #MAX_LENGTH} characters
     * @param acceptsDeletedEvents for a rebuild: the new rows may lack what deleted events had made
     */
    record Order(String by, String reason, boolean acceptsDeletedEvents) {

        /** How long each text may be. */
        public static final int MAX_LENGTH = 1_000;

        public Order {
            check("by", by);
            check("reason", reason);
        }

        private static void check(String what, String text) {
            Objects.requireNonNull(text, what);
            if (text.length() > MAX_LENGTH) {
                throw new IllegalArgumentException(what + " has " + text.length() + " characters, and may have "
                        + MAX_LENGTH);
            }
        }

        /** An order that accepts nothing. */
        public static Order of(String by, String reason) {
            return new Order(by, reason, false);
        }

        /** The same, which accepts that deleted events are missing. */
        public Order acceptingDeletedEvents() {
            return new Order(by, reason, true);
        }
    }
}

package dev.allframe.runtime.aggregate;

import dev.allframe.codec.StateCodec;
import java.util.List;
import java.util.Objects;
import org.apache.pekko.persistence.typed.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.typed.javadsl.Recovery;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of one behavior of an instance: when one is taken, whether the recovery begins with one, and what has
 * come of that. Belongs to one actor: used by its thread alone.
 */
final class Snapshots<S> {

    /** What is to be done when a recovery has come to its end. */
    enum Recovered {
        /** The instance takes commands. */
        GO_ON,
        /** A new behavior recovers in another way, because it uses the snapshot where this did not, or the reverse. */
        BEGIN_AGAIN
    }

    private final RegisteredAggregate<?, ?, S> aggregate;
    private final Hosting hosting;
    private final SnapshotUse use;

    /** Why this behavior does not use the snapshot; null where it does. */
    private final @Nullable String discarded;

    /** Records that were read in the recovery under way. */
    private long replayed;

    private @Nullable String incomplete;

    Snapshots(RegisteredAggregate<?, ?, S> aggregate, Hosting hosting, SnapshotUse use) {
        this.aggregate = aggregate;
        this.hosting = hosting;
        this.use = use;
        discarded = use.discarded();
    }

    /** How the behavior recovers: from its events alone where the snapshot is not used. */
    Recovery recovery(Recovery usual) {
        return discarded == null
                ? usual
                : Recovery.withSnapshotSelectionCriteria(SnapshotSelectionCriteria.none());
    }

    /** A record was read. */
    void replayed() {
        replayed++;
    }

    /** The recovery has failed; another one may begin. */
    void notRecovered() {
        replayed = 0;
    }

    /**
     * Where the snapshot was of another shape, a new behavior begins and makes the state from the events, if they are
     * all there.
     *
     * @param lastSequenceNr of the last record
     */
    Recovered recovered(AggregateState<S> state, long lastSequenceNr) {
        long records = replayed;
        replayed = 0;
        long version = Math.max(lastSequenceNr, use.version());
        if (state.outdated()) {
            use.discard(Objects.requireNonNull(state.unreadable()), version);
            return Recovered.BEGIN_AGAIN;
        }
        if (discarded != null) {
            if (records == version) {
                use.rebuilt();
            } else if (use.discarded() == null) {
                return Recovered.BEGIN_AGAIN; // with the snapshot that was taken since
            } else {
                incomplete = "the snapshot cannot be used, and its state not be rebuilt, because the first "
                        + (version - records) + " records were deleted: " + discarded;
            }
        }
        return Recovered.GO_ON;
    }

    /** Why the events alone do not make the state; null where they do, or need not. */
    @Nullable String incomplete() {
        return incomplete;
    }

    /** When snapshots are taken by the number of records, and how many are kept. */
    RetentionCriteria retention() {
        return areTaken()
                ? RetentionCriteria.snapshotEvery(aggregate.type().snapshotEvery(), hosting.settings().snapshotsKept())
                : RetentionCriteria.disabled();
    }

    /** Whether one is taken with the record that was stored, whatever its number. */
    boolean takeDue() {
        return areTaken() && use.takeDue();
    }

    private boolean areTaken() {
        return aggregate.type().snapshotEvery() > 0 && hosting.storage().hasSnapshots();
    }

    /**
     * A state that a snapshot with these records could not take is refused before they are stored.
     *
     * @param version that of the stream before the records
     * @throws dev.allframe.codec.CodecException if it cannot be written
     */
    void mustBeWritable(List<Recorded<S>> records, long version) {
        StateCodec<S> codec = aggregate.states();
        long every = aggregate.type().snapshotEvery();
        if (codec != null && areTaken()
                && (use.isDue() || version / every != (version + records.size()) / every)) {
            codec.encode(Objects.requireNonNull(records.getLast().evolved()));
        }
    }
}

package dev.allframe.journal.plugin;

import dev.allframe.store.Position;
import org.apache.pekko.persistence.query.NoOffset$;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.Sequence;

/**
 * Positions of a storage as Pekko's offsets. A {@link Sequence} is the index of a position, so the storage must have
 * one order only.
 */
final class Offsets {

    private Offsets() {}

    static Offset offset(Position position) {
        if (position.partition() != 0 || position.epoch() != 0) {
            throw new UnsupportedOperationException(
                    "a Sequence offset needs one partition in its first epoch, not " + position);
        }
        return new Sequence(position.index());
    }

    /**
     * The position of an offset that a query of this storage gave.
     *
     * @throws IllegalArgumentException if the offset is of another kind
     */
    static Position position(Offset offset, String storeId) {
        if (offset instanceof Sequence sequence) {
            return sequence.value() == 0 ? Position.START : new Position(storeId, 0, 0, sequence.value());
        }
        if (offset.equals(NoOffset$.MODULE$)) {
            return Position.START;
        }
        throw new IllegalArgumentException("offsets of this journal are Sequence and NoOffset, not "
                + offset.getClass().getName() + ": " + offset);
    }
}

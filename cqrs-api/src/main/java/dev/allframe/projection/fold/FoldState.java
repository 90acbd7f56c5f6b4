package dev.allframe.projection.fold;

import dev.allframe.store.Position;
import org.jspecify.annotations.Nullable;

/**
 * How far a generation is, and what it holds.
 *
 * @param position everything up to here was applied
 * @param rows how many rows there are
 * @param digest the digest of the rows
 * @param witness the last record that was applied; null before the first
 */
public record FoldState(Position position, long rows, Digest digest, @Nullable Witness witness) {

    /** Of an empty generation. */
    public static final FoldState EMPTY = new FoldState(Position.START, 0, Digest.NONE, null);

    FoldState at(Position changed) {
        return new FoldState(changed, rows, digest, witness);
    }
}

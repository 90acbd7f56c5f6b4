package dev.allframe.runtime.projection;

import dev.allframe.projection.fold.Digest;
import dev.allframe.projection.fold.FoldState;

/**
 * Tells whether a view's rows are what they were at another moment: equal rows are equal digests, whatever was written
 * in between and whichever generation is served.
 *
 * @param rows how many there are
 * @param digest their digest
 */
public record RowsDigest(long rows, Digest digest) {

    static RowsDigest of(FoldState state) {
        return new RowsDigest(state.rows(), state.digest());
    }
}

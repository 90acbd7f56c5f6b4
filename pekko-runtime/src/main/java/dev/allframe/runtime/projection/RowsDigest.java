package dev.allframe.runtime.projection;

import dev.allframe.projection.fold.Digest;
import dev.allframe.projection.fold.FoldState;

/**
 * Tells whether a view's rows are what they were at another moment: equal rows are equal digests, whatever was written
 * in between and whichever generation of a version is served. Rows of two versions mean different things.
 *
 * @param version the version of the code that made them
 * @param rows how many there are
 * @param digest their digest
 */
public record RowsDigest(int version, long rows, Digest digest) {

    static RowsDigest of(int version, FoldState state) {
        return new RowsDigest(version, state.rows(), state.digest());
    }
}

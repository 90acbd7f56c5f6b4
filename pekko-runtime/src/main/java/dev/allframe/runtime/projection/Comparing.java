package dev.allframe.runtime.projection;

import dev.allframe.codec.RowCodec;
import dev.allframe.projection.Folding;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ViewComparison;
import dev.allframe.projection.ViewComparison.Difference;
import dev.allframe.projection.fold.StoredRows;
import dev.allframe.store.Position;
import dev.allframe.store.view.Cursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Walks over the rows of two tables at once, in the order of their keys, and finds those that differ. */
final class Comparing<K, R, S> {

    private static final int TOLD_EACH = 1_000;

    private final Keys<K> keys;
    private final RowCodec<R> codec;
    private final RowCodec<S> otherCodec;
    private final Sameness sameness;
    private final int most;
    private final List<Difference> differences = new ArrayList<>();
    private long different;

    /** Whether two stored rows of one key are the same. */
    interface Sameness {

        /** Equal bytes. */
        Sameness OF_BYTES = (key, row, other) -> Arrays.equals(row, other);

        boolean isSame(byte[] key, byte[] row, byte[] other);
    }

    /**
     * Rows of one side.
     *
     * @param rows to be gone through
     * @param digest of all of them
     */
    record Side(Cursor rows, RowsDigest digest) {}

    /** @param most so many differences are named */
    Comparing(Keys<K> keys, RowCodec<R> codec, RowCodec<S> otherCodec, Sameness sameness, int most) {
        this.keys = keys;
        this.codec = codec;
        this.otherCodec = otherCodec;
        this.sameness = sameness;
        this.most = most;
    }

    /**
     * What differs.
     *
     * @param at where both sides are
     * @param progress is told how many rows were looked at
     */
    ViewComparison of(String view, Position at, Side side, Side otherSide, Consumer<Folding> progress) {
        Cursor rows = side.rows;
        Cursor others = otherSide.rows;
        long total = side.digest.rows() + otherSide.digest.rows();
        long looked = 0;
        boolean has = rows.next();
        boolean otherHas = others.next();
        while (has || otherHas) {
            int order = !has ? 1 : !otherHas ? -1 : Arrays.compareUnsigned(rows.key(), others.key());
            byte[] row = order <= 0 ? rows.value() : null;
            byte[] other = order >= 0 ? others.value() : null;
            byte[] key = order <= 0 ? rows.key() : others.key();
            if (row == null || other == null || !sameness.isSame(key, row, other)) {
                differ(key, row, other);
            }
            long before = looked;
            looked += order == 0 ? 2 : 1;
            if (before / TOLD_EACH != looked / TOLD_EACH) {
                progress.accept(new Folding(Math.min(looked, total), total));
            }
            has = order <= 0 ? rows.next() : has;
            otherHas = order >= 0 ? others.next() : otherHas;
        }
        progress.accept(new Folding(total, total));
        return new ViewComparison(view, at, side.digest.rows(), otherSide.digest.rows(),
                side.digest.digest().toString(), otherSide.digest.digest().toString(), different, differences);
    }

    private void differ(byte[] key, byte @Nullable [] row, byte @Nullable [] other) {
        different++;
        if (differences.size() < most) {
            differences.add(new Difference(keys.decode(key), row == null ? null : StoredRows.decode(codec, row),
                    other == null ? null : StoredRows.decode(otherCodec, other)));
        }
    }
}

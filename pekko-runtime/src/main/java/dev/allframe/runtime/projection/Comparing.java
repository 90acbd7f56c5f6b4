package dev.allframe.runtime.projection;

import dev.allframe.codec.RowCodec;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ViewComparison;
import dev.allframe.projection.ViewComparison.Difference;
import dev.allframe.projection.fold.FoldState;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks over the rows of two tables at once, in the order of their keys, and finds those that differ. */
final class Comparing<K, R, S> {

    private final Keys<K> keys;
    private final RowCodec<R> codec;
    private final RowCodec<S> otherCodec;
    private final int most;
    private final List<Difference> differences = new ArrayList<>();
    private long different;

    /** @param most so many differences are named */
    Comparing(Keys<K> keys, RowCodec<R> codec, RowCodec<S> otherCodec, int most) {
        this.keys = keys;
        this.codec = codec;
        this.otherCodec = otherCodec;
        this.most = most;
    }

    ViewComparison of(String view, ViewReads tables, FoldState state, ViewReads otherTables, FoldState otherState) {
        try (Cursor rows = tables.cursor(ViewTable.ROWS, KeyRange.all(), false);
                Cursor others = otherTables.cursor(ViewTable.ROWS, KeyRange.all(), false)) {
            boolean has = rows.next();
            boolean otherHas = others.next();
            while (has || otherHas) {
                int order = !has ? 1 : !otherHas ? -1 : Arrays.compareUnsigned(rows.key(), others.key());
                byte[] row = order <= 0 ? rows.value() : null;
                byte[] other = order >= 0 ? others.value() : null;
                if (!Arrays.equals(row, other)) {
                    differ(order <= 0 ? rows.key() : others.key(), row, other);
                }
                has = order <= 0 ? rows.next() : has;
                otherHas = order >= 0 ? others.next() : otherHas;
            }
        }
        return new ViewComparison(view, state.position(), state.rows(), otherState.rows(), state.digest().toString(),
                otherState.digest().toString(), different, differences);
    }

    private void differ(byte[] key, byte @Nullable [] row, byte @Nullable [] other) {
        different++;
        if (differences.size() < most) {
            differences.add(new Difference(keys.decode(key), row == null ? null : codec.decode(row),
                    other == null ? null : otherCodec.decode(other)));
        }
    }
}

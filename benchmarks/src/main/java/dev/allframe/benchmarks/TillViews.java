package dev.allframe.benchmarks;

import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;

import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.RangeIndex;

/** The views that are measured: each till with its balance and its last reference. */
final class TillViews {

    /** A till's row. */
    record TillRow(long balance, String reference) {

        static final TillRow NONE = new TillRow(0, "");

        TillRow after(Tills.PaidIn paidIn) {
            return new TillRow(balance + paidIn.amount(), paidIn.reference());
        }
    }

    /** Changes with every event. */
    static final RangeIndex<TillRow, Long> BALANCE = RangeIndex.on("balance", TillRow::balance, Keys.LONG);

    /** Found by the till's id alone. */
    static final ProjectionType<String, TillRow> PLAIN = named("tills");

    /** Found by the balance too. */
    static final ProjectionType<String, TillRow> INDEXED = indexed("tills-by-balance");

    private TillViews() {}

    /** The same under another name, for several beside each other. */
    static ProjectionType<String, TillRow> indexed(String name) {
        return named(name).indexedBy(BALANCE);
    }

    private static ProjectionType<String, TillRow> named(String name) {
        return ProjectionType.named(name, version(1), String.class, TillRow.class)
                .from(Tills.TILL, (paidIn, info) -> upsert(info.id(), TillRow.NONE, row -> row.after(paidIn)))
                .perStream();
    }
}

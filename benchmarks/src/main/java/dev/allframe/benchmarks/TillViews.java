package dev.allframe.benchmarks;

import static dev.allframe.pipeline.Windows.tumbling;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;

import dev.allframe.pipeline.Pipeline;
import dev.allframe.pipeline.Windowed;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.RangeIndex;
import java.time.Duration;
import java.time.Instant;

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

    /** What a till has taken in a second. */
    record Taken(long sum, long count) {

        static final Taken NOTHING = new Taken(0, 0);

        Taken plus(Tills.PaidIn paidIn) {
            return new Taken(sum + paidIn.amount(), count + 1);
        }
    }

    private record Payment(String till, Instant at, Tills.PaidIn paidIn) {}

    /** By till and second. */
    static final ProjectionType<Windowed<String, Instant>, Taken> BY_SECOND = Pipeline.from(Tills.TILL)
            .mapWithInfo((paidIn, info) -> new Payment(info.id(), info.timestamp(), paidIn))
            .groupBy(String.class, Payment::till)
            .window(tumbling(Duration.ofSeconds(1)), Payment::at)
            .reduce(Taken.NOTHING, (taken, payment) -> taken.plus(payment.paidIn()))
            .into("tills-by-second", version(1));

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

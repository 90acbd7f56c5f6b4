package dev.allframe.runtime.query;

import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewReader;
import dev.allframe.query.QueryViews;
import dev.allframe.runtime.projection.QueriedView;
import dev.allframe.runtime.projection.RowsDigest;
import dev.allframe.runtime.projection.ViewMoment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The views of a query, each at one moment, until it is closed. */
final class MomentOfViews implements QueryViews, AutoCloseable {

    private final List<ViewMoment<?, ?>> moments = new ArrayList<>();

    /** @throws dev.allframe.projection.ViewNotReadyException if one of them cannot be read */
    MomentOfViews(List<QueriedView<?, ?>> views) {
        try {
            views.forEach(view -> moments.add(view.moment()));
        } catch (RuntimeException | Error failed) {
            close();
            throw failed;
        }
    }

    @Override
    @SuppressWarnings("unchecked") // the same type value has the same keys and rows
    public <K, R> ViewReader<K, R> view(ProjectionType<K, R> type) {
        for (ViewMoment<?, ?> moment : moments) {
            if (moment.type() == type) {
                return (ViewReader<K, R>) moment.rows();
            }
        }
        throw new IllegalArgumentException("the query does not read view '" + type.name()
                + "': name it in .reads(…) of its QueryType");
    }

    /** What tells whether the rows are the same at another moment. */
    List<@Nullable RowsDigest> digests() {
        List<@Nullable RowsDigest> digests = new ArrayList<>();
        moments.forEach(moment -> digests.add(moment.digest()));
        return digests;
    }

    /** The view whose rows could not be read; null where all could. */
    @Nullable String damaged() {
        return moments.stream()
                .filter(ViewMoment::isDamaged)
                .map(moment -> moment.type().name())
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() {
        moments.forEach(ViewMoment::close);
    }
}

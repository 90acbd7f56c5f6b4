package dev.allframe.query;

import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewReader;

/**
 * The views that a query reads, each as it is at one moment: all reads of one view see the same rows. Two views may be
 * at different moments, none of which is before a token that the query was asked with. Of no use after the handler has
 * returned.
 */
public interface QueryViews {

    /**
     * The rows of a view.
     *
     * @throws IllegalArgumentException if the query type does not name the view in {@link QueryType#reads}
     */
    <K, R> ViewReader<K, R> view(ProjectionType<K, R> type);
}

package dev.allframe.runtime.query;

import dev.allframe.projection.ProjectionType;
import dev.allframe.query.QueryType;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks at the queries of an AllFrame before it starts. */
public final class QueryCheck {

    private QueryCheck() {}

    /**
     * Adds what is wrong with queries.
     *
     * @param kept the views that are kept
     */
    public static void run(List<QueryType<?, ?>> queries, List<ProjectionType<?, ?>> kept,
            Collection<String> problems) {
        Set<Class<?>> classes = new HashSet<>();
        for (QueryType<?, ?> type : queries) {
            String query = "query " + type.queryClass().getName();
            if (!classes.add(type.queryClass())) {
                problems.add(query + " is answered twice");
            }
            problems.addAll(type.problems());
            for (ProjectionType<?, ?> view : type.views()) {
                if (kept.stream().noneMatch(each -> each == view)) {
                    problems.add(query + " reads view '" + view.name()
                            + "', which was not given to the builder of this AllFrame: add .projection(…)");
                }
            }
        }
    }
}

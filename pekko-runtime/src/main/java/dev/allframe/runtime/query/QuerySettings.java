package dev.allframe.runtime.query;

import com.typesafe.config.Config;
import dev.allframe.query.QueryType;
import dev.allframe.runtime.projection.ProjectionSettings;
import dev.allframe.runtime.storage.Setting;
import java.time.Duration;

/**
 * The section {@code allframe.queries}, checked.
 *
 * @param timeout the time limit of a query that has none
 * @param maxInFlight how many queries may wait for their answer on this node
 * @param runsPerQuery how often the handler of a query runs at once that does not say
 * @param cachedAnswers how many answers are kept of each query
 */
public record QuerySettings(Duration timeout, int maxInFlight, int runsPerQuery, int cachedAnswers) {

    private static final String SECTION = "allframe.queries.";
    private static final int MOST = 1_000_000;

    /**
     * Reads the section.
     *
     * @throws dev.allframe.runtime.storage.ConfigurationException for a value that is not allowed
     */
    public static QuerySettings of(Config config) {
        return new QuerySettings(timeout(config),
                ProjectionSettings.whole(config, SECTION + "max-in-flight", 1, MOST),
                ProjectionSettings.whole(config, SECTION + "runs-per-query", 1, MOST),
                ProjectionSettings.whole(config, SECTION + "cached-answers", 1, MOST));
    }

    private static Duration timeout(Config config) {
        return Setting.read(config, SECTION + "timeout", "a time from 1ms to 1d", (all, path) -> {
            Duration value = all.getDuration(path);
            if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(QueryType.MAX_WITHIN) > 0) {
                throw new IllegalArgumentException(path);
            }
            return value;
        });
    }
}

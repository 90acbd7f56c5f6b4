package dev.allframe.runtime.projection;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.store.EventReader;
import java.time.Duration;

/**
 * The section {@code allframe.projections}, checked.
 *
 * @param pageSize how many records a page has at most
 * @param rebuildRate how many records a second a rebuild reads beside a served view; 0 for as many as it can
 * @param flushInterval after this time at most, what was applied is durable
 * @param backoffMin the first pause after a failure of the storage
 * @param backoffMax the longest
 */
record ProjectionSettings(int pageSize, int rebuildRate, Duration flushInterval, Duration backoffMin,
        Duration backoffMax) {

    static final String DISPATCHER = "allframe.projections.dispatcher";

    static ProjectionSettings of(Config config) {
        try {
            Config section = config.getConfig("allframe.projections");
            return new ProjectionSettings(whole(section, "page-size", 1, EventReader.MAX_PAGE),
                    whole(section, "rebuild-rate", 0, Integer.MAX_VALUE),
                    time(section, "flush-interval"), time(section, "restart-backoff.min"),
                    time(section, "restart-backoff.max"));
        } catch (ConfigException wrong) {
            throw new ConfigurationException("the configuration is wrong at allframe.projections: "
                    + Failures.message(wrong), wrong);
        }
    }

    private static int whole(Config section, String key, int least, int most) {
        int value = section.getInt(key);
        if (value < least || value > most) {
            throw new ConfigurationException("allframe.projections." + key + " = " + value + " must be " + least
                    + " to " + most);
        }
        return value;
    }

    private static Duration time(Config section, String key) {
        Duration value = section.getDuration(key);
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(20)) > 0) {
            throw new ConfigurationException("allframe.projections." + key + " = " + section.getString(key)
                    + " must be at least 1ms and at most 20d");
        }
        return value;
    }
}

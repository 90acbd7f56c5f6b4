package dev.allframe.runtime.projection;

import com.typesafe.config.Config;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.Setting;
import dev.allframe.store.EventReader;
import java.time.Duration;

/**
 * The section {@code allframe.projections}, checked.
 *
 * @param pageSize how many records a page has at most
 * @param rebuildRate how many records a second a rebuild reads beside a served view; 0 for as many as it can
 * @param flushInterval after this time at most, what was applied is durable
 * @param keepOld for so long is a generation kept that one of other code has replaced; zero for not at all
 * @param backoffMin the first pause after a failure of the storage
 * @param backoffMax the longest
 */
public record ProjectionSettings(int pageSize, int rebuildRate, Duration flushInterval, Duration keepOld,
        Duration backoffMin, Duration backoffMax) {

    private static final String SECTION = "allframe.projections.";

    static final String DISPATCHER = "allframe.projections.dispatcher";

    /**
     * Reads the section.
     *
     * @throws ConfigurationException for a value that is not allowed
     */
    public static ProjectionSettings of(Config config) {
        RestartBackoff backoff = RestartBackoff.of(config, SECTION);
        return new ProjectionSettings(whole(config, SECTION + "page-size", 1, EventReader.MAX_PAGE),
                whole(config, SECTION + "rebuild-rate", 0, Integer.MAX_VALUE),
                RestartBackoff.time(config, SECTION + "flush-interval"), keepOld(config), backoff.min(), backoff.max());
    }

    /** A whole number of a section. */
    public static int whole(Config config, String key, int least, int most) {
        return Setting.read(config, key, "a whole number from " + least + " to " + most, (all, path) -> {
            int value = all.getInt(path);
            if (value < least || value > most) {
                throw new IllegalArgumentException(path);
            }
            return value;
        });
    }

    private static Duration keepOld(Config config) {
        return Setting.read(config, SECTION + "keep-old", "a time from 0s to 3650d", (all, path) -> {
            Duration value = all.getDuration(path);
            if (value.isNegative() || value.compareTo(Duration.ofDays(3_650)) > 0) {
                throw new IllegalArgumentException(path);
            }
            return value;
        });
    }

    /** The pause after so many failures in a row. */
    Duration backoff(int failures) {
        return new RestartBackoff(backoffMin, backoffMax).after(failures);
    }
}

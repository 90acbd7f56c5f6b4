package dev.allframe.runtime.saga;

import com.typesafe.config.Config;
import dev.allframe.runtime.projection.ProjectionSettings;
import dev.allframe.runtime.storage.Setting;
import java.time.Duration;

/**
 * The section {@code allframe.sagas}, checked.
 *
 * @param maxInFlight how many messages to sagas may wait for their answer on this node
 * @param callsPerStep how many calls of one step may be under way on this node
 * @param holdFor a saga that waits for no longer keeps its actor, so that a timer of the node wakes it
 * @param clockSkew how far the clocks of nodes may differ
 * @param startPatience how long starting waits for the view of all sagas
 */
public record SagaSettings(int maxInFlight, int callsPerStep, Duration holdFor, Duration clockSkew,
        Duration startPatience) {

    private static final String SECTION = "allframe.sagas.";
    private static final int MOST = 1_000_000;

    /**
     * Reads the section.
     *
     * @throws dev.allframe.runtime.storage.ConfigurationException for a value that is not allowed
     */
    public static SagaSettings of(Config config) {
        return new SagaSettings(ProjectionSettings.whole(config, SECTION + "max-in-flight", 1, MOST),
                ProjectionSettings.whole(config, SECTION + "calls-per-step", 1, MOST),
                time(config, "hold-for", Duration.ofHours(1)), time(config, "clock-skew", Duration.ofDays(1)),
                time(config, "start-patience", Duration.ofDays(20)));
    }

    private static Duration time(Config config, String key, Duration most) {
        return Setting.read(config, SECTION + key, "a time from 0s to " + most, (all, path) -> {
            Duration value = all.getDuration(path);
            if (value.isNegative() || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(path);
            }
            return value;
        });
    }
}

package dev.allframe.runtime.projection;

import com.typesafe.config.Config;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.Setting;
import java.time.Duration;

/**
 * The pauses before what has failed goes on by itself, a section {@code restart-backoff}: they grow from the first to
 * the longest.
 *
 * @param min the first pause
 * @param max the longest
 */
public record RestartBackoff(Duration min, Duration max) {

    /**
     * Reads the section below another.
     *
     * @param section with a dot behind it
     * @throws ConfigurationException for a value that is not allowed
     */
    public static RestartBackoff of(Config config, String section) {
        Duration least = time(config, section + "restart-backoff.min");
        Duration most = time(config, section + "restart-backoff.max");
        if (least.compareTo(most) > 0) {
            throw new ConfigurationException(section + "restart-backoff.min = " + least
                    + " must not be more than restart-backoff.max = " + most);
        }
        return new RestartBackoff(least, most);
    }

    /** A time that is waited for, from 1 ms to 20 days. */
    static Duration time(Config config, String key) {
        return Setting.read(config, key, "a time from 1ms to 20d", (all, path) -> {
            Duration value = all.getDuration(path);
            if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(20)) > 0) {
                throw new IllegalArgumentException(path);
            }
            return value;
        });
    }

    /** The pause after so many failures in a row, 1 or more. */
    public Duration after(int failures) {
        long pause = min.toMillis() << Math.min(failures - 1, 20);
        return Duration.ofMillis(Math.min(pause, max.toMillis()));
    }
}

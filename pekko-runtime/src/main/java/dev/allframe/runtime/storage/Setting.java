package dev.allframe.runtime.storage;

import com.typesafe.config.Config;
import dev.allframe.config.ConfigValues;
import dev.allframe.failure.Failures;
import java.util.function.BiFunction;

/** Reads values that AllFrame is started with. */
public final class Setting {

    private Setting() {}

    /**
     * The value of a key, as {@link ConfigValues#read} says.
     *
     * @throws ConfigurationException if the value is missing, of another type, or not allowed
     */
    public static <T> T read(Config config, String key, String allowed, BiFunction<Config, String, T> reading) {
        try {
            return ConfigValues.read(config, key, allowed, reading);
        } catch (IllegalArgumentException wrong) {
            throw new ConfigurationException(Failures.message(wrong), wrong);
        }
    }

    /** A text, which may be empty. */
    public static String text(Config config, String key, String allowed) {
        return read(config, key, allowed, Config::getString);
    }
}

package dev.allframe.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigRenderOptions;
import java.util.function.BiFunction;

/** Reads values of the configuration. A refusal has the whole key, the value and what is allowed. */
public final class ConfigValues {

    private ConfigValues() {}

    /**
     * The value of a key.
     *
     * @param key the whole key
     * @param allowed what the key may have, as it follows "must be"
     * @param reading throws {@link IllegalArgumentException} for a value that is not allowed
     * @throws IllegalArgumentException if the value is missing, of another type, or not allowed
     */
    public static <T> T read(Config config, String key, String allowed, BiFunction<Config, String, T> reading) {
        try {
            return reading.apply(config, key);
        } catch (ConfigException | IllegalArgumentException wrong) {
            throw new IllegalArgumentException(key + " = " + shown(config, key) + " must be " + allowed, wrong);
        }
    }

    /** The value of a key as a user writes it. */
    public static String shown(Config config, String key) {
        if (!isThere(config, key)) {
            String above = key;
            while (!isThere(config, above) && above.contains(".")) {
                above = above.substring(0, above.lastIndexOf('.'));
            }
            String value = isThere(config, above) ? rendered(config, above) : "{";
            return value.startsWith("{") ? "(not set)" : "(inside of " + value + ")";
        }
        String text = rendered(config, key);
        boolean isWord = text.startsWith("\"") && !config.getString(key).isBlank();
        return isWord ? config.getString(key) : text;
    }

    private static boolean isThere(Config config, String key) {
        try {
            return config.hasPathOrNull(key);
        } catch (ConfigException cutInAName) {
            return false;
        }
    }

    private static String rendered(Config config, String key) {
        return config.getIsNull(key) ? "null" : config.getValue(key).render(ConfigRenderOptions.concise());
    }
}

package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.allframe.config.ConfigValues;
import java.util.function.BiFunction;

/**
 * The section of a storage root. Its keys are named without the root; a refusal has the whole key, the value and what
 * is allowed. Immutable.
 */
public final class StorageSettings {

    private final Config all;
    private final String root;

    private StorageSettings(Config all, String root) {
        this.all = all;
        this.root = root;
    }

    /**
     * The section of a root, whose plugins' sections are as they must be.
     *
     * @param all the whole configuration of an actor system
     * @param root the path of the section, {@code inmemory}
     * @param classes has the classes that the configuration names
     * @throws IllegalArgumentException for the first value that is not allowed, with its whole key
     */
    public static StorageSettings of(Config all, String root, ClassLoader classes) {
        StorageSettings settings = new StorageSettings(all, root);
        PluginSections.check(settings, all, classes);
        return settings;
    }

    /** The path of a key in the whole configuration. */
    public String path(String key) {
        return root + "." + key;
    }

    /** Whether a key is there, also where its value is {@code null}. */
    boolean has(String key) {
        try {
            return all.hasPathOrNull(path(key));
        } catch (ConfigException noSection) {
            return true;
        }
    }

    /** A text, which may be empty. */
    public String text(String key) {
        return value(key, "a text", Config::getString);
    }

    /**
     * The value of a key.
     *
     * @param allowed what the key may have, as it follows "must be"
     * @param reading takes the whole configuration and the whole key; throws {@link IllegalArgumentException} for a
     *        value that is not allowed
     * @throws IllegalArgumentException if the value is missing, of another type, or not allowed
     */
    public <T> T value(String key, String allowed, BiFunction<Config, String, T> reading) {
        return ConfigValues.read(all, path(key), allowed, reading);
    }
}

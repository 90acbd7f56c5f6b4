package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import dev.allframe.config.ConfigValues;
import dev.allframe.store.EventReader;

/** How many records a query reads at once. */
final class PageSize {

    private PageSize() {}

    /**
     * The number in the section of a plugin.
     *
     * @param all the whole configuration
     * @param pluginId the path of the section
     * @throws IllegalArgumentException if it is out of range: a store gives no larger page
     */
    static int of(Config all, String pluginId) {
        return ConfigValues.read(all, pluginId + ".page-size", "1 to " + EventReader.MAX_PAGE, (config, key) -> {
            int size = config.getInt(key);
            if (size < 1 || size > EventReader.MAX_PAGE) {
                throw new IllegalArgumentException(key);
            }
            return size;
        });
    }
}

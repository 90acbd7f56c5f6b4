package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import dev.allframe.store.EventReader;

/** How many records a query reads at once. */
final class PageSize {

    private PageSize() {}

    /**
     * The number in the section of a plugin.
     *
     * @param plugin the section
     * @param pluginId its path, which the error names
     * @throws IllegalArgumentException if it is out of range: a store gives no larger page
     */
    static int of(Config plugin, String pluginId) {
        int size = plugin.getInt("page-size");
        if (size < 1 || size > EventReader.MAX_PAGE) {
            throw new IllegalArgumentException(
                    pluginId + ".page-size must be from 1 to " + EventReader.MAX_PAGE + ", not " + size);
        }
        return size;
    }
}

package dev.allframe.runtime.reaction;

import com.typesafe.config.Config;
import dev.allframe.runtime.projection.ProjectionSettings;
import dev.allframe.runtime.projection.RestartBackoff;
import dev.allframe.store.EventReader;

/**
 * The section {@code allframe.reactions}, checked.
 *
 * @param pageSize how many records are read at once at most
 * @param backoff the pauses after a failure of the storage
 */
public record ReactionSettings(int pageSize, RestartBackoff backoff) {

    private static final String SECTION = "allframe.reactions.";

    /**
     * Reads the section.
     *
     * @throws dev.allframe.runtime.storage.ConfigurationException for a value that is not allowed
     */
    public static ReactionSettings of(Config config) {
        return new ReactionSettings(
                ProjectionSettings.whole(config, SECTION + "page-size", 1, EventReader.MAX_PAGE),
                RestartBackoff.of(config, SECTION));
    }
}

package dev.allframe.journal.allsource;

import com.typesafe.config.Config;
import dev.allframe.journal.allsource.engine.upkeep.RetentionRule;
import dev.allframe.journal.plugin.BackendProvider;
import dev.allframe.journal.plugin.StorageSettings;
import dev.allframe.store.EventStoreBackend;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;

/**
 * Opens durable stores for the Pekko plugins, from a configuration section such as {@code allsource}. Called by the
 * plugins.
 */
public final class AllSourceBackendProvider implements BackendProvider {

    @Override
    public EventStoreBackend open(ActorSystem system, StorageSettings settings) {
        return AllSourceBackend.withConfig(config(settings), "actor system '" + system.name() + "'");
    }

    /**
     * What the section of a store says.
     *
     * @throws IllegalArgumentException for the first value that is not allowed, with its whole key
     */
    static AllSourceConfig config(StorageSettings settings) {
        refuseOtherDurability(settings);
        AllSourceViewStoreProvider.memoryBytes(settings); // opened later, and refused at once
        AllSourceConfig chosen = AllSourceConfig.in(directory(settings)).withRetention(retention(settings));
        chosen = with(chosen, settings, "max-record-size", "1B to 32MiB",
                (to, all, key) -> to.withMaxRecordBytes(Math.clamp(all.getBytes(key), 0, Integer.MAX_VALUE)));
        chosen = with(chosen, settings, "memory", "64MiB or more",
                (to, all, key) -> to.withMemoryBytes(all.getBytes(key)));
        chosen = with(chosen, settings, "row-file-budget", "0B or more",
                (to, all, key) -> to.withRowFileBytes(all.getBytes(key)));
        return with(chosen, settings, "seal-after", "1ms to 365d",
                (to, all, key) -> to.withSealAfter(all.getDuration(key)));
    }

    /** A change of one value. */
    private interface Change {
        AllSourceConfig to(AllSourceConfig config, Config all, String key);
    }

    private static AllSourceConfig with(AllSourceConfig config, StorageSettings settings, String key, String allowed,
            Change change) {
        return settings.value(key, allowed, (all, path) -> change.to(config, all, path));
    }

    /** The directory that a section names. */
    static Path directory(StorageSettings settings) {
        String directory = settings.value("dir", "the path of a directory", Config::getString);
        if (directory.isEmpty()) {
            throw new IllegalArgumentException("the durable store needs a directory: set " + settings.path("dir"));
        }
        try {
            return Path.of(directory);
        } catch (InvalidPathException impossible) {
            throw new IllegalArgumentException(settings.path("dir") + " = \"" + directory + "\" is no path in "
                    + System.getProperty("sun.jnu.encoding", "this system's encoding") + ": " + impossible.getReason()
                    + "; under a locale of UTF-8, such as LC_ALL=C.UTF-8, names have all characters", impossible);
        }
    }

    private static List<RetentionRule> retention(StorageSettings settings) {
        return settings.value("retention",
                "a list of rules such as { entity-type = session, keep = 90d }, which keep events for 1s or longer,"
                        + " with even-without-snapshot = true or false where it is wanted",
                (all, key) -> all.getConfigList(key).stream().map(AllSourceBackendProvider::rule).toList());
    }

    private static RetentionRule rule(Config rule) {
        return new RetentionRule(rule.getString("entity-type"), rule.getDuration("keep"),
                rule.hasPath("even-without-snapshot") && rule.getBoolean("even-without-snapshot"));
    }

    private static void refuseOtherDurability(StorageSettings settings) {
        settings.value("durability", "fsync, which forces a write to disk before it is acknowledged: another durability"
                + " would save nothing that forcing writes in groups does not, and a power loss would take"
                + " acknowledged writes. Remove the key, or set it to fsync", (all, key) -> {
                    if (!all.getString(key).equals("fsync")) {
                        throw new IllegalArgumentException(key);
                    }
                    return key;
                });
    }
}

package dev.allframe.journal.allsource;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.allframe.journal.allsource.engine.RetentionRule;
import dev.allframe.journal.allsource.engine.wal.Durability;
import dev.allframe.journal.plugin.BackendProvider;
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
    public EventStoreBackend open(ActorSystem system, Config section) {
        String directory = section.getString("dir");
        if (directory.isEmpty()) {
            throw new IllegalArgumentException(
                    "the durable store needs a directory: set allsource.dir, or the key dir of the section that is used");
        }
        return AllSourceBackend.withConfig(AllSourceConfig.in(path(directory))
                .withDurability(durability(section))
                .withMaxRecordBytes(Math.toIntExact(section.getBytes("max-record-size")))
                .withMemoryBytes(section.getBytes("memory"))
                .withRowFileBytes(section.getBytes("row-file-budget"))
                .withSealAfter(section.getDuration("seal-after"))
                .withRetention(retention(section)), "actor system '" + system.name() + "'");
    }

    private static Path path(String directory) {
        try {
            return Path.of(directory);
        } catch (InvalidPathException impossible) {
            throw new IllegalArgumentException("dir = \"" + directory + "\" is no path in " + System.getProperty(
                    "sun.jnu.encoding", "this system's encoding") + ": " + impossible.getReason()
                    + "; under a locale of UTF-8, such as LC_ALL=C.UTF-8, names have all characters", impossible);
        }
    }

    private static List<RetentionRule> retention(Config section) {
        return section.getConfigList("retention")
                .stream()
                .map(rule -> new RetentionRule(rule.getString("entity-type"), rule.getDuration("keep"),
                        rule.hasPath("even-without-snapshot") && rule.getBoolean("even-without-snapshot")))
                .toList();
    }

    private static Durability durability(Config section) {
        String value = section.getString("durability");
        return switch (value) {
            case "fsync" -> Durability.fsync();
            case "os" -> Durability.os();
            default -> interval(section, value);
        };
    }

    private static Durability interval(Config section, String value) {
        try {
            return Durability.interval(section.getDuration("durability"));
        } catch (ConfigException notATime) {
            throw new IllegalArgumentException(
                    "durability = " + value + " must be fsync, os, or the time between two forces such as 100ms",
                    notATime);
        }
    }
}

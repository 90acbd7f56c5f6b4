package dev.allframe.journal.allsource;

import com.typesafe.config.Config;
import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.RetentionRule;
import dev.allframe.journal.plugin.BackendProvider;
import dev.allframe.store.EventStoreBackend;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
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
        refuseOtherDurability(section.getString("durability"));
        AllSourceConfig config = AllSourceConfig.in(path(directory))
                .withRetention(retention(section));
        config = with(config, section, "max-record-size",
                (to, key) -> to.withMaxRecordBytes((int) Math.min(section.getBytes(key), Integer.MAX_VALUE)));
        config = with(config, section, "memory", (to, key) -> to.withMemoryBytes(section.getBytes(key)));
        config = with(config, section, "row-file-budget", (to, key) -> to.withRowFileBytes(section.getBytes(key)));
        config = with(config, section, "seal-after", (to, key) -> to.withSealAfter(section.getDuration(key)));
        return AllSourceBackend.withConfig(config, "actor system '" + system.name() + "'");
    }

    private static AllSourceConfig with(AllSourceConfig config, Config section, String key,
            BiFunction<AllSourceConfig, String, AllSourceConfig> change) {
        return value(section, key, name -> change.apply(config, name));
    }

    /** What is made of a value; where that is refused, the refusal names the key. */
    private static AllSourceConfig value(Config section, String key, Function<String, AllSourceConfig> make) {
        try {
            return make.apply(key);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(
                    key + " = " + section.getString(key) + " cannot be used: " + Failures.message(refused), refused);
        }
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

    private static void refuseOtherDurability(String value) {
        if (!value.equals("fsync")) {
            throw new IllegalArgumentException("durability = " + value
                    + " is not offered: the one durability is fsync, which forces a write to disk before it is acknowledged;"
                    + " another would save nothing that forcing writes in groups does not, and a power loss would take"
                    + " acknowledged writes. Remove the key, or set it to fsync");
        }
    }
}

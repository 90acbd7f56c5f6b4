package dev.allframe.runtime.membership;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings that every member of a cluster must have in common: they decide which member owns an instance, where its
 * events are, which code may start on them, and how members hear of each other. Two members that disagree would both
 * own an instance, or would lose sight of what the other has stored.
 *
 * <p>Held twice. Pekko asks {@link AgreedSettingsChecker} when a node joins by a seed node. Whoever joins in another
 * way, or beside members that do not run AllFrame, is found when AllFrame starts: each AllFrame announces its settings
 * to the others.
 */
public final class AgreedSettings {

    private static final String STORAGE = "allframe.storage";
    private static final String COMPATIBILITY = "allframe.schema-compatibility";
    private static final String REMEMBER_ENTITIES = "pekko.cluster.sharding.remember-entities";

    /** The plugins that are used where no storage is named; elsewhere they belong to the user's other actors. */
    private static final List<String> PLUGINS = List.of("pekko.persistence.journal.plugin",
            "pekko.persistence.snapshot-store.plugin");

    /** All of them, by their path in the configuration. */
    static final List<String> KEYS = List.of(STORAGE, PLUGINS.getFirst(), PLUGINS.getLast(), COMPATIBILITY,
            "allframe.sharding.shards", "allframe.sharding.role", REMEMBER_ENTITIES,
            "pekko.cluster.sharding.remember-entities-store", "pekko.cluster.sharding.state-store-mode",
            "pekko.cluster.sharding.guardian-name", "pekko.cluster.sharding.role",
            "pekko.cluster.sharding.coordinator-singleton-role-override", "pekko.cluster.distributed-data.name",
            "pekko.cluster.distributed-data.role");

    private AgreedSettings() {}

    /** The settings of a configuration, or of a part of one, in a form in which equal ones have equal text. */
    public static Map<String, String> of(Config config) {
        Map<String, String> settings = new TreeMap<>();
        for (String key : KEYS) {
            if (config.hasPath(key)) {
                settings.put(key, text(config, key));
            }
        }
        if (!settings.getOrDefault(STORAGE, "").isEmpty()) {
            settings.keySet().removeAll(PLUGINS);
        }
        return settings;
    }

    private static String text(Config config, String key) {
        return switch (key) {
            case REMEMBER_ENTITIES -> config.getBoolean(key) ? "on" : "off";
            case COMPATIBILITY -> config.getString(key).toLowerCase(Locale.ROOT).replace('_', '-');
            default -> config.getString(key);
        };
    }

    /**
     * Each setting that two nodes have with different values, in a sentence with both. A setting that one of them does
     * not tell is not compared.
     *
     * @param where names the other node, or the cluster
     */
    public static List<String> differences(Map<String, String> here, Map<String, String> there, String where) {
        List<String> differences = new ArrayList<>();
        here.forEach((key, value) -> {
            String other = there.get(key);
            if (other != null && !other.equals(value)) {
                differences.add(key + " must be the same on all members of a cluster: it is \"" + value
                        + "\" here and \"" + other + "\" " + where);
            }
        });
        return differences;
    }
}

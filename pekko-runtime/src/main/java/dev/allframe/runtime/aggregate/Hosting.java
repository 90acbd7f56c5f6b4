package dev.allframe.runtime.aggregate;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.runtime.storage.StreamHistory;
import dev.allframe.store.StreamId;
import java.time.Clock;
import java.time.Duration;

/**
 * What every instance needs from its surroundings.
 *
 * @param storage where it is stored
 * @param history reads records again
 * @param guard says whether hosting is safe
 * @param clock gives timestamps
 * @param settings the numbers
 */
public record Hosting(StoragePlugins storage, StreamHistory history, VisibilityGuard guard, Clock clock,
        Settings settings) {

    /**
     * The numbers of the configuration, checked.
     *
     * @param commandTimeout how long dispatch waits
     * @param maxInFlight commands under way from this node
     * @param passivateAfter idle time before an instance is stopped
     * @param snapshotsKept snapshots of an instance
     * @param backoffMin the first pause after a storage failure
     * @param backoffMax the longest
     * @param backoffRandomFactor how much a pause varies
     * @param shards shards of each aggregate type
     * @param role members with this role host; empty for all
     */
    public record Settings(Duration commandTimeout, int maxInFlight, Duration passivateAfter, int snapshotsKept,
            Duration backoffMin,
            Duration backoffMax, double backoffRandomFactor, int shards, String role) {

        /**
         * Reads the section {@code allframe}.
         *
         * @throws ConfigurationException for a value out of range
         */
        public static Settings of(Config config) {
            try {
                Config allframe = config.getConfig("allframe");
                return new Settings(positive(allframe, "command-timeout"), atLeastOne(allframe, "max-in-flight"),
                        positive(allframe, "passivate-after"),
                        atLeastOne(allframe, "snapshots-kept"), positive(allframe, "restart-backoff.min"),
                        positive(allframe, "restart-backoff.max"),
                        allframe.getDouble("restart-backoff.random-factor"), shards(allframe),
                        allframe.getString("sharding.role"));
            } catch (ConfigException wrong) {
                throw new ConfigurationException("the configuration is wrong at " + wrong.getMessage(), wrong);
            }
        }

        private static Duration positive(Config config, String key) {
            Duration value = config.getDuration(key);
            if (value.isZero() || value.isNegative()) {
                throw new ConfigurationException(
                        "allframe." + key + " = " + config.getString(key) + " must be more than zero");
            }
            return value;
        }

        private static int atLeastOne(Config config, String key) {
            int value = config.getInt(key);
            if (value < 1) {
                throw new ConfigurationException("allframe." + key + " = " + value + " must be 1 or more");
            }
            return value;
        }

        private static int shards(Config config) {
            int shards = config.getInt("sharding.shards");
            if (shards < 1 || shards > StreamId.SLICES || Integer.bitCount(shards) != 1) {
                throw new ConfigurationException(
                        "allframe.sharding.shards = " + shards + " must be a power of two up to " + StreamId.SLICES);
            }
            return shards;
        }
    }
}

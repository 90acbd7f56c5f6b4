package dev.allframe.runtime.aggregate;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.allframe.command.CommandOptions;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.rolling.VersionGuard;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.runtime.storage.StreamHistory;
import dev.allframe.store.StreamId;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What every instance needs from its surroundings.
 *
 * @param storage where it is stored
 * @param history reads records again
 * @param guard says whether hosting is safe
 * @param versions says whether a version of an event may be stored
 * @param clock gives timestamps
 * @param settings the numbers
 */
public record Hosting(StoragePlugins storage, StreamHistory history, VisibilityGuard guard,
        VersionGuard versions, Clock clock, Settings settings) {

    /** Why no command may be executed on this node; null where commands may be. */
    public @Nullable String refusal() {
        String unseen = guard.refusal();
        return unseen != null ? unseen : versions.yieldsBecause();
    }

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
     * @param storesAlways whether new versions of events are stored although a member cannot read them
     * @param joinPatience how long a member that has joined may take to tell what it can read
     */
    public record Settings(Duration commandTimeout, int maxInFlight, Duration passivateAfter, int snapshotsKept,
            Duration backoffMin,
            Duration backoffMax, double backoffRandomFactor, int shards, String role, boolean storesAlways,
            Duration joinPatience) {

        /** Timers of less, or of a part of it, have no meaning, and Pekko refuses those of nothing. */
        private static final Duration SHORTEST_TIMER = Duration.ofMillis(1);

        /** What Pekko's scheduler can wait for with ticks of a millisecond is 24 days. */
        private static final Duration LONGEST_TIMER = Duration.ofDays(20);

        /**
         * Reads the section {@code allframe}.
         *
         * @throws ConfigurationException for a value out of range
         */
        public static Settings of(Config config) {
            try {
                Config allframe = config.getConfig("allframe");
                Duration backoffMin = duration(allframe, "restart-backoff.min", LONGEST_TIMER);
                Duration backoffMax = duration(allframe, "restart-backoff.max", LONGEST_TIMER);
                if (backoffMin.compareTo(backoffMax) > 0) {
                    throw new ConfigurationException("allframe.restart-backoff.min = " + backoffMin
                            + " must not be more than restart-backoff.max = " + backoffMax);
                }
                return new Settings(duration(allframe, "command-timeout", CommandOptions.MAX_TIMEOUT),
                        atLeastOne(allframe, "max-in-flight"),
                        duration(allframe, "passivate-after", LONGEST_TIMER),
                        atLeastOne(allframe, "snapshots-kept"), backoffMin, backoffMax, randomFactor(allframe),
                        shards(allframe),
                        allframe.getString("sharding.role"), storesAlways(allframe),
                        duration(allframe, "rolling-update.join-patience", LONGEST_TIMER));
            } catch (ConfigException wrong) {
                throw new ConfigurationException("the configuration is wrong at " + Failures.message(wrong), wrong);
            }
        }

        private static Duration duration(Config config, String key, Duration longest) {
            Duration value = config.getDuration(key);
            if (value.compareTo(SHORTEST_TIMER) < 0 || value.compareTo(longest) > 0) {
                throw new ConfigurationException("allframe." + key + " = " + config.getString(key)
                        + " must be at least 1ms and at most " + longest.toDays() + "d");
            }
            return value;
        }

        private static double randomFactor(Config config) {
            double factor = config.getDouble("restart-backoff.random-factor");
            if (!(factor >= 0 && factor <= 1)) {
                throw new ConfigurationException(
                        "allframe.restart-backoff.random-factor = " + factor + " must be from 0 to 1");
            }
            return factor;
        }

        private static int atLeastOne(Config config, String key) {
            int value = config.getInt(key);
            if (value < 1) {
                throw new ConfigurationException("allframe." + key + " = " + value + " must be 1 or more");
            }
            return value;
        }

        private static boolean storesAlways(Config config) {
            String key = "rolling-update.store-new-versions";
            return switch (config.getString(key)) {
                case "always" -> true;
                case "when-readable" -> false;
                case String other -> throw new ConfigurationException(
                        "allframe." + key + " = " + other + " must be when-readable or always");
            };
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

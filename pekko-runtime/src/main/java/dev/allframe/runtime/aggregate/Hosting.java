package dev.allframe.runtime.aggregate;

import com.typesafe.config.Config;
import dev.allframe.command.CommandOptions;
import dev.allframe.config.ConfigValues;
import dev.allframe.runtime.rolling.VersionGuard;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.Setting;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.runtime.storage.StreamHistory;
import dev.allframe.schema.CompatibilityMode;
import dev.allframe.store.StreamId;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Predicate;
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
     * @param compatibility what today's versions of events owe older ones
     */
    public record Settings(Duration commandTimeout, int maxInFlight, Duration passivateAfter, int snapshotsKept,
            Duration backoffMin,
            Duration backoffMax, double backoffRandomFactor, int shards, String role, boolean storesAlways,
            Duration joinPatience, CompatibilityMode compatibility) {

        private static final String BACKOFF_MIN = "allframe.restart-backoff.min";
        private static final String BACKOFF_MAX = "allframe.restart-backoff.max";
        private static final String ALWAYS = "always";

        /** Timers of less, or of a part of it, have no meaning, and Pekko refuses those of nothing. */
        private static final Duration SHORTEST_TIMER = Duration.ofMillis(1);

        /** What Pekko's scheduler can wait for with ticks of a millisecond is 24 days. */
        private static final Duration LONGEST_TIMER = Duration.ofDays(20);

        /**
         * Reads the section {@code allframe}.
         *
         * @throws ConfigurationException for the first value that is not allowed, with its whole key
         */
        public static Settings of(Config config) {
            Duration backoffMin = duration(config, BACKOFF_MIN, LONGEST_TIMER);
            Duration backoffMax = duration(config, BACKOFF_MAX, LONGEST_TIMER);
            if (backoffMin.compareTo(backoffMax) > 0) {
                throw new ConfigurationException(BACKOFF_MIN + " = " + ConfigValues.shown(config, BACKOFF_MIN)
                        + " must be at most " + BACKOFF_MAX + " = " + ConfigValues.shown(config, BACKOFF_MAX));
            }
            return new Settings(duration(config, "allframe.command-timeout", CommandOptions.MAX_TIMEOUT),
                    atLeastOne(config, "allframe.max-in-flight"),
                    duration(config, "allframe.passivate-after", LONGEST_TIMER),
                    atLeastOne(config, "allframe.snapshots-kept"), backoffMin, backoffMax, randomFactor(config),
                    shards(config),
                    Setting.text(config, "allframe.sharding.role", "the name of a role, or empty for all members"),
                    storesAlways(config), duration(config, "allframe.rolling-update.join-patience", LONGEST_TIMER),
                    compatibility(config));
        }

        private static Duration duration(Config config, String key, Duration longest) {
            return checked(config, key, "at least 1ms and at most " + longest.toDays() + "d", Config::getDuration,
                    value -> value.compareTo(SHORTEST_TIMER) >= 0 && value.compareTo(longest) <= 0);
        }

        private static double randomFactor(Config config) {
            return checked(config, "allframe.restart-backoff.random-factor", "from 0 to 1", Config::getDouble,
                    factor -> factor >= 0 && factor <= 1);
        }

        private static int atLeastOne(Config config, String key) {
            return checked(config, key, "1 or more, at most 2147483647", Config::getInt, value -> value >= 1);
        }

        private static boolean storesAlways(Config config) {
            return checked(config, "allframe.rolling-update.store-new-versions", "when-readable or always",
                    Config::getString, value -> value.equals(ALWAYS) || value.equals("when-readable")).equals(ALWAYS);
        }

        private static int shards(Config config) {
            return checked(config, "allframe.sharding.shards", "a power of two up to " + StreamId.SLICES,
                    Config::getInt,
                    shards -> shards >= 1 && shards <= StreamId.SLICES && Integer.bitCount(shards) == 1);
        }

        private static CompatibilityMode compatibility(Config config) {
            return Setting.read(config, "allframe.schema-compatibility", "none, backward, forward, full,"
                    + " backward-transitive, forward-transitive or full-transitive",
                    (all, key) -> CompatibilityMode
                            .valueOf(all.getString(key).replace('-', '_').toUpperCase(Locale.ROOT)));
        }

        private static <T> T checked(Config config, String key, String allowed, BiFunction<Config, String, T> reading,
                Predicate<T> isAllowed) {
            return Setting.read(config, key, allowed, (all, path) -> {
                T value = reading.apply(all, path);
                if (!isAllowed.test(value)) {
                    throw new IllegalArgumentException(path);
                }
                return value;
            });
        }
    }
}

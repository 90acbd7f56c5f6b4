package dev.allframe.journal.plugin;

import com.typesafe.config.Config;

/** What the section of a plugin says of its circuit breaker. */
final class Breakers {

    private Breakers() {}

    /** Whether the breaker never opens and times no call, so that nothing is lost without it. */
    static boolean isNone(Config plugin) {
        return plugin.getInt("circuit-breaker.max-failures") == Integer.MAX_VALUE
                && plugin.getDuration("circuit-breaker.call-timeout").isZero();
    }
}

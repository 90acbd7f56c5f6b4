package dev.allframe.journal.memory;

import com.typesafe.config.ConfigFactory;
import dev.allframe.journal.conformance.JournalConformance;

/** The journal where the configuration wants Pekko's circuit breaker, so that writes go through Pekko's machinery. */
class JournalBehindBreakerTest extends JournalConformance {

    JournalBehindBreakerTest() {
        super(ConfigFactory.parseString("inmemory.journal.circuit-breaker { max-failures = 100, call-timeout = 1m }")
                .withFallback(ConfigFactory.load()), "inmemory.journal");
    }
}

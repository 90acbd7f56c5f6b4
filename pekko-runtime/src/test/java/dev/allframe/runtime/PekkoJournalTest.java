package dev.allframe.runtime;

import com.typesafe.config.ConfigFactory;

/**
 * The local host on a journal that knows nothing of AllFrame: envelopes are stored whole, through Pekko's
 * serialization.
 */
final class PekkoJournalTest extends CommandBusConformance {

    PekkoJournalTest() {
        super(ConfigFactory.parseString("""
                pekko.persistence.journal.plugin = "pekko.persistence.journal.inmem"
                pekko.persistence.journal.inmem.test-serialization = on
                """).withFallback(ConfigFactory.load()));
    }
}

package dev.allframe.journal.memory;

import com.typesafe.config.ConfigFactory;
import dev.allframe.journal.conformance.JournalConformance;

class InMemoryJournalTest extends JournalConformance {
    InMemoryJournalTest() {
        super(ConfigFactory.empty(), "inmemory.journal");
    }
}

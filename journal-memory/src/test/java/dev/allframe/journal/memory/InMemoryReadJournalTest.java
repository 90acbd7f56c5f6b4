package dev.allframe.journal.memory;

import com.typesafe.config.ConfigFactory;
import dev.allframe.journal.conformance.ReadJournalConformance;
import dev.allframe.journal.plugin.BackendReadJournal;

class InMemoryReadJournalTest extends ReadJournalConformance {
    InMemoryReadJournalTest() {
        super(ConfigFactory.empty(), "inmemory.journal", "inmemory.query", BackendReadJournal.class);
    }
}

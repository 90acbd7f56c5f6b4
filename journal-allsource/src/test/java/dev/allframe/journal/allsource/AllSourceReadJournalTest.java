package dev.allframe.journal.allsource;

import dev.allframe.journal.conformance.ReadJournalConformance;
import dev.allframe.journal.plugin.BackendReadJournal;

final class AllSourceReadJournalTest extends ReadJournalConformance {

    AllSourceReadJournalTest() {
        super(Stores.inNewDirectory(), "allsource.journal", "allsource.query", BackendReadJournal.class);
    }
}

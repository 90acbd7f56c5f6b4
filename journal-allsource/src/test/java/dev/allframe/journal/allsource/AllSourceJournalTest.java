package dev.allframe.journal.allsource;

import dev.allframe.journal.conformance.JournalConformance;

final class AllSourceJournalTest extends JournalConformance {

    AllSourceJournalTest() {
        super(Stores.inNewDirectory(), "allsource.journal");
    }
}

package dev.allframe.journal.allsource;

import dev.allframe.journal.conformance.DurableStateConformance;

final class AllSourceDurableStateTest extends DurableStateConformance {

    AllSourceDurableStateTest() {
        super(Stores.inNewDirectory(), "allsource.state");
    }
}

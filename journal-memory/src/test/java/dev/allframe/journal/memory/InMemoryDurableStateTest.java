package dev.allframe.journal.memory;

import com.typesafe.config.ConfigFactory;
import dev.allframe.journal.conformance.DurableStateConformance;

class InMemoryDurableStateTest extends DurableStateConformance {
    InMemoryDurableStateTest() {
        super(ConfigFactory.empty(), "inmemory.state");
    }
}

package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.StoredType;
import dev.allframe.store.StreamId;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which types of events a store has had. */
@Guarantee("G9")
abstract class StoredTypeConformance extends StoreConformance {

    StoredTypeConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    static Envelope typed(String name, int version) {
        return Envelope.of(name, version, json("{}"), Set.of(), EventMetadata.at(NOON), null);
    }

    @Test
    void each_type_and_version_is_there_once() {
        assertThat(done(store.getStoredTypes())).as("of a new store").isEmpty();
        append(ANNA, typed("account.opened", 1), typed("account.opened", 1), typed("account.closed", 1));
        append(BERT, typed("account.opened", 2));
        append(StreamId.of("Account", "anna"), typed("account.opened", 1));
        append(new StreamId("no bar"), typed("", 1));

        assertThat(done(store.getStoredTypes())).containsExactlyInAnyOrder(
                new StoredType("account", "account.opened", 1), new StoredType("account", "account.closed", 1),
                new StoredType("account", "account.opened", 2), new StoredType("Account", "account.opened", 1),
                new StoredType("", "", 1));
    }

    @Test
    void a_type_stays_when_all_its_events_are_deleted() {
        append(ANNA, typed("account.opened", 3));
        done(store.deleteEventsTo(ANNA, 1));
        done(store.flush());

        assertThat(done(store.getStoredTypes())).containsExactly(new StoredType("account", "account.opened", 3));
    }

    @Test
    void a_record_that_only_remembers_a_command_has_none() {
        append(ANNA, Envelope.of(Envelope.COMMAND_ONLY, 1, json("{}"), Set.of(), EventMetadata.at(NOON),
                new CommandRecord("c", "f", new CommandRecord.Unchanged(), 1, 1)));
        append(ANNA, typed("account.opened", 1));

        assertThat(done(store.getStoredTypes())).containsExactly(new StoredType("account", "account.opened", 1));
    }
}

package dev.allframe.api.testkit.conformance;

import static dev.allframe.store.EventFilter.entityType;
import static dev.allframe.store.EventFilter.eventType;
import static dev.allframe.store.EventFilter.slices;
import static dev.allframe.store.EventFilter.tag;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which records a filter lets through. */
abstract class FilterConformance extends StoreConformance {

    private static final StreamId TRANSFER = StreamId.of("transfer", "t");

    FilterConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    @BeforeEach
    void records_of_several_kinds_are_stored() {
        append(ANNA, record("1", "account.opened", 1, NOON, "new"));
        append(TRANSFER, record("2", "transfer.begun", 1, NOON.plusMillis(1)));
        append(ANNA, record("3", "account.deposited", 1, NOON.plusMillis(2), "large", "cash"));
        append(BERT, record("4", "account.deposited", 2, NOON.plusMillis(2), "cash"));
        append(new StreamId("account"), record("5", "account.odd", 1, NOON.plusMillis(3)));
        append(new StreamId("account|a|b"), record("6", "account.odd", 1, NOON.plusMillis(4), "Cash"));
    }

    private static Envelope record(String text, String type, int version, Instant time, String... tags) {
        return Envelope.of(type, version, json(text), Set.of(tags), EventMetadata.at(time), null);
    }

    /** The filter lets these and only these through, whatever the size of the pages. */
    private void assertWanted(EventFilter filter, String... wanted) {
        for (int limit : List.of(1, 2, 100)) {
            assertThat(texts(readAll(filter, Position.START, limit))).as("%s, limit %s", filter, limit)
                    .containsExactly(wanted);
        }
    }

    @Test
    void all() {
        assertWanted(EventFilter.all(), "1", "2", "3", "4", "5", "6");
    }

    @Test
    void by_entity_type() {
        assertWanted(entityType("account"), "1", "3", "4", "6");
        assertWanted(entityType("transfer"), "2");
        assertWanted(entityType("accoun"));
        assertWanted(entityType("account|a"));
        assertWanted(entityType(""));
    }

    @Test
    void by_tag() {
        assertWanted(tag("cash"), "3", "4");
        assertWanted(tag("Cash"), "6");
        assertWanted(tag("cas"));
    }

    @Test
    void by_event_type_in_any_version() {
        assertWanted(eventType("account.deposited"), "3", "4");
        assertWanted(eventType("account"));
    }

    @Test
    void by_slice() {
        assertWanted(slices(0, 1023), "1", "2", "3", "4", "5", "6");
        assertWanted(slices(ANNA.slice(), ANNA.slice()), "1", "3");
        assertWanted(slices(0, ANNA.slice()).and(entityType("account")).and(slices(ANNA.slice(), 1023)), "1", "3");
    }

    @Test
    void by_time_with_the_first_instant_and_without_the_last() {
        assertWanted(new EventFilter.ByTime(NOON, NOON.plusMillis(2)), "1", "2");
        assertWanted(new EventFilter.ByTime(NOON.plusMillis(2), NOON.plusMillis(3)), "3", "4");
        assertWanted(new EventFilter.ByTime(NOON.plusMillis(3), Instant.MAX), "5", "6");
        assertWanted(new EventFilter.ByTime(Instant.MIN, NOON));
    }

    @Test
    void both_of_two() {
        assertWanted(tag("cash").and(tag("large")), "3");
        assertWanted(entityType("account").and(eventType("account.odd")), "6");
        assertWanted(tag("cash").and(entityType("transfer")));
    }

    @Test
    void either_of_two() {
        assertWanted(tag("new").or(entityType("transfer")), "1", "2");
        assertWanted(tag("cash").or(tag("large")), "3", "4");
    }

    @Test
    void filters_inside_filters() {
        assertWanted(tag("new").or(tag("large").and(tag("cash"))).or(entityType("transfer")), "1", "2", "3");
        assertWanted(tag("new").or(tag("cash")).and(slices(ANNA.slice(), ANNA.slice())), "1", "3");
    }

    @Test
    void no_filters_at_all() {
        assertWanted(new EventFilter.And(List.of()), "1", "2", "3", "4", "5", "6");
        assertWanted(new EventFilter.Or(List.of()));
    }

    @Test
    void a_filter_begins_behind_the_position_too() {
        Position second = readAll().get(2).position();

        assertThat(texts(readAll(tag("cash"), second, 1))).containsExactly("4");
    }

    @Test
    void what_is_rare_is_found_among_many() {
        StreamId busy = StreamId.of("busy", "1");
        String[] noise = new String[2_000];
        Arrays.fill(noise, "noise");
        for (int i = 0; i < 3; i++) {
            append(busy, noise);
            append(busy, record("rare " + i, "busy.rare", 1, NOON, "rare"));
        }
        append(busy, noise);

        assertWanted(tag("rare"), "rare 0", "rare 1", "rare 2");
        assertWanted(eventType("busy.rare").and(EventFilter.all()), "rare 0", "rare 1", "rare 2");
        assertWanted(entityType("transfer"), "2");
    }
}

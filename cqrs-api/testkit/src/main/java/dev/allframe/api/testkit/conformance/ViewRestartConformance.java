package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Closing and opening again. */
abstract class ViewRestartConformance extends ViewConformance {

    private final DurableViewStoreConformance suite;

    ViewRestartConformance(DurableViewStoreConformance suite) {
        super(suite);
        this.suite = suite;
    }

    private void restart() {
        store.close();
        store = closedAfterwards(suite.reopen(store));
    }

    @Test
    void what_was_flushed_outlives_the_store() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1", "b", "1").put(ViewTable.META, bytes("position"), bytes("1")));
        tables.write(rows("a", "2").put(ViewTable.INDEXES, bytes("i"), new byte[0])
                .put(ViewTable.META, bytes("position"), bytes("2")));
        tables.flush();

        restart();

        try (ViewTables again = store.open(VIEW, 1)) {
            assertThat(rows(again)).containsExactly("a=2", "b=1");
            assertThat(text(again.get(ViewTable.META, bytes("position")))).isEqualTo("2");
            assertThat(text(again.get(ViewTable.INDEXES, bytes("i")))).isEmpty();
            assertThat(again.bytes()).isPositive();
        }
    }

    @Test
    void what_was_not_flushed_is_lost_from_its_end() {
        List<List<String>> moments = new ArrayList<>();
        ViewTables tables = store.create(VIEW);
        for (int i = 0; i < 6; i++) {
            tables.write(rows("a", "" + i, "b" + i, "" + i));
            moments.add(rows(tables));
            if (i == 2) {
                tables.flush();
            }
        }
        assertThat(moments.getFirst()).containsExactly("a=0", "b0=0");

        restart();

        try (ViewTables again = store.open(VIEW, 1)) {
            assertThat(moments.subList(2, 6)).contains(rows(again));
        }
    }

    @Test
    void generations_and_the_served_one_outlive_the_store() {
        closedGeneration(VIEW, "a", "1");
        closedGeneration(VIEW, "a", "2");
        closedGeneration(VIEW, "a", "3");
        closedGeneration("another", "a", "1");
        store.create("empty").close();
        store.serve(VIEW, 1);
        store.serve(VIEW, 2);
        Replacement note = new Replacement(1, Instant.EPOCH, Instant.EPOCH.plusSeconds(7));
        store.noteReplaced(VIEW, 1, note);
        store.noteReplaced(VIEW, 2, note);

        restart();

        assertThat(store.replaced(VIEW)).containsExactly(Map.entry(1L, note));
        store.serve(VIEW, 3);
        assertThat(store.replaced(VIEW)).as("2 was not replaced when the store was closed")
                .containsExactly(Map.entry(1L, note));
        store.serve(VIEW, 2);
        assertThat(store.views()).containsExactly("another", VIEW, "empty");
        assertThat(store.generations(VIEW)).containsExactly(1L, 2L, 3L);
        assertThat(store.served(VIEW)).hasValue(2);
        assertThat(store.served("another")).isEmpty();
        try (ViewTables two = store.open(VIEW, 2); ViewTables empty = store.open("empty", 1)) {
            assertThat(rows(two)).containsExactly("a=2");
            assertThat(rows(empty)).isEmpty();
        }
    }

    @Test
    void what_was_dropped_or_set_aside_does_not_come_back() {
        for (int i = 1; i <= 4; i++) {
            closedGeneration(VIEW, "a", "" + i);
        }
        store.serve(VIEW, 4);
        store.drop(VIEW, 4);
        store.setAside(VIEW, 1);
        closedGeneration("gone", "a", "1");
        store.drop("gone", 1);

        restart();

        assertThat(store.views()).containsExactly(VIEW);
        assertThat(store.generations(VIEW)).containsExactly(2L, 3L);
        assertThat(store.served(VIEW)).isEmpty();
        assertThatThrownBy(() -> store.open(VIEW, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(closedGeneration(VIEW, "a", "5")).as("no number is used again").isEqualTo(5);
    }
}

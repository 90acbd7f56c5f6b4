package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.ViewTables;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Making, naming and removing generations. */
abstract class ViewGenerationConformance extends ViewConformance {

    private static final Instant WHEN = Instant.parse("2025-01-01T00:00:00.001Z");

    ViewGenerationConformance(ViewStoreConformance suite) {
        super(suite);
    }

    @Test
    void a_view_is_known_while_it_has_a_generation() {
        assertThat(store.views()).isEmpty();
        assertThat(store.generations(VIEW)).isEmpty();
        assertThat(store.served(VIEW)).isEmpty();

        long one = closedGeneration(VIEW, "a", "1");
        assertThat(store.views()).containsExactly(VIEW);
        assertThat(store.generations(VIEW)).containsExactly(one);

        store.drop(VIEW, one);
        assertThat(store.views()).isEmpty();
        assertThat(store.generations(VIEW)).isEmpty();
    }

    @Test
    void views_are_listed_in_the_order_of_their_names() {
        List.of("turnover", "a-b", "customers", "a1").forEach(view -> store.create(view).close());

        assertThat(store.views()).containsExactly("a-b", "a1", "customers", "turnover");
    }

    @Test
    void numbers_rise_from_1_and_are_not_used_again() {
        assertThat(closedGeneration(VIEW, "a", "1")).isEqualTo(1);
        assertThat(closedGeneration(VIEW, "a", "2")).isEqualTo(2);
        assertThat(closedGeneration(VIEW, "a", "3")).isEqualTo(3);
        assertThat(closedGeneration("another", "a", "1")).as("of another view").isEqualTo(1);

        store.drop(VIEW, 3);
        store.setAside(VIEW, 2);

        assertThat(closedGeneration(VIEW, "a", "4")).isEqualTo(4);
        store.setAside(VIEW, 4);
        assertThat(closedGeneration(VIEW, "a", "5")).isEqualTo(5);
        assertThat(store.generations(VIEW)).containsExactly(1L, 5L);
    }

    @Test
    void generations_know_nothing_of_each_other() {
        try (ViewTables one = store.create(VIEW)) {
            one.write(rows("a", "old"));
            try (ViewTables two = store.create(VIEW); ViewTables another = store.create("another")) {
                assertThat(rows(two)).isEmpty();
                two.write(rows("a", "new"));

                assertThat(row(one, "a")).isEqualTo("old");
                assertThat(row(two, "a")).isEqualTo("new");
                assertThat(rows(another)).isEmpty();
            }
        }
    }

    @Test
    void a_generation_that_is_open_is_not_opened_again() {
        try (ViewTables made = store.create(VIEW)) {
            assertThatThrownBy(() -> store.open(VIEW, made.generation())).isInstanceOf(IllegalStateException.class);
            made.write(rows("a", "1"));
            made.flush();
        }
        try (ViewTables opened = store.open(VIEW, 1)) {
            assertThat(opened.generation()).isEqualTo(1);
            assertThat(rows(opened)).containsExactly("a=1");
            assertThatThrownBy(() -> store.open(VIEW, 1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_generation_that_is_not_there_is_not_opened() {
        closedGeneration(VIEW, "a", "1");

        assertThatThrownBy(() -> store.open(VIEW, 2)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(VIEW)
                .hasMessageContaining("2");
        assertThatThrownBy(() -> store.open(VIEW, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.open(VIEW, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.open("another", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(store.views()).containsExactly(VIEW);
        assertThat(store.generations(VIEW)).containsExactly(1L);
    }

    @Test
    void the_served_generation_is_the_one_named_last() {
        closedGeneration(VIEW, "a", "1");
        closedGeneration(VIEW, "a", "2");
        assertThat(store.served(VIEW)).isEmpty();

        store.serve(VIEW, 1);
        assertThat(store.served(VIEW)).hasValue(1);
        store.serve(VIEW, 2);
        assertThat(store.served(VIEW)).hasValue(2);
        assertThat(store.served("another")).isEmpty();

        assertThatThrownBy(() -> store.serve(VIEW, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.serve("another", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(store.served(VIEW)).hasValue(2);
        store.drop(VIEW, 1);
        assertThat(store.served(VIEW)).as("another was dropped").hasValue(2);
        closedGeneration(VIEW, "a", "3");
        assertThat(store.served(VIEW)).as("another was made").hasValue(2);
    }

    @Test
    void a_served_generation_that_is_dropped_or_set_aside_is_served_no_more() {
        closedGeneration(VIEW, "a", "1");
        closedGeneration(VIEW, "a", "2");
        store.serve(VIEW, 2);
        assertThat(store.served(VIEW)).hasValue(2);

        store.drop(VIEW, 2);
        assertThat(store.served(VIEW)).isEmpty();

        store.serve(VIEW, 1);
        store.setAside(VIEW, 1);
        assertThat(store.served(VIEW)).isEmpty();
        assertThat(store.generations(VIEW)).isEmpty();
    }

    @Test
    void what_is_noted_of_a_replaced_generation_is_told_while_it_is_there_and_not_served() {
        closedGeneration(VIEW, "a", "1");
        closedGeneration(VIEW, "a", "2");
        store.serve(VIEW, 1);
        Replacement first = new Replacement(1, WHEN, WHEN.plusMillis(1));

        store.noteReplaced(VIEW, 1, first);
        assertThat(store.replaced(VIEW)).as("while it is served").isEmpty();
        store.serve(VIEW, 2);
        assertThat(store.replaced(VIEW)).containsExactly(Map.entry(1L, first));
        Replacement later = new Replacement(1, WHEN.plusSeconds(5), WHEN.plusSeconds(9));
        store.noteReplaced(VIEW, 1, later);
        assertThat(store.replaced(VIEW)).containsExactly(Map.entry(1L, later));

        store.noteReplaced(VIEW, 2, new Replacement(2, WHEN, WHEN));
        store.serve(VIEW, 1);
        assertThat(store.replaced(VIEW).keySet()).containsExactly(2L);
        store.serve(VIEW, closedGeneration(VIEW, "a", "3"));
        assertThat(store.replaced(VIEW).keySet()).as("of 1, which was served since, nothing is noted")
                .containsExactly(2L);
        store.drop(VIEW, 2);
        assertThat(store.replaced(VIEW)).isEmpty();
        assertThatThrownBy(() -> store.noteReplaced(VIEW, 2, later)).isInstanceOf(IllegalArgumentException.class);
        assertThat(store.replaced("another")).isEmpty();
    }

    @Test
    void an_open_generation_is_neither_dropped_nor_set_aside() {
        try (ViewTables made = store.create(VIEW)) {
            made.write(rows("a", "1"));

            assertThatThrownBy(() -> store.drop(VIEW, 1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> store.setAside(VIEW, 1)).isInstanceOf(IllegalStateException.class);

            assertThat(rows(made)).containsExactly("a=1");
        }
        assertThat(store.generations(VIEW)).containsExactly(1L);
    }

    @Test
    void dropping_a_generation_that_is_not_there_does_nothing() {
        closedGeneration(VIEW, "a", "1");
        store.serve(VIEW, 1);

        store.drop(VIEW, 2);
        store.drop(VIEW, 0);
        store.drop("another", 1);

        assertThat(store.generations(VIEW)).containsExactly(1L);
        assertThat(store.served(VIEW)).hasValue(1);
    }

    @Test
    void a_generation_that_was_set_aside_is_unknown() {
        closedGeneration(VIEW, "a", "1");
        closedGeneration(VIEW, "a", "2");

        store.setAside(VIEW, 1);

        assertThat(store.generations(VIEW)).containsExactly(2L);
        assertThatThrownBy(() -> store.open(VIEW, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.serve(VIEW, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.setAside(VIEW, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.setAside("another", 1)).isInstanceOf(IllegalArgumentException.class);
        store.drop(VIEW, 1);
        assertThat(store.generations(VIEW)).containsExactly(2L);
    }

    @Test
    void names_that_are_none_are_refused_and_unknown() {
        for (String name : List.of("", "A", "a/b", "..", ".", "../a", "a.b", "-a", "1a", "a b", "\u00e4", "a\n",
                "a".repeat(101))) {
            assertThatThrownBy(() -> store.create(name)).as(name).isInstanceOf(IllegalArgumentException.class);
            assertThat(store.generations(name)).as(name).isEmpty();
            assertThat(store.served(name)).as(name).isEmpty();
            assertThat(store.replaced(name)).as(name).isEmpty();
            assertThatThrownBy(() -> store.open(name, 1)).as(name).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.serve(name, 1)).as(name).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.setAside(name, 1)).as(name).isInstanceOf(IllegalArgumentException.class);
            store.drop(name, 1);
        }
        assertThat(store.views()).isEmpty();
        store.create("a").close();
        store.create("a".repeat(100)).close();
        assertThat(store.views()).containsExactly("a", "a".repeat(100));
    }
}

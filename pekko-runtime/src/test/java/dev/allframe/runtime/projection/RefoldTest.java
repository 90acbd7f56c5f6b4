package dev.allframe.runtime.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewNames;
import dev.allframe.store.view.ViewStore;
import org.junit.jupiter.api.Test;

/** Tables of views of the past do not outlive their process for long. */
final class RefoldTest {

    @Test
    void what_a_process_has_left_is_dropped_by_the_next_and_views_stay() {
        try (ViewStore files = new MemoryViewStore()) {
            files.create(ViewNames.TEMPORARY + "0").close();
            files.create("balances").close();

            Refold.dropLeft(files);

            assertThat(files.views()).containsExactly("balances");
        }
    }
}

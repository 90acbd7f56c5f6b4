package dev.allframe.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.projection.ProjectionRegistry.Order;
import org.junit.jupiter.api.Test;

/** Orders say who gives them and why, or are refused where they are made. */
final class OrderTest {

    @Test
    @SuppressWarnings("NullAway") // users may not have it
    void without_a_giver_or_a_reason_there_is_no_order() {
        assertThatNullPointerException().isThrownBy(() -> Order.of(null, "why")).withMessage("by");
        assertThatNullPointerException().isThrownBy(() -> Order.of("ann", null)).withMessage("reason");
    }

    @Test
    void texts_have_a_limit() {
        String longest = "x".repeat(Order.MAX_LENGTH);

        assertThat(Order.of(longest, longest).acceptingDeletedEvents().reason()).isEqualTo(longest);
        assertThatThrownBy(() -> Order.of("ann", longest + "x")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("reason has 1001 characters, and may have 1000");
        assertThatThrownBy(() -> Order.of(longest + "x", "why")).isInstanceOf(IllegalArgumentException.class);
    }
}

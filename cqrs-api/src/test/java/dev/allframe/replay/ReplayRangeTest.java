package dev.allframe.replay;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A range is never wider than what was said of it. */
final class ReplayRangeTest {

    private static final ReplayRange ALL = ReplayRange.all();

    @Test
    void a_tag_or_a_type_without_a_name_is_refused_and_does_not_mean_all() {
        assertThatThrownBy(() -> ALL.tagged("")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tag of a range has a name, not ''");
        assertThatThrownBy(() -> ALL.types("account.opened", " ")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a type of a range has a name, not ' '");
    }

    @Test
    void a_range_of_no_time_is_refused() {
        assertThatThrownBy(() -> ALL.storedFrom(Instant.EPOCH).storedUntil(Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("begins before it ends");
    }

    @Test
    @SuppressWarnings("NullAway") // what a user may give that is not checked
    void what_is_not_given_is_named() {
        isNamed("time", () -> ALL.storedFrom(null));
        isNamed("time", () -> ALL.storedUntil(null));
        isNamed("names", () -> ALL.types((String[]) null));
        isNamed("type", () -> ALL.types("account.opened", null));
        isNamed("name", () -> ALL.tagged(null));
        isNamed("type", () -> ALL.stream(null, "a"));
        isNamed("behind", () -> ALL.positions(null, null));
    }

    private static void isNamed(String argument, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(argument);
    }
}

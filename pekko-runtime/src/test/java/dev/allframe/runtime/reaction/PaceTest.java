package dev.allframe.runtime.reaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How fast a replay may go, and how fast it goes, by a clock that the test moves. */
final class PaceTest {

    private static final long MILLIS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Pace pace = new Pace();
    private final Meter meter = new Meter();

    /** How many begin in a time of which a timer wakes every ten milliseconds. */
    private int begun(long fromMillis, long untilMillis) {
        int count = 0;
        for (long now = fromMillis * MILLIS; now < untilMillis * MILLIS; now += 10 * MILLIS) {
            while (pace.toWait(now).isZero()) {
                pace.begun(now);
                count++;
            }
        }
        return count;
    }

    @Test
    void so_many_begin_in_a_second_as_may() {
        pace.set(250, 0);

        assertThat(begun(0, 1_000)).isBetween(248, 251);
        assertThat(begun(1_000, 11_000)).isBetween(2_498, 2_501);
    }

    @Test
    void a_rest_is_not_caught_up_with() {
        pace.set(100, 0);
        assertThat(begun(0, 1_000)).isBetween(99, 101);

        assertThat(begun(61_000, 62_000)).isBetween(99, 107);
    }

    @Test
    void another_rate_holds_at_once_and_the_same_does_not_begin_anew() {
        pace.set(1, 0);
        pace.begun(0);
        pace.set(1, 0);
        assertThat(pace.toWait(0)).isEqualTo(Duration.ofSeconds(1));

        pace.set(1_000, 0);
        assertThat(pace.toWait(0)).isZero();
        pace.set(0, 0);
        for (int i = 0; i < 10_000; i++) {
            pace.begun(0);
        }
        assertThat(pace.toWait(0)).isZero();
    }

    @Test
    void a_rise_is_measured_over_the_last_seconds() {
        for (int second = 0; second <= 100; second++) {
            meter.at(TimeUnit.SECONDS.toNanos(second), second < 50 ? second * 10L : 500 + (second - 50) * 1_000L);
        }

        assertThat(meter.perSecond()).isEqualTo(1_000);
        meter.at(TimeUnit.SECONDS.toNanos(101), 3);
        assertThat(meter.perSecond()).as("another run").isZero();
        meter.at(TimeUnit.SECONDS.toNanos(102), 5);
        assertThat(meter.perSecond()).isEqualTo(2);
        meter.rest();
        assertThat(meter.perSecond()).isZero();
    }
}

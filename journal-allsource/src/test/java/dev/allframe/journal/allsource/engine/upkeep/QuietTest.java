package dev.allframe.journal.allsource.engine.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuietTest {

    private final AtomicLong now = new AtomicLong();
    private final AtomicLong applied = new AtomicLong();
    private final Quiet quiet = new Quiet(Duration.ofSeconds(2), applied::get, now::get);

    private void pass(Duration time, long entries) {
        now.addAndGet(time.toNanos());
        applied.addAndGet(entries);
    }

    @Test
    void a_store_that_was_just_opened_is_quiet() {
        assertThat(quiet.isQuiet()).isTrue();
    }

    @Test
    void a_disturbed_store_is_quiet_after_a_period_of_few_entries() {
        quiet.disturbed();
        assertThat(quiet.isQuiet()).isFalse();

        pass(Duration.ofMillis(1_999), 10);
        assertThat(quiet.isQuiet()).isFalse();
        pass(Duration.ofMillis(1), 10);
        assertThat(quiet.isQuiet()).isTrue();
    }

    @Test
    void many_entries_are_no_quiet_though_nothing_is_sealed() {
        quiet.disturbed();

        for (int i = 0; i < 10; i++) {
            pass(Duration.ofSeconds(2), 4_001);
            assertThat(quiet.isQuiet()).isFalse();
        }
        pass(Duration.ofSeconds(2), 4_000);
        assertThat(quiet.isQuiet()).isTrue();
    }

    @Test
    void a_burst_ends_the_quiet_at_once() {
        pass(Duration.ofMillis(1), 4_001);

        assertThat(quiet.isQuiet()).isFalse();
    }

    @Test
    void a_burst_at_the_end_of_a_long_silence_is_seen() {
        pass(Duration.ofHours(1), 0);
        assertThat(quiet.isQuiet()).isTrue();
        pass(Duration.ofMillis(1), 50_000);

        assertThat(quiet.isQuiet()).isFalse();
    }

    @Test
    void without_a_period_it_is_always_quiet() {
        Quiet always = new Quiet(Duration.ZERO, applied::get, now::get);
        always.disturbed();
        pass(Duration.ZERO, 1_000_000);

        assertThat(always.isQuiet()).isTrue();
    }
}

package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Texts of time mean what they mean to the platform, the wrong ones too. */
final class TimeTextsTest {

    private static final List<String> ODD = List.of("", "Z", "2026-02-29", "2024-02-29", "2026-02-30", "2026-00-10",
            "2026-13-01", "2026-1-01", "+12026-01-01", "-0001-01-01", "2026-02-29T00:00:00Z", "2026-01-31T24:00:00Z",
            "2026-01-31T23:59:60Z", "2026-01-31T23:59:61Z", "2026-01-31T23:60:00Z", "2026-01-31T23:59:59.Z",
            "2026-01-31T23:59:59.1Z", "2026-01-31T23:59:59.123456789Z", "2026-01-31T23:59:59.1234567891Z",
            "2026-01-31T23:59:59,1Z", "2026-01-31t23:59:59z", "2026-01-31 23:59:59Z", "2026-01-31T23:59:59+00:00",
            "2026-01-31T23:59Z", "+1000000000-12-31T23:59:59.999999999Z", "PT", "PT0S", "PT-1S", "PT1.5S", "PT1M",
            "PT10", "PT999999999S", "PT9999999999S", "pt1s", "P1D", "PT1S1", "PTS", "PT٣S", "٢٠٢٦-01-01");

    private static Object outcome(Function<String, ?> parse, String text) {
        try {
            return parse.apply(text);
        } catch (DateTimeException refused) {
            return refused.getClass();
        }
    }

    private static void isTheSame(String text) {
        assertThat(outcome(TimeTexts::instant, text)).as(text).isEqualTo(outcome(Instant::parse, text));
        assertThat(outcome(TimeTexts::date, text)).as(text).isEqualTo(outcome(LocalDate::parse, text));
        assertThat(outcome(TimeTexts::duration, text)).as(text).isEqualTo(outcome(Duration::parse, text));
    }

    @Test
    void odd_texts_mean_the_same_or_are_refused_alike() {
        ODD.forEach(TimeTextsTest::isTheSame);
    }

    @Test
    void random_values_and_texts_with_a_changed_character_mean_the_same() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("replay with -Dtest.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Instant moment = Instant.ofEpochSecond(random.nextLong(-70_000_000_000L, 260_000_000_000L),
                    random.nextInt(3) == 0 ? 0 : random.nextInt(1_000_000_000) / (int) Math.pow(10, random.nextInt(9)));
            LocalDate date = LocalDate.ofEpochDay(random.nextLong(-800_000, 3_000_000));
            Duration duration = Duration.ofSeconds(random.nextLong(-1_000, 100_000_000),
                    random.nextBoolean() ? 0 : random.nextInt(1_000_000_000));
            assertThat(TimeTexts.instant(moment.toString())).isEqualTo(moment);
            assertThat(TimeTexts.date(date.toString())).isEqualTo(date);
            assertThat(TimeTexts.duration(duration.toString())).isEqualTo(duration);
            for (Object value : List.of(moment, date, duration)) {
                StringBuilder changed = new StringBuilder(value.toString());
                changed.setCharAt(random.nextInt(changed.length()), "0123456789-:.TZSP+ ".charAt(random.nextInt(19)));
                isTheSame(changed.toString());
            }
        }
    }
}

package dev.allframe.journal.allsource.engine.upkeep;

import static dev.allframe.journal.allsource.engine.upkeep.CompactionPolicy.AUTOMATIC;
import static dev.allframe.journal.allsource.engine.upkeep.CompactionPolicy.THOROUGH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.segment.SegmentLimits;
import dev.allframe.journal.allsource.engine.upkeep.CompactionPolicy.Candidate;
import dev.allframe.journal.allsource.engine.upkeep.CompactionPolicy.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CompactionPolicyTest {

    private static List<Candidate> rows(int... rows) {
        return IntStream.of(rows).mapToObj(count -> new Candidate(count, 0, 100L * count, true)).toList();
    }

    @Test
    void a_few_tiny_segments_wait_for_more() {
        assertThat(AUTOMATIC.choose(rows(10, 10, 10))).isEqualTo(Choice.NOTHING);
        assertThat(AUTOMATIC.choose(rows(10, 10, 10, 10))).isEqualTo(new Choice(0, 4));
        assertThat(THOROUGH.choose(rows(10, 10, 10))).isEqualTo(new Choice(0, 3));
    }

    @Test
    void a_large_segment_is_not_written_again_for_small_ones_beside_it() {
        assertThat(AUTOMATIC.choose(rows(50_000, 10, 10, 10, 10, 20_000))).isEqualTo(new Choice(1, 5));
        assertThat(AUTOMATIC.choose(rows(50_000, 10, 10, 10))).isEqualTo(Choice.NOTHING);
        assertThat(AUTOMATIC.choose(rows(60_000, 60_000))).isEqualTo(new Choice(0, 2));
    }

    @Test
    void what_would_be_too_large_is_not_merged() {
        assertThat(THOROUGH.choose(rows(SegmentLimits.MAX_ROWS, 1))).isEqualTo(Choice.NOTHING);
        assertThat(THOROUGH.choose(List.of(new Candidate(10, 0, SegmentLimits.TARGET_RAW_BYTES, true),
                new Candidate(10, 0, 1, true)))).isEqualTo(Choice.NOTHING);
        assertThat(THOROUGH.choose(rows(IntStream.generate(() -> 1).limit(100).toArray())))
                .isEqualTo(new Choice(0, 32));
    }

    @Test
    void deleted_rows_are_removed_where_they_are_a_quarter_or_where_all_are_wanted_gone() {
        assertThat(AUTOMATIC.choose(List.of(new Candidate(100, 24, 1, true)))).isEqualTo(Choice.NOTHING);
        assertThat(AUTOMATIC.choose(List.of(new Candidate(100, 25, 1, true)))).isEqualTo(new Choice(0, 1));
        assertThat(THOROUGH.choose(List.of(new Candidate(100, 1, 1, true)))).isEqualTo(new Choice(0, 1));
        assertThat(THOROUGH.choose(rows(100))).isEqualTo(Choice.NOTHING);
    }

    @Test
    void what_may_not_be_touched_separates_its_neighbours() {
        List<Candidate> candidates = new ArrayList<>(rows(10, 10, 10, 10, 10));
        candidates.set(1, new Candidate(10, 10, 1, false));

        assertThat(THOROUGH.choose(candidates)).isEqualTo(new Choice(2, 5));
    }

    @Test
    void a_trickle_is_written_again_a_few_times_alone() {
        List<Integer> segments = new ArrayList<>();
        long written = 0;
        for (int i = 0; i < 10_000; i++) {
            segments.add(10);
            Choice choice = AUTOMATIC.choose(rows(segments.stream().mapToInt(Integer::intValue).toArray()));
            while (!choice.equals(Choice.NOTHING)) {
                List<Integer> merged = segments.subList(choice.from(), choice.until());
                int sum = merged.stream().mapToInt(Integer::intValue).sum();
                merged.clear();
                segments.add(choice.from(), sum);
                written += sum;
                choice = AUTOMATIC.choose(rows(segments.stream().mapToInt(Integer::intValue).toArray()));
            }
        }

        assertThat(segments.size()).isLessThan(32);
        assertThat(written).isLessThan(10L * 100_000);
    }
}

package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class MergedRowsTest {

    @Test
    void rows_of_several_segments_come_in_one_order_without_those_that_are_refused() throws IOException {
        Random random = new Random(Seeds.next());
        List<StoredEvent> all = SampleRows.odd(random, 6_000);
        SegmentDirectory directory = SegmentDirectory.inMemory();
        List<SealedRows> files = new ArrayList<>();
        for (int segment = 0; segment < 3; segment++) {
            long from = segment;
            directory.seal(segment, all.stream().filter(row -> row.position().index() % 3 == from).toList());
            files.add(directory.open(segment == 1 ? SegmentFile.PARQUET : SegmentFile.ROWS, segment));
        }
        Predicate<StoredEvent> keep = row -> row.sequenceNr() % 4 != 0;

        MergedRows merged = new MergedRows(files, keep);

        assertThat(merged).toIterable().isEqualTo(all.stream().filter(keep).toList());
        assertThat(merged.hasNext()).isFalse();
        assertThatThrownBy(merged::next).isInstanceOf(NoSuchElementException.class);
        for (SealedRows file : files) {
            file.close();
        }
    }

    @Test
    void a_row_that_stands_in_two_segments_is_a_defect() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(1, SampleRows.golden());
        directory.seal(2, SampleRows.golden());
        try (SealedRows one = directory.open(SegmentFile.ROWS, 1);
                SealedRows two = directory.open(SegmentFile.ROWS, 2)) {
            assertThatThrownBy(() -> new MergedRows(List.of(one, two), row -> true).forEachRemaining(row -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the same row");
        }
    }

    @Test
    void nothing_is_left_where_every_row_is_refused() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.seal(SampleRows.golden());
        try (SealedRows file = directory.open(SegmentFile.PARQUET)) {
            assertThat(new MergedRows(List.of(file), row -> false).hasNext()).isFalse();
        }
    }
}

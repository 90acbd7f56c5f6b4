package dev.allframe.projection.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The latest times of keys, over pages. */
final class PageTimesTest {

    private static final byte[] KEY = {7};
    private static final byte[] OTHER = {7, 0};
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.000000001Z");

    private final ViewTables tables = new MemoryViewStore().create("times");

    @Test
    void the_latest_time_of_a_key_is_kept_over_events_and_pages() {
        PageTimes page = new PageTimes(tables);

        assertThat(page.latest(KEY, NOON)).isEqualTo(NOON);
        assertThat(page.latest(KEY, NOON.minusSeconds(1))).isEqualTo(NOON);
        page.keep();
        assertThat(page.latest(KEY, NOON.minusSeconds(1))).isEqualTo(NOON);
        assertThat(page.latest(OTHER, NOON.minusSeconds(1))).isEqualTo(NOON.minusSeconds(1));
        page.keep();
        write(page);

        PageTimes next = new PageTimes(tables);
        assertThat(next.latest(KEY, NOON.minusSeconds(2))).isEqualTo(NOON);
        assertThat(next.latest(OTHER, NOON.plusSeconds(2))).isEqualTo(NOON.plusSeconds(2));
    }

    @Test
    void what_an_event_that_failed_has_noted_is_forgotten() {
        PageTimes page = new PageTimes(tables);

        page.latest(KEY, NOON);
        page.keep();
        page.latest(KEY, NOON.plusSeconds(9));
        page.latest(OTHER, NOON);
        page.takeBack();

        assertThat(page.latest(KEY, NOON.minusSeconds(1))).isEqualTo(NOON);
        page.takeBack();
        write(page);
        assertThat(new PageTimes(tables).latest(OTHER, NOON.minusSeconds(1))).isEqualTo(NOON.minusSeconds(1));
    }

    @Test
    void times_are_written_where_they_differ_and_as_the_format_says() {
        PageTimes page = new PageTimes(tables);
        page.latest(KEY, NOON);
        page.keep();
        write(page);
        PageTimes again = new PageTimes(tables);
        again.latest(KEY, NOON);
        again.keep();

        ViewBatch batch = new ViewBatch();
        again.write(batch);

        assertThat(batch.changes()).isEmpty();
        assertThat(tables.get(ViewTable.META, HexFormat.of().parseHex("6c617465737407")))
                .isEqualTo(HexFormat.of().parseHex("00010000000069a42a4000000001"));
    }

    private void write(PageTimes page) {
        ViewBatch batch = new ViewBatch();
        page.write(batch);
        tables.write(batch);
    }
}

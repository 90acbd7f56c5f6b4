package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** Gets, cursors and snapshots. */
abstract class ViewReadConformance extends ViewConformance {

    ViewReadConformance(ViewStoreConformance suite) {
        super(suite);
    }

    private static List<String> ascending(ViewReads from, KeyRange range) {
        return all(from.cursor(ViewTable.ROWS, range, false));
    }

    private static List<String> descending(ViewReads from, KeyRange range) {
        return all(from.cursor(ViewTable.ROWS, range, true));
    }

    @Test
    void many_keys_are_read_in_their_order() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1", "b", "2", "c", ""));
        List<byte[]> keys = List.of(bytes("b"), bytes("none"), bytes("a"), bytes("b"), bytes("c"));

        assertThat(tables.getAll(ViewTable.ROWS, keys).stream().map(ViewConformance::text))
                .containsExactly("2", null, "1", "2", "");
        assertThat(tables.getAll(ViewTable.ROWS, List.of())).isEmpty();
        assertThat(tables.getAll(ViewTable.PARKED, List.of(bytes("a"))).stream().map(ViewConformance::text))
                .containsExactly((String) null);
        assertThat(keys.stream().map(ViewConformance::text)).containsExactly("b", "none", "a", "b", "c");
    }

    @Test
    void keys_are_ordered_as_unsigned_bytes_and_a_beginning_comes_first() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("\u00ff", "7", "\u0080", "6", "\u007f", "5", "a", "2", "a\0", "3", "ab", "4", "", "0", "\0",
                "1"));

        assertThat(ascending(tables, KeyRange.all()).stream().map(entry -> entry.substring(entry.indexOf('=') + 1)))
                .containsExactly("0", "1", "2", "3", "4", "5", "6", "7");
    }

    @Test
    void ranges_have_their_first_key_and_not_the_one_behind_them() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1", "ab", "2", "b", "3", "\u00ff", "4", "\u00ff\u00ff", "5"));
        KeyRange middle = KeyRange.between(bytes("ab"), bytes("\u00ff"));

        assertThat(ascending(tables, middle)).containsExactly("ab=2", "b=3");
        assertThat(descending(tables, middle)).containsExactly("b=3", "ab=2");
        assertThat(ascending(tables, new KeyRange(bytes("aa"), null))).hasSize(4).startsWith("ab=2");
        assertThat(descending(tables, new KeyRange(bytes("aa"), null))).hasSize(4).endsWith("ab=2");
        assertThat(ascending(tables, new KeyRange(null, bytes("ab")))).containsExactly("a=1");
        assertThat(descending(tables, new KeyRange(null, bytes("ab")))).containsExactly("a=1");
        assertThat(descending(tables, KeyRange.all())).hasSize(5).startsWith("\u00ff\u00ff=5").endsWith("a=1");
        assertThat(ascending(tables, KeyRange.after(bytes("a")))).hasSize(4).startsWith("ab=2");
        assertThat(ascending(tables, KeyRange.prefix(bytes("a")))).containsExactly("a=1", "ab=2");
        assertThat(descending(tables, KeyRange.prefix(bytes("\u00ff")))).containsExactly("\u00ff\u00ff=5", "\u00ff=4");
        assertThat(ascending(tables, KeyRange.prefix(bytes("x")))).isEmpty();
    }

    @Test
    void a_range_that_ends_before_it_begins_is_empty() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1", "b", "2", "c", "3"));

        for (boolean backwards : new boolean[]{false, true}) {
            assertThat(all(tables.cursor(ViewTable.ROWS, KeyRange.between(bytes("b"), bytes("b")), backwards)))
                    .isEmpty();
            assertThat(all(tables.cursor(ViewTable.ROWS, KeyRange.between(bytes("c"), bytes("a")), backwards)))
                    .isEmpty();
            assertThat(all(tables.cursor(ViewTable.ROWS, KeyRange.between(bytes("b"), bytes("c")), backwards)))
                    .containsExactly("b=2");
        }
    }

    @Test
    void cursors_and_snapshots_see_one_moment() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1", "b", "2").put(ViewTable.META, bytes("position"), bytes("1")));
        try (ViewSnapshot moment = tables.snapshot();
                Cursor ascending = tables.cursor(ViewTable.ROWS, KeyRange.all(), false);
                Cursor descending = tables.cursor(ViewTable.ROWS, KeyRange.all(), true)) {
            assertThat(descending.next()).isTrue();
            tables.write(rows("a", "changed", "c", "new").delete(ViewTable.ROWS, bytes("b"))
                    .put(ViewTable.META, bytes("position"), bytes("2")));
            tables.flush();

            assertThat(all(ascending)).containsExactly("a=1", "b=2");
            assertThat(text(descending.value())).isEqualTo("2");
            assertThat(all(descending)).containsExactly("a=1");
            assertThat(row(moment, "a")).isEqualTo("1");
            assertThat(text(moment.get(ViewTable.META, bytes("position")))).isEqualTo("1");
            assertThat(moment.getAll(ViewTable.ROWS, List.of(bytes("c"), bytes("b")))
                    .stream()
                    .map(ViewConformance::text)).containsExactly(null, "2");
            assertThat(ascending(moment, KeyRange.all())).containsExactly("a=1", "b=2");
            assertThat(descending(moment, KeyRange.all())).containsExactly("b=2", "a=1");
        }
        assertThat(rows(tables)).containsExactly("a=changed", "c=new");
    }

    @Test
    void many_moments_are_kept_at_once() {
        ViewTables tables = store.create(VIEW);
        List<ViewSnapshot> moments = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            tables.write(rows("a", "" + i));
            moments.add(tables.snapshot());
        }
        tables.write(new ViewBatch().delete(ViewTable.ROWS, bytes("a")));

        for (int i = 0; i < 20; i++) {
            assertThat(rows(moments.get(i))).containsExactly("a=" + i);
            moments.get(i).close();
        }
        assertThat(rows(tables)).isEmpty();
    }

    @Test
    void a_cursor_that_is_at_no_entry_has_none() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1"));
        Cursor cursor = tables.cursor(ViewTable.ROWS, KeyRange.all(), false);
        assertThatThrownBy(cursor::key).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(cursor::value).isInstanceOf(NoSuchElementException.class);
        assertThat(cursor.next()).isTrue();
        assertThat(text(cursor.key())).isEqualTo("a");
        assertThat(cursor.next()).isFalse();
        assertThat(cursor.next()).isFalse();
        assertThatThrownBy(cursor::key).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(cursor::value).isInstanceOf(NoSuchElementException.class);
        cursor.close();
    }

    @Test
    void a_cursor_that_was_closed_has_no_entry() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1", "b", "2"));
        Cursor cursor = tables.cursor(ViewTable.ROWS, KeyRange.all(), false);
        assertThat(cursor.next()).isTrue();

        cursor.close();
        cursor.close();

        assertThat(cursor.next()).isFalse();
        assertThatThrownBy(cursor::key).isInstanceOf(NoSuchElementException.class);
        assertThat(rows(tables)).containsExactly("a=1", "b=2");
    }
}

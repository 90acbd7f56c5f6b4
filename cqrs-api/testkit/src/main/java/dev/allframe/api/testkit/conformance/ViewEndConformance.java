package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.store.StoreClosedException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Closing cursors, snapshots, tables and the store. */
abstract class ViewEndConformance extends ViewConformance {

    ViewEndConformance(ViewStoreConformance suite) {
        super(suite);
    }

    private static void refusesAsClosed(ThrowingCallable... calls) {
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isInstanceOf(StoreClosedException.class);
        }
    }

    private static void refusesReads(ViewReads ended) {
        refusesAsClosed(() -> ended.get(ViewTable.ROWS, bytes("a")),
                () -> ended.getAll(ViewTable.ROWS, List.of(bytes("a"))),
                () -> ended.cursor(ViewTable.ROWS, KeyRange.all(), false));
    }

    private static void refusesEverything(ViewTables closed) {
        refusesReads(closed);
        refusesAsClosed(closed::snapshot, () -> closed.write(rows("a", "2")), closed::flush, closed::bytes);
    }

    @Test
    void closed_tables_refuse_everything_and_keep_their_number() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1"));
        tables.flush();

        tables.close();
        tables.close();

        refusesEverything(tables);
        assertThat(tables.generation()).isEqualTo(1);
    }

    @Test
    void tables_that_are_opened_again_have_what_was_flushed() {
        ViewTables before = store.create(VIEW);
        before.write(rows("a", "1", "b", "1").put(ViewTable.PARKED, bytes("p"), bytes("1")));
        before.write(rows("a", "2"));
        before.flush();
        before.close();

        try (ViewTables again = store.open(VIEW, 1)) {
            assertThat(rows(again)).containsExactly("a=2", "b=1");
            assertThat(text(again.get(ViewTable.PARKED, bytes("p")))).isEqualTo("1");
            before.close();
            again.write(rows("c", "3"));
            assertThat(row(again, "c")).as("after what was closed before is closed again").isEqualTo("3");
        }
    }

    /** A walk that is cut short must not look like one that has come to its end. */
    @Test
    void cursors_and_snapshots_end_with_their_tables() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1", "b", "2"));
        Cursor atAnEntry = tables.cursor(ViewTable.ROWS, KeyRange.all(), false);
        assertThat(atAnEntry.next()).isTrue();
        Cursor atNone = tables.cursor(ViewTable.ROWS, KeyRange.all(), true);
        ViewSnapshot moment = tables.snapshot();
        Cursor ofMoment = moment.cursor(ViewTable.ROWS, KeyRange.all(), false);
        assertThat(ofMoment.next()).isTrue();

        tables.close();

        refusesAsClosed(atAnEntry::next, atAnEntry::key, atAnEntry::value, atNone::next, ofMoment::next,
                ofMoment::value);
        refusesReads(moment);
        List.of(atAnEntry, atNone, ofMoment).forEach(Cursor::close);
        moment.close();
    }

    @Test
    void a_snapshot_that_was_closed_refuses_reads_and_its_cursors_go_on() {
        ViewTables tables = store.create(VIEW);
        tables.write(rows("a", "1", "b", "2"));
        ViewSnapshot moment = tables.snapshot();
        try (Cursor cursor = moment.cursor(ViewTable.ROWS, KeyRange.all(), false)) {
            tables.write(rows("b", "changed"));

            moment.close();
            moment.close();

            refusesReads(moment);
            assertThat(all(cursor)).containsExactly("a=1", "b=2");
        }
        assertThat(rows(tables)).containsExactly("a=1", "b=changed");
    }

    @Test
    void a_closed_store_refuses_everything_and_has_closed_its_tables() {
        closedGeneration(VIEW, "a", "1");
        ViewTables opened = store.open(VIEW, 1);
        ViewTables made = store.create("another");
        ViewSnapshot moment = opened.snapshot();

        store.close();
        store.close();

        refusesAsClosed(store::views, () -> store.generations(VIEW), () -> store.served(VIEW),
                () -> store.create(VIEW), () -> store.open(VIEW, 1), () -> store.serve(VIEW, 1),
                () -> store.noteReplaced(VIEW, 1, new Replacement(1, Instant.EPOCH, Instant.EPOCH)),
                () -> store.replaced(VIEW),
                () -> store.drop(VIEW, 1), () -> store.setAside(VIEW, 1));
        refusesEverything(opened);
        refusesEverything(made);
        refusesReads(moment);
        moment.close();
        opened.close();
    }
}

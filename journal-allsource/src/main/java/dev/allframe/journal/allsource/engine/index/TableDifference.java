package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.journal.allsource.tables.TablesView;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Compares tables entry by entry. */
final class TableDifference {

    /** Puts an entry in words. */
    @FunctionalInterface
    interface Words {

        String of(Table table, byte[] key, byte[] value);
    }

    private final Words words;
    private final int limit;
    private final List<String> found = new ArrayList<>();

    private TableDifference(Words words, int limit) {
        this.words = words;
        this.limit = limit;
    }

    static List<String> find(KeyValues here, KeyValues there, Set<Table> tables, Words words, int limit) {
        TableDifference difference = new TableDifference(words, limit);
        try (TablesView ours = here.view(); TablesView theirs = there.view()) {
            for (Table table : tables) {
                difference.compare(table, ours, theirs);
            }
        }
        return difference.found;
    }

    private void compare(Table table, TablesView ours, TablesView theirs) {
        try (Cursor here = ours.cursor(table, KeyRange.all()); Cursor there = theirs.cursor(table, KeyRange.all())) {
            boolean more = here.next();
            boolean moreThere = there.next();
            while (found.size() < limit && (more || moreThere)) {
                int order = !more ? 1 : !moreThere ? -1 : Arrays.compareUnsigned(here.key(), there.key());
                if (order < 0) {
                    add(table, "only here: " + words.of(table, here.key(), here.value()));
                } else if (order > 0) {
                    add(table, "only there: " + words.of(table, there.key(), there.value()));
                } else if (!Arrays.equals(here.value(), there.value())) {
                    add(table, "here " + words.of(table, here.key(), here.value()) + ", there "
                            + words.of(table, there.key(), there.value()));
                }
                more = order <= 0 ? here.next() : more;
                moreThere = order >= 0 ? there.next() : moreThere;
            }
        }
    }

    private void add(Table table, String difference) {
        found.add(table.stored() + ": " + difference);
    }
}

package dev.allframe.journal.allsource.views;

import dev.allframe.journal.allsource.tables.TableName;
import dev.allframe.store.view.ViewTable;
import java.util.EnumSet;
import java.util.Set;

/** RocksDB's column families of a generation, one for each table. */
enum ViewFamily implements TableName {
    META(ViewTable.META), ROWS(ViewTable.ROWS), INDEXES(ViewTable.INDEXES), PARKED(ViewTable.PARKED);

    static final Set<ViewFamily> ALL = EnumSet.allOf(ViewFamily.class);

    private final ViewTable table;

    ViewFamily(ViewTable table) {
        this.table = table;
    }

    static ViewFamily of(ViewTable table) {
        return switch (table) {
            case META -> META;
            case ROWS -> ROWS;
            case INDEXES -> INDEXES;
            case PARKED -> PARKED;
        };
    }

    @Override
    public String stored() {
        return table.stored();
    }
}

package dev.allframe.journal.allsource.tables;

import java.util.Locale;

/** Tables of tests. */
enum TestTable implements TableName {
    ROWS, NAMES, TYPES;

    @Override
    public String stored() {
        return name().toLowerCase(Locale.ROOT);
    }
}

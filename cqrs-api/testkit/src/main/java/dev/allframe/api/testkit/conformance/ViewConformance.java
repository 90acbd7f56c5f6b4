package dev.allframe.api.testkit.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * What the parts of the suite for views share: a fresh store for each test, and short ways to write and to read. A text
 * stands for its bytes, one for each character up to {@code \u00ff}.
 */
abstract class ViewConformance {

    static final String VIEW = "balances";

    private final List<ViewStore> opened = new ArrayList<>();
    ViewStore store;

    ViewConformance(ViewStoreConformance suite) {
        store = suite.open();
        opened.add(store);
    }

    final ViewStore closedAfterwards(ViewStore another) {
        opened.add(another);
        return another;
    }

    @AfterEach
    final void close_the_stores() {
        opened.forEach(ViewStore::close);
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, ISO_8859_1);
    }

    /** Rows as key, value, key, value. */
    static ViewBatch rows(String... keysAndValues) {
        ViewBatch batch = new ViewBatch();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            batch.put(ViewTable.ROWS, bytes(keysAndValues[i]), bytes(keysAndValues[i + 1]));
        }
        return batch;
    }

    static @Nullable String row(ViewReads from, String key) {
        return text(from.get(ViewTable.ROWS, bytes(key)));
    }

    /** Every row as {@code key=value}. */
    static List<String> rows(ViewReads from) {
        return all(from.cursor(ViewTable.ROWS, KeyRange.all(), false));
    }

    static List<String> all(Cursor cursor) {
        try (cursor) {
            List<String> read = new ArrayList<>();
            while (cursor.next()) {
                read.add(text(cursor.key()) + "=" + text(cursor.value()));
            }
            return read;
        }
    }

    /** Makes a closed generation with one row, and says its number. */
    final long closedGeneration(String view, String key, String value) {
        try (ViewTables made = store.create(view)) {
            made.write(rows(key, value));
            made.flush();
            return made.generation();
        }
    }
}

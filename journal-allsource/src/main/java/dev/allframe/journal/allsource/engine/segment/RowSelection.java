package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.store.EventFilter;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.apache.parquet.VersionParser.ParsedVersion;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows of a row group that a filter wants by the columns that it asks for, and reads no others. For one
 * thread.
 */
final class RowSelection {

    private final CheckedFile file;
    private final ParquetFooter.Group group;
    private final ParsedVersion writer;

    RowSelection(CheckedFile file, ParquetFooter.Group group, ParsedVersion writer) {
        this.file = file;
        this.group = group;
        this.writer = writer;
    }

    /** The rows that a filter wants, by their numbers in the group. */
    BitSet rows(EventFilter filter) throws IOException {
        return switch (filter) {
            case EventFilter.All all -> every();
            case EventFilter.ByEntityType(String type) -> texts(EventSchema.ENTITY_TYPE, type::equals);
            case EventFilter.ByEventType(String type) -> texts(EventSchema.EVENT_TYPE, type::equals);
            case EventFilter.ByTag(String tag) -> lists(EventSchema.TAG, tag::equals);
            case EventFilter.BySlices(int first, int last) ->
                ints(EventSchema.SLICE, slice -> first <= slice && slice <= last);
            case EventFilter.ByTime(var from, var until) -> longs(EventSchema.TIMESTAMP, millis -> {
                Instant time = Instant.ofEpochMilli(millis);
                return !time.isBefore(from) && time.isBefore(until);
            });
            case EventFilter.And(var filters) -> {
                BitSet rows = every();
                for (EventFilter part : filters) {
                    if (!rows.isEmpty()) {
                        rows.and(rows(part));
                    }
                }
                yield rows;
            }
            case EventFilter.Or(var filters) -> {
                BitSet rows = new BitSet();
                for (EventFilter part : filters) {
                    rows.or(rows(part));
                }
                yield rows;
            }
        };
    }

    private BitSet every() {
        BitSet rows = new BitSet(group.rows());
        rows.set(0, group.rows());
        return rows;
    }

    private <T> ColumnValues<T> open(String column, @Nullable Function<Binary, T> decode) throws IOException {
        ParquetFooter.Chunk chunk = group.chunk(column);
        ColumnPages pages = new ColumnPages(file, chunk, 0, chunk.offsets().length - 1);
        return ColumnValues.open(column, pages, 0, writer, decode);
    }

    /** A value is compared once for each entry of the column's dictionary. */
    private ColumnValues<Boolean> compared(String column, Predicate<String> wanted) throws IOException {
        return open(column, bytes -> wanted.test(bytes.toStringUsingUTF8()));
    }

    /**
     * The rows whose values are wanted.
     *
     * @param read puts the next so many values into an array
     * @param wanted whether the one with a number in that array is
     */
    private BitSet where(IntConsumer read, IntPredicate wanted) {
        BitSet rows = new BitSet(group.rows());
        for (int row = 0; row < group.rows(); row += EventColumns.BATCH_ROWS) {
            int count = Math.min(EventColumns.BATCH_ROWS, group.rows() - row);
            read.accept(count);
            for (int i = 0; i < count; i++) {
                rows.set(row + i, wanted.test(i));
            }
        }
        return rows;
    }

    private BitSet texts(String column, Predicate<String> wanted) throws IOException {
        ColumnValues<Boolean> values = compared(column, wanted);
        Boolean[] batch = new Boolean[EventColumns.BATCH_ROWS];
        return where(count -> values.values(batch, count), i -> batch[i]);
    }

    private BitSet lists(String column, Predicate<String> wanted) throws IOException {
        BitSet rows = new BitSet(group.rows());
        if (group.chunk(column).valueless()) {
            return rows;
        }
        ColumnValues<Boolean> values = compared(column, wanted);
        List<Boolean> list = new ArrayList<>();
        for (int row = 0; row < group.rows(); row++) {
            list.clear();
            values.list(list);
            rows.set(row, list.contains(true));
        }
        return rows;
    }

    private BitSet ints(String column, IntPredicate wanted) throws IOException {
        ColumnValues<Void> values = open(column, null);
        int[] batch = new int[EventColumns.BATCH_ROWS];
        return where(count -> values.ints(batch, count), i -> wanted.test(batch[i]));
    }

    private BitSet longs(String column, LongPredicate wanted) throws IOException {
        ColumnValues<Void> values = open(column, null);
        long[] batch = new long[EventColumns.BATCH_ROWS];
        return where(count -> values.longs(batch, count), i -> wanted.test(batch[i]));
    }
}

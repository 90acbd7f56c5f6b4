package dev.allframe.journal.allsource.engine.segment;

import java.util.List;
import java.util.function.Function;
import org.apache.parquet.VersionParser.ParsedVersion;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.impl.ColumnReaderImpl;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.jspecify.annotations.Nullable;

/**
 * The values of one column from some row on, a batch at a time into an array: a loop over one column is what the JIT
 * compiler makes fast. For one thread.
 *
 * @param <T> what a value of bytes becomes; one object for each entry of a dictionary
 */
final class ColumnValues<T> {

    private final ColumnReader reader;
    private final Converter<T> converter;
    private final int maxDefinition;

    private ColumnValues(ColumnReader reader, Converter<T> converter, int maxDefinition) {
        this.reader = reader;
        this.converter = converter;
        this.maxDefinition = maxDefinition;
    }

    /**
     * Begins at a row.
     *
     * @param skip rows of the pages that are passed over
     * @param decode makes a value of bytes; null for a column of numbers
     */
    static <T> ColumnValues<T> open(String column, PageReader pages, int skip, ParsedVersion writer,
            @Nullable Function<Binary, T> decode) {
        ColumnDescriptor descriptor = EventSchema.SCHEMA.getColumnDescription(column.split("\\.", -1));
        Converter<T> converter = new Converter<>(decode);
        ColumnReader reader = new ColumnReaderImpl(descriptor, pages, converter, writer);
        ColumnValues<T> values = new ColumnValues<>(reader, converter, descriptor.getMaxDefinitionLevel());
        values.skipRows(skip);
        return values;
    }

    /** Passes over rows without making anything of them. */
    void skipRows(int rows) {
        for (int i = 0; i < rows; i++) {
            do {
                if (reader.getCurrentDefinitionLevel() == maxDefinition) {
                    reader.skip();
                }
                reader.consume();
            } while (reader.getCurrentRepetitionLevel() != 0);
        }
    }

    /** The next values, null where there is none. */
    void values(@Nullable T[] into, int count) {
        for (int i = 0; i < count; i++) {
            into[i] = reader.getCurrentDefinitionLevel() == maxDefinition ? value() : null;
            reader.consume();
        }
    }

    private @Nullable T value() {
        reader.writeCurrentValueToConverter();
        return converter.value;
    }

    void longs(long[] into, int count) {
        for (int i = 0; i < count; i++) {
            into[i] = reader.getLong();
            reader.consume();
        }
    }

    void ints(int[] into, int count) {
        for (int i = 0; i < count; i++) {
            into[i] = reader.getInteger();
            reader.consume();
        }
    }

    /** Adds the values of the next row's list. */
    void list(List<T> into) {
        do {
            if (reader.getCurrentDefinitionLevel() == maxDefinition) {
                T value = value();
                if (value != null) {
                    into.add(value);
                }
            }
            reader.consume();
        } while (reader.getCurrentRepetitionLevel() != 0);
    }

    /** Keeps the value that the reader gives. Numbers are asked of the reader itself. */
    private static final class Converter<T> extends PrimitiveConverter {

        private final @Nullable Function<Binary, T> decode;
        private @Nullable T @Nullable [] entries;
        private @Nullable Dictionary dictionary;
        private @Nullable T value;

        Converter(@Nullable Function<Binary, T> decode) {
            this.decode = decode;
        }

        @Override
        public boolean hasDictionarySupport() {
            return decode != null;
        }

        @Override
        @SuppressWarnings("unchecked") // only this class puts something into it
        public void setDictionary(Dictionary dictionary) {
            this.dictionary = dictionary;
            entries = (T[]) new Object[dictionary.getMaxId() + 1];
        }

        @Override
        public void addValueFromDictionary(int id) {
            if (entries == null || dictionary == null) {
                throw new IllegalStateException("no dictionary");
            }
            T known = entries[id];
            if (known == null) {
                known = decoded(dictionary.decodeToBinary(id));
                entries[id] = known;
            }
            value = known;
        }

        @Override
        public void addBinary(Binary bytes) {
            value = decoded(bytes);
        }

        private T decoded(Binary bytes) {
            if (decode == null) {
                throw new IllegalStateException("a column of numbers has no bytes");
            }
            return decode.apply(bytes);
        }
    }
}

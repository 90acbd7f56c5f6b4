package dev.allframe.sample.bank.history;

import dev.allframe.failure.Failures;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A delimited text file whose first line names its columns, in any order, quoted or not. The delimiter is the semicolon
 * or comma of that line. A line that is UTF-8 is read as such, any other as ISO-8859-1. A row is a line, or several
 * where a quoted field has line breaks.
 *
 * <p>The CSV parser takes rows apart; it cannot go on behind one that is malformed. So the rows are found here: a line
 * that is no row by itself, and none together with up to {@link #MAX_LINES} lines behind it, is one malformed line, and
 * the next line begins a row. A quote that is never closed costs its own line.
 */
final class Table {

    /** Why a row is not understood. */
    static final class MalformedException extends RuntimeException {
        MalformedException(String reason) {
            super(reason);
        }
    }

    /** How other programs write that a field has no value. */
    private static final Set<String> NO_VALUE = Set.of("nan", "null", "na", "n/a", "none", "?");

    /** A row by the names of its columns. */
    static final class Row {
        private final Map<String, Integer> columns;
        private final CSVRecord values;
        private final Path file;
        private final int line;

        private Row(Map<String, Integer> columns, CSVRecord values, Path file, int line) {
            this.columns = columns;
            this.values = values;
            this.file = file;
            this.line = line;
        }

        /** What the row says, with where it stands. */
        <T> Located<T> says(T contents) {
            return new Located<>(contents, file, line);
        }

        /** The trimmed text of a column; empty where the file has no such column, or a word for no value. */
        String text(String column) {
            Integer index = columns.get(column);
            String text = index == null ? "" : values.get(index).strip();
            return NO_VALUE.contains(text.toLowerCase(Locale.ROOT)) ? "" : text;
        }

        /** The trimmed text of a column that must not be empty. */
        String required(String column) {
            String text = text(column);
            if (text.isEmpty()) {
                throw new MalformedException(column + " is empty");
            }
            return text;
        }
    }

    /** Of one row. */
    private static final int MAX_LINES = 100;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Path file;
    private final String name;

    Table(Path file) {
        this.file = file;
        name = String.valueOf(file.getFileName());
    }

    /**
     * Reads all rows. Empty lines are passed over.
     *
     * @param required the columns that there must be
     * @param rows takes a row, or throws {@link MalformedException}
     * @param bad takes what is malformed
     * @throws InputException if the file cannot be read or lacks a column
     */
    void read(List<String> required, Consumer<Row> rows, Consumer<BadLine> bad) {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            Lines lines = new Lines(reader);
            String header = lines.next();
            if (header == null) {
                throw new InputException(file + " is empty: its first line must name the columns");
            }
            CSVFormat format = CSVFormat.DEFAULT.builder()
                    .setDelimiter(header.indexOf(';') >= 0 ? ';' : ',')
                    .setIgnoreSurroundingSpaces(true)
                    .get();
            Map<String, Integer> columns = columns(parse(decode(header), format), required);
            for (String line = lines.next(); line != null; line = lines.next()) {
                int number = lines.number();
                try {
                    if (!line.isBlank()) {
                        rows.accept(row(columns, record(line, lines, format, columns.size()), number));
                    }
                } catch (MalformedException malformed) {
                    bad.accept(new BadLine(name, number, Failures.message(malformed)));
                } catch (InputException end) {
                    throw end;
                } catch (RuntimeException unfit) {
                    bad.accept(new BadLine(name, number, "it makes no sense: " + Failures.message(unfit)));
                }
            }
        } catch (MalformedException malformed) {
            throw new InputException(
                    file + ": its first line does not name the columns: " + Failures.message(malformed));
        } catch (IOException failed) {
            throw new InputException(file + " cannot be read: " + Failures.message(failed));
        }
    }

    private Map<String, Integer> columns(CSVRecord header, List<String> required) {
        Map<String, Integer> columns = new HashMap<>();
        for (String column : header) {
            columns.putIfAbsent(column.strip().toLowerCase(Locale.ROOT), columns.size());
        }
        if (columns.size() < header.size()) {
            throw new InputException(file + ": two columns have the same name");
        }
        for (String column : required) {
            if (!columns.containsKey(column)) {
                throw new InputException(file + ": its first line names no column '" + column + "'");
            }
        }
        return columns;
    }

    private Row row(Map<String, Integer> columns, CSVRecord values, int line) {
        if (values.size() != columns.size()) {
            throw new MalformedException(
                    values.size() + " fields, but the first line names " + columns.size() + " columns");
        }
        return new Row(columns, values, file, line);
    }

    /** The row that begins with a line; passes over the lines that belong to the row. */
    private static CSVRecord record(String first, Lines lines, CSVFormat format, int size) throws IOException {
        if (first.length() > Lines.MAX_CHARS) {
            throw new MalformedException("it has more than " + Lines.MAX_CHARS + " characters");
        }
        try {
            return parse(decode(first), format);
        } catch (MalformedException alone) {
            CSVRecord record = recordOfSeveral(first, lines, format, size);
            if (record == null) {
                throw alone;
            }
            return record;
        }
    }

    private static @Nullable CSVRecord recordOfSeveral(String first, Lines lines, CSVFormat format, int size)
            throws IOException {
        StringBuilder text = new StringBuilder(first);
        long quotes = quotes(first);
        int count = 0;
        for (String line : lines.following(MAX_LINES - 1)) {
            text.append('\n').append(line);
            quotes += quotes(line);
            count++;
            if (text.length() > Lines.MAX_CHARS) {
                return null;
            }
            if (quotes % 2 == 0) {
                CSVRecord record = parseOrNull(decode(text.toString()), format);
                if (record != null && record.size() == size) {
                    for (int passed = 0; passed < count; passed++) {
                        lines.next();
                    }
                    return record;
                }
            }
        }
        return null;
    }

    private static long quotes(String line) {
        return line.chars().filter(character -> character == '"').count();
    }

    private static @Nullable CSVRecord parseOrNull(String text, CSVFormat format) {
        try {
            return parse(text, format);
        } catch (MalformedException none) {
            return null;
        }
    }

    private static CSVRecord parse(String line, CSVFormat format) {
        try (CSVParser parser = CSVParser.parse(line, format)) {
            List<CSVRecord> records = parser.getRecords();
            if (records.size() == 1) {
                return records.getFirst();
            }
            throw new MalformedException("not one row");
        } catch (MalformedException notOne) {
            throw notOne;
        } catch (IOException | RuntimeException failed) {
            throw new MalformedException("a quote is not closed, or text follows a closing quote");
        }
    }

    private static String decode(String latin1) {
        String line = latin1;
        try {
            ByteBuffer bytes = ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1));
            line = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException notUtf8) {
            // then it is ISO-8859-1, in which every byte is a character
        }
        return line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
    }
}

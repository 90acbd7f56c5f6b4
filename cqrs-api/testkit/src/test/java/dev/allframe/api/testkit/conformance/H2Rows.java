package dev.allframe.api.testkit.conformance;

import dev.allframe.store.Payload;
import dev.allframe.store.StreamId;
import dev.allframe.store.spi.PageBuilder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How values become columns. */
final class H2Rows {

    /** Reads one row. */
    @FunctionalInterface
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private H2Rows() {}

    static <T> List<T> select(Connection connection, Row<T> reader, String sql, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<T> read = new ArrayList<>();
            while (rows.next()) {
                read.add(reader.of(rows));
            }
            return read;
        }
    }

    static long number(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        List<Long> found = select(connection, row -> row.getLong(1), sql, parameters);
        return found.isEmpty() ? 0 : found.getFirst();
    }

    static int update(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        fill(statement, parameters);
        return statement;
    }

    static void fill(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            Object parameter = parameters[i];
            if (parameter instanceof String text) {
                checkText(text);
            } else if (parameter instanceof String[] texts) {
                Arrays.stream(texts).forEach(H2Rows::checkText);
            }
            statement.setObject(i + 1, parameter);
        }
    }

    /** The database may keep text as UTF-8, which has no place for half of a surrogate pair. */
    private static void checkText(String text) {
        boolean unpaired = text.codePoints()
                .anyMatch(c -> Character.MIN_SURROGATE <= c && c <= Character.MAX_SURROGATE);
        if (unpaired) {
            throw new IllegalArgumentException("text with an unpaired surrogate cannot be stored");
        }
    }

    static List<StreamId> ids(Connection connection, String sql, @Nullable StreamId after, int limit)
            throws SQLException {
        return select(connection, row -> new StreamId(row.getString(1)), sql, after == null ? "" : after.value(),
                limit);
    }

    /** As many as a page takes. */
    static <T> List<T> page(PageBuilder<T> page, List<T> found) {
        for (int i = 0; i < found.size() && !page.isFull(); i++) {
            page.add(found.get(i));
        }
        return page.elements();
    }

    /** Three columns, all null where there is no payload. */
    static @Nullable Payload payload(ResultSet row, String prefix) throws SQLException {
        byte[] bytes = row.getBytes(prefix + "payload");
        return bytes == null
                ? null
                : new Payload(row.getInt(prefix + "serializer"), row.getString(prefix + "manifest"), bytes);
    }

    static String[] pairs(Map<String, String> map) {
        return map.entrySet()
                .stream()
                .flatMap(entry -> List.of(entry.getKey(), entry.getValue()).stream())
                .toArray(String[]::new);
    }

    static Map<String, String> map(String[] pairs) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    static String[] texts(ResultSet row, String column) throws SQLException {
        Object[] values = (Object[]) row.getArray(column).getArray();
        return Arrays.copyOf(values, values.length, String[].class);
    }
}

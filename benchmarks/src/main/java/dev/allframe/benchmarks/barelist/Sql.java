package dev.allframe.benchmarks.barelist;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Statements, each a transaction of its own. Blocks. */
record Sql(DataSource pool) {

    interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    <T> List<T> query(String sql, Mapper<T> mapper, Object... arguments) {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = prepare(connection, sql, arguments);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(mapper.map(rows));
            }
            return found;
        } catch (SQLException failed) {
            throw new IllegalStateException(sql, failed);
        }
    }

    void execute(String sql, Object... arguments) {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = prepare(connection, sql, arguments)) {
            statement.execute();
            connection.commit();
        } catch (SQLException failed) {
            throw new IllegalStateException(sql, failed);
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }
}

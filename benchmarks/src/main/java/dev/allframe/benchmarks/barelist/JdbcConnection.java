package dev.allframe.benchmarks.barelist;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.projection.jdbc.JdbcSession;

/** A pooled connection for one transaction of a projection. */
public final class JdbcConnection implements JdbcSession {

    private final Connection connection;

    /** Takes a connection. */
    public JdbcConnection(DataSource pool) {
        try {
            connection = pool.getConnection();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** A pool of connections that do not commit by themselves. */
    public static HikariDataSource pool(String url, int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(connections);
        config.setAutoCommit(false);
        return new HikariDataSource(config);
    }

    @Override
    public <T> T withConnection(Function<Connection, T> use) throws Exception {
        return use.apply(connection);
    }

    @Override
    public void commit() throws SQLException {
        connection.commit();
    }

    @Override
    public void rollback() throws SQLException {
        connection.rollback();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}

package dev.allframe.benchmarks.barelist;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.projection.ProjectionId;

/** The tables of the list: each rebuild has one of its own, beside the one that is served. Blocks. */
record Generations(Sql sql) {

    /** Raised when the handler or a table's columns change their meaning: then the list is built anew at the start. */
    static final int VERSION = 1;

    private static final String NAME = "account-list";

    /** Where pekko-projection-jdbc stores offsets. */
    private static final String OFFSETS = "\"pekko_projection_offset_store\" WHERE \"projection_name\" = ?"
            + " AND \"projection_key\" = ?";

    enum State {
        BUILDING, SERVED, OLD
    }

    record Generation(int number, int version, State state) {

        String table() {
            return "account_list_" + number;
        }

        ProjectionId projection() {
            return ProjectionId.of(NAME, Integer.toString(number));
        }
    }

    void createTable() {
        sql.execute("CREATE TABLE IF NOT EXISTS account_lists (number INT PRIMARY KEY, version INT, state VARCHAR(8))");
    }

    List<Generation> all() {
        return sql.query("SELECT number, version, state FROM account_lists ORDER BY number", row -> new Generation(
                row.getInt(1), row.getInt(2), State.valueOf(row.getString(3))));
    }

    /** Those of today's version that are built or served. */
    List<Generation> current() {
        return all().stream()
                .filter(generation -> generation.version() == VERSION && generation.state() != State.OLD)
                .toList();
    }

    Optional<Generation> served() {
        return current().stream().filter(generation -> generation.state() == State.SERVED).findFirst();
    }

    Generation begin() {
        int number = all().stream().mapToInt(Generation::number).max().orElse(0) + 1;
        Generation begun = new Generation(number, VERSION, State.BUILDING);
        sql.execute("CREATE TABLE IF NOT EXISTS " + begun.table() + " (id VARCHAR(200) PRIMARY KEY,"
                + " owner VARCHAR(1000), balance DECIMAL(30, 4), currency CHAR(3), version BIGINT)");
        sql.execute("CREATE INDEX IF NOT EXISTS " + begun.table() + "_owner ON " + begun.table() + " (owner, id)");
        sql.execute("CREATE INDEX IF NOT EXISTS " + begun.table() + "_balance ON " + begun.table() + " (balance, id)");
        sql.execute("INSERT INTO account_lists VALUES (?, ?, ?)", number, VERSION, State.BUILDING.name());
        return begun;
    }

    void serve(Generation built) {
        sql.execute(
                "UPDATE account_lists SET state = CASE number WHEN ? THEN 'SERVED' ELSE 'OLD' END WHERE number <= ?",
                built.number(), built.number());
    }

    void drop(Generation old) {
        sql.execute("DROP TABLE IF EXISTS " + old.table());
        sql.execute("DELETE FROM " + OFFSETS, NAME, old.projection().key());
        sql.execute("DELETE FROM account_lists WHERE number = ?", old.number());
    }

    /** The offset behind the last event that was applied; 0 before the first. */
    long position(Generation generation) {
        return sql.query("SELECT \"current_offset\" FROM " + OFFSETS, row -> Long.parseLong(row.getString(1)), NAME,
                generation.projection().key()).stream().findFirst().orElse(0L);
    }
}

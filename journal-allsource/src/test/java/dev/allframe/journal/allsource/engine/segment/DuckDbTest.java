package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.store.StoredEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another program reads our Parquet files as they stand. */
class DuckDbTest {

    @TempDir
    Path directory;

    private List<String> query(String sql) throws SQLException {
        String file = SegmentFile.PARQUET.in(directory, 1).toString();
        List<String> cells = new ArrayList<>();
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery(sql.replace("EVENTS", "'" + file + "'"))) {
            while (rows.next()) {
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    cells.add(String.valueOf(rows.getObject(i)));
                }
            }
        }
        return cells;
    }

    private void seal(List<StoredEvent> rows) throws Exception {
        new EventSegmentWriter(new RealDisk(), directory, SampleRows.STORE).writeBoth(1, rows.iterator());
    }

    @Test
    void it_counts_and_sums_what_was_written() throws Exception {
        seal(SampleRows.plain(50_000));

        assertThat(query("select count(*), sum(position), min(sequence_nr), max(sequence_nr), count(distinct "
                + "persistence_id), any_value(entity_type), count(payload), count(payload_text) from EVENTS"))
                .containsExactly("50000", "1250025000", "1", "20", "2500", "account", "0", "50000");
        assertThat(query("select sum(cast(payload_text ->> '$.amount' as bigint)) from EVENTS"))
                .containsExactly("1249975000");
        assertThat(query("select count(*) from EVENTS where slice between 0 and 1023 and list_contains(tags, 'tag')"))
                .containsExactly("50000");
        assertThat(query("select epoch_ms(min(timestamp)), epoch_ms(max(timestamp)), typeof(any_value(timestamp)) "
                + "from EVENTS")).containsExactly("1001", "51000", "TIMESTAMP WITH TIME ZONE");
        assertThat(query("select cast(key as varchar), cast(value as varchar) from parquet_kv_metadata(EVENTS) "
                + "where starts_with(cast(key as varchar), 'allframe.') order by 1"))
                .containsExactly("allframe.first-position", "1", "allframe.format", "1",
                        "allframe.last-position", "50000", "allframe.segment", "1", "allframe.store",
                        SampleRows.STORE.toString());
    }

    @Test
    void it_reads_every_kind_of_column() throws Exception {
        seal(SampleRows.golden());

        assertThat(query("select tags, headers['user'], command_id, correlation_id, causation_id, "
                + "adapter_manifest, event_version, serializer_id, writer, payload_text ->> '$.owner' "
                + "from EVENTS where event_type = 'opened'"))
                .containsExactly("[a-tag, b-tag]", "Ünal", "command-1", "correlation-1", "causation-1",
                        "adapter", "3", "46001", "writer-1", "Ö");
        assertThat(query("select octet_length(payload), payload_text, command_id, epoch_ms(timestamp) from EVENTS "
                + "where event_type = 'paid'")).containsExactly("2", "null", "null", "-1");
        assertThat(query("select octet_length(payload), payload_text from EVENTS where event_type = 'odd'"))
                .containsExactly("1", "null");
        assertThat(query("select payload_text, command is null from EVENTS where event_type = 'allframe.command'"))
                .containsExactly("", "false");
    }

    @Test
    void it_reads_odd_texts_as_we_do() throws Exception {
        List<StoredEvent> rows = SampleRows.odd(new Random(Seeds.next()), 3_000);
        seal(rows);

        assertThat(query("select persistence_id || chr(1) || writer || chr(1) || event_type from EVENTS order by "
                + "position"))
                .isEqualTo(rows.stream()
                        .sorted((left, right) -> Long.compare(left.position().index(),
                                right.position().index()))
                        .map(row -> row.stream() + "\u0001" + row.writer() + "\u0001"
                                + row.envelope().eventType())
                        .toList());
        TreeSet<String> tags = new TreeSet<>();
        rows.forEach(row -> tags.addAll(row.envelope().tags()));
        List<String> found = query("select distinct unnest(tags) from EVENTS");
        Collections.sort(found);
        assertThat(found).isEqualTo(List.copyOf(tags));
    }
}

package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class ExportTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path store;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path imported;

    @BeforeEach
    void create() {
        store = temporary.resolve("store");
        imported = temporary.resolve("imported");
        SampleStore.create(store);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(temporary.resolve("export.jsonl"), text, StandardCharsets.UTF_8);
    }

    @Test
    void an_imported_store_has_everything_that_was_exported() throws IOException {
        ToolRun exported = ToolRun.store("export", store);
        assertThat(exported.exitCode()).as(exported.err()).isZero();

        ToolRun run = ToolRun.store("import", imported, file(exported.out()));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(SampleStore.contents(imported)).isEqualTo(SampleStore.contents(store));
        assertThat(plainSnapshot(imported)).isEqualTo(plainSnapshot(store)).isPresent();
        assertThat(ToolRun.store("verify", imported).exitCode()).isZero();
    }

    private static Optional<Snapshot> plainSnapshot(Path directory) {
        try (EventStoreBackend open = AllSourceBackend.production(directory)) {
            return SampleStore.await(open.getLatestSnapshot(SampleStore.PLAIN, SnapshotCriteria.all()));
        }
    }

    @Test
    void an_import_of_an_export_of_an_import_is_the_same_text() throws IOException {
        String first = ToolRun.store("export", store).out();
        ToolRun.store("import", imported, file(first));

        String second = ToolRun.store("export", imported).out();

        String source = JSON.readTree(first.lines().findFirst().orElseThrow()).path("source").textValue();
        String other = JSON.readTree(second.lines().findFirst().orElseThrow()).path("source").textValue();
        assertThat(other).isNotEqualTo(source);
        assertThat(second.replace(other, source)).isEqualTo(first);
    }

    @Test
    void an_event_is_a_CloudEvent() throws IOException {
        List<String> lines = ToolRun.store("export", store).lines();

        JsonNode event = JSON.readTree(lines.get(5));
        assertThat(event.path("specversion").textValue()).isEqualTo("1.0");
        assertThat(event.path("id").textValue()).isEqualTo("Account|alice#3");
        assertThat(event.path("source").textValue()).hasSize(36);
        assertThat(event.path("type").textValue()).isEqualTo("account.withdrawn");
        assertThat(event.path("subject").textValue()).isEqualTo("Account|alice");
        assertThat(event.path("time").textValue()).isEqualTo("2026-03-01T10:00:06.123Z");
        assertThat(event.path("datacontenttype").textValue()).isEqualTo("application/json");
        assertThat(event.path("data").isObject()).isTrue();
        for (String line : lines) {
            JSON.readTree(line).properties().forEach(attribute -> {
                assertThat(attribute.getKey()).matches("[a-z0-9]{1,20}|data_base64");
                assertThat(attribute.getKey().equals("data") || attribute.getValue().isValueNode()).isTrue();
            });
            assertThat(JSON.readTree(line).path("type").textValue()).isNotEmpty();
        }
    }

    @Test
    void payloads_keep_every_byte() {
        String out = ToolRun.store("export", store).out();

        assertThat(out).contains("\"data\":[1,2.50,\"\u00e9\"]"); // the same bytes when it is written again
        assertThat(out).contains("\"data_base64\":\"eyJhbW91bnQiOiA1fQ==\""); // has a space
        assertThat(out).contains("\"data_base64\":\"\""); // no bytes are no JSON
    }

    @Test
    void a_file_that_is_cut_makes_no_store() throws IOException {
        String whole = ToolRun.store("export", store).out();
        List<String> lines = whole.lines().toList();

        ToolRun cut = ToolRun.store("import", imported, file(String.join("\n", lines.subList(0, 5)) + "\n"));

        assertThat(cut.exitCode()).isEqualTo(2);
        assertThat(cut.err()).contains("is cut behind line 5");
        assertThat(imported.resolve("STORE")).doesNotExist();
    }

    @Test
    void a_line_that_is_missing_in_the_middle_is_told() throws IOException {
        List<String> lines = ToolRun.store("export", store).lines();
        String without = String.join("\n", lines.subList(0, 2)) + "\n"
                + String.join("\n", lines.subList(3, lines.size()));

        ToolRun run = ToolRun.store("import", imported, file(without));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("lines before it");
        assertThat(imported.resolve("STORE")).doesNotExist();
    }

    @Test
    void a_line_that_cannot_be_used_is_named() throws IOException {
        List<String> lines = ToolRun.store("export", store).lines();

        ToolRun run = ToolRun.store("import", imported, file(lines.getFirst() + "\nnonsense\n"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("line 2 cannot be used");
        assertThat(run.err().strip()).doesNotContain("Source:").hasLineCount(1);
    }

    @Test
    void importing_needs_a_file_and_an_empty_directory() throws IOException {
        assertThat(ToolRun.store("import", imported, temporary.resolve("missing")).err()).contains("there is no file");
        assertThat(ToolRun.store("import", store, file("")).err()).contains("not empty");
    }
}

package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.store.EventStoreBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class VerifyTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path store;

    @BeforeEach
    void create() {
        store = temporary.resolve("store");
        SampleStore.create(store);
    }

    private Path file(String directory, String suffix) {
        try (Stream<Path> files = Files.list(store.resolve(directory))) {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().findFirst().orElseThrow();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            channel.write(ByteBuffer.wrap(new byte[]{(byte) (one.get(0) ^ 0x10)}), offset);
        }
    }

    private List<String> damage() {
        ToolRun run = ToolRun.store("verify", store);
        assertThat(run.exitCode()).as(run.out() + run.err()).isOne();
        return run.lines().stream().filter(line -> line.startsWith("damage: ")).toList();
    }

    @Test
    void a_whole_store_is_good() {
        ToolRun run = ToolRun.store("verify", store);

        assertThat(run.out()).isEqualToIgnoringNewLines("Everything is as it was written.");
        assertThat(run.exitCode()).isZero();
        assertThat(ToolRun.store("verify", store, "--json").out()).contains("\"good\" : true");
    }

    @Test
    void a_store_without_any_event_is_good() {
        Path empty = temporary.resolve("empty");
        AllSourceBackend.production(empty).close();

        assertThat(ToolRun.store("verify", empty).out()).isEqualToIgnoringNewLines("Everything is as it was written.");
    }

    @Test
    void a_backup_and_a_restored_store_are_good() {
        Path backup = temporary.resolve("backup");
        Path restored = temporary.resolve("restored");
        ToolRun.store("backup", store, backup);
        ToolRun.store("restore", store, restored, "--new-id");
        SampleStore.contents(restored);

        ToolRun ofBackup = ToolRun.store("verify", backup);
        ToolRun ofRestored = ToolRun.store("verify", restored);

        assertThat(ofBackup.exitCode()).as(ofBackup.out()).isZero();
        assertThat(ofBackup.out()).contains("there is no index");
        assertThat(ofRestored.exitCode()).as(ofRestored.out()).isZero();
    }

    @Test
    void a_damaged_identity_is_found() throws IOException {
        flip(store.resolve("STORE"), 10);

        assertThat(damage()).singleElement().asString().contains("STORE", "offset=");
    }

    @Test
    void a_damaged_manifest_is_found_and_the_log_checked_all_the_same() throws IOException {
        flip(store.resolve("MANIFEST"), 60);
        flip(file("log", ".wal"), 70);

        assertThat(damage()).satisfiesExactlyInAnyOrder(
                found -> assertThat(found).contains("MANIFEST", "offset="),
                found -> assertThat(found).contains(".wal", "offset=64"));
    }

    @Test
    void a_damaged_row_file_is_found() throws IOException {
        flip(file("segments", ".rows"), 200);

        assertThat(damage()).singleElement().asString().contains(".rows", "offset=0");
    }

    @Test
    void a_damaged_Parquet_file_is_found() throws IOException {
        flip(file("segments", ".parquet"), 200);

        assertThat(damage()).singleElement().asString().contains(".parquet", "offset=0");
    }

    @Test
    void a_missing_Parquet_file_is_found() throws IOException {
        Files.delete(file("segments", ".parquet"));

        assertThat(damage()).singleElement().asString().contains(".parquet", "is missing");
    }

    @Test
    void a_missing_segment_is_found() throws IOException {
        Path parquet = file("segments", ".parquet");
        Path rows = parquet.resolveSibling(parquet.getFileName().toString().replace(".parquet", ".rows"));
        Files.delete(parquet);
        Files.delete(rows);

        assertThat(damage()).anySatisfy(found -> assertThat(found).contains(parquet.getFileName().toString(),
                "is missing"));
        assertThat(ToolRun.store("compact", store).exitCode()).isOne();
    }

    @Test
    void a_missing_row_file_is_no_damage() throws IOException {
        Files.delete(file("segments", ".rows"));

        ToolRun run = ToolRun.store("verify", store);

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out()).contains("has no row file");
    }

    @Test
    void a_damaged_record_of_the_log_is_found() throws IOException {
        Path log = file("log", ".wal");
        flip(log, 64 + 30);

        assertThat(damage()).anySatisfy(found -> assertThat(found).contains(log.getFileName().toString(), "offset=64"));
    }

    @Test
    void a_damaged_table_of_the_state_is_found() throws IOException {
        flip(file("state", ".sst"), 20);

        assertThat(damage()).anySatisfy(found -> assertThat(found).contains("state"));
    }

    @Test
    void a_damaged_table_of_the_index_is_found_and_said_to_be_no_loss() throws IOException {
        flip(file("index", ".sst"), 20);

        assertThat(damage()).anySatisfy(found -> assertThat(found).contains("index, which can be deleted"));
    }

    @Test
    void everything_that_is_damaged_is_listed() throws IOException {
        flip(file("segments", ".rows"), 200);
        flip(file("segments", ".parquet"), 200);
        flip(file("state", ".sst"), 20);

        assertThat(damage()).anySatisfy(found -> assertThat(found).contains(".rows"))
                .anySatisfy(found -> assertThat(found).contains(".parquet"))
                .anySatisfy(found -> assertThat(found).contains("state"));
    }

    @Test
    void an_index_that_is_undamaged_and_wrong_is_found() {
        StoreDamage.noteInIndex(store, SampleStore.CART, 77);

        assertThat(damage()).singleElement().asString().contains("Cart|1", "77");
    }

    @Test
    void a_state_that_the_log_does_not_bear_out_is_found() {
        StoreDamage.deleteInState(store, SampleStore.PLAIN, 1);

        assertThat(damage()).isNotEmpty();
    }

    @Test
    void a_store_that_is_open_is_looked_at_as_it_is() {
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            ToolRun run = ToolRun.store("verify", store);

            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            assertThat(open.stats().events()).isEqualTo(8);
        }
    }
}

package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rescues of the sample store, whose positions 2 to 6 are sealed and 7 to 9 in the log alone. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class SalvageTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path store;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path rescued;

    @BeforeEach
    void create() {
        store = temporary.resolve("store");
        rescued = temporary.resolve("rescued");
        SampleStore.create(store);
    }

    private Path file(String directory, String suffix) {
        try (Stream<Path> files = Files.list(store.resolve(directory))) {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().findFirst().orElseThrow();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void damage(Path file, long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            channel.write(ByteBuffer.wrap(new byte[]{(byte) (one.get(0) ^ 0x10)}), offset);
        }
    }

    /** What a store shows, without the positions, which are given anew, and what counts them. */
    private static Map<String, Object> contents(Path directory) {
        Map<String, Object> contents = new TreeMap<>(SampleStore.contents(directory));
        contents.remove("lastPosition");
        contents.replaceAll((name, value) -> name.startsWith("events") ? withoutPositions((List<?>) value) : value);
        return contents;
    }

    private static List<String> withoutPositions(List<?> events) {
        return events.stream().map(event -> event.toString().replaceFirst("^\\d+ ", "")).toList();
    }

    private ToolRun salvage(int exitCode) {
        Map<String, Integer> before = files(store);
        ToolRun run = ToolRun.store("salvage", store, rescued);
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(exitCode);
        assertThat(files(store)).as("the source stays as it is").isEqualTo(before);
        ToolRun verified = ToolRun.store("verify", rescued);
        assertThat(verified.exitCode()).as(verified.out()).isZero();
        return run;
    }

    private static Map<String, Integer> files(Path directory) {
        Map<String, Integer> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = directory.relativize(file).toString();
                if (!name.equals("LOCK") && !name.equals("OWNER")) {
                    contents.put(name, Arrays.hashCode(Files.readAllBytes(file)));
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return contents;
    }

    private static long eventsOf(Path store, StreamId stream) {
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            return SampleStore.await(open.getEvents(stream, 1, Long.MAX_VALUE, 1000)).size();
        }
    }

    private static long version(Path store, StreamId stream) {
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            return SampleStore.await(open.highestSequenceNr(stream));
        }
    }

    @Test
    void of_a_whole_store_everything_is_taken() {
        ToolRun run = salvage(0);

        assertThat(run.lines()).last().isEqualTo("Nothing is lost.");
        assertThat(contents(rescued)).isEqualTo(contents(store));
    }

    @Test
    void a_damaged_row_file_costs_nothing() throws IOException {
        damage(file("segments", ".rows"), 60);

        ToolRun run = salvage(0);

        assertThat(run.out()).contains("note: segment 1: ", ".rows offset=40", "its other file has all rows");
        Files.delete(file("segments", ".rows"));
        assertThat(contents(rescued)).isEqualTo(contents(store));
    }

    @Test
    void a_damaged_Parquet_file_costs_nothing_where_the_row_file_is_whole() throws IOException {
        Path parquet = file("segments", ".parquet");
        byte[] whole = Files.readAllBytes(parquet);
        Files.write(parquet, new byte[]{1, 2, 3});

        salvage(0);

        Files.write(parquet, whole);
        assertThat(contents(rescued)).isEqualTo(contents(store));
    }

    @Test
    void a_row_file_without_its_end_is_read_by_its_blocks_where_there_is_no_other() throws IOException {
        Path parquet = file("segments", ".parquet");
        Path rows = file("segments", ".rows");
        byte[] wholeParquet = Files.readAllBytes(parquet);
        byte[] wholeRows = Files.readAllBytes(rows);
        Files.delete(parquet);
        Files.write(rows, Arrays.copyOf(wholeRows, wholeRows.length - 10));

        ToolRun run = salvage(0);

        assertThat(run.out()).contains("does not end as a row file");
        Files.write(parquet, wholeParquet);
        Files.write(rows, wholeRows);
        assertThat(contents(rescued)).isEqualTo(contents(store));
    }

    @Test
    void what_neither_file_has_is_taken_from_the_log_that_still_has_it() throws IOException {
        Map<String, Object> before = contents(store);
        damage(file("segments", ".rows"), 60);
        Path parquet = file("segments", ".parquet");
        damage(parquet, Files.size(parquet) - 20);

        ToolRun run = salvage(0);

        assertThat(run.out()).contains("note: segment 1: rows 0 to 4 of 5", "; the log has them");
        assertThat(contents(rescued)).isEqualTo(before);
    }

    @Test
    void what_neither_file_has_is_lost_and_told_with_the_streams_that_miss_it() throws IOException {
        SampleStore.moveLogOn(store, temporary.resolve("backup"));
        damage(file("segments", ".rows"), 60);
        Path parquet = file("segments", ".parquet");
        damage(parquet, Files.size(parquet) - 20);

        ToolRun run = salvage(1);

        assertThat(run.lines()).anySatisfy(line -> assertThat(line).startsWith("lost: segment 1: rows 0 to 4 of 5")
                .contains(".rows offset=40", ".parquet offset="))
                .anySatisfy(line -> assertThat(line).startsWith("lost: stream=Account|alice is cut behind event 1"))
                .anySatisfy(line -> assertThat(line).startsWith("lost: stream=" + SampleStore.CART)
                        .contains("is cut behind event 0: event 2 came instead of 1"))
                .anySatisfy(line -> assertThat(line).contains("the snapshot of event 2"));
        assertThat(eventsOf(rescued, SampleStore.CART)).isZero();
        assertThat(version(rescued, SampleStore.ALICE)).isOne();
        assertThat(contents(rescued).get("states")).asString().contains("state|a 2 3 ", "state|b 2 4 ");
    }

    /** Offsets of the records of the log that hold events which are not sealed: the last three but for the mark. */
    private static List<Integer> records(Path log) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> offsets = new ArrayList<>();
        for (int at = 64; at + 21 <= bytes.limit() && bytes.getInt(at) > 0; at += bytes.getInt(at)) {
            if (bytes.get(at + 20) == 1) {
                offsets.add(at);
            }
        }
        return offsets;
    }

    private Path lastLog() {
        try (Stream<Path> files = Files.list(store.resolve("log"))) {
            return files.filter(file -> file.toString().endsWith(".wal"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void records_before_and_behind_a_damaged_one_of_the_log_are_taken() throws IOException {
        Path log = lastLog();
        List<Integer> records = records(log);
        int second = records.get(records.size() - 2); // of stream BOB
        damage(log, second + 30);

        ToolRun run = salvage(1);

        assertThat(run.out()).contains("lost: file=" + log.toRealPath() + " offset=" + second + ": damaged",
                "; lost: entry ");
        assertThat(eventsOf(rescued, SampleStore.ALICE)).isEqualTo(2); // of three one was deleted
        assertThat(eventsOf(rescued, SampleStore.BOB)).isOne();
        assertThat(eventsOf(rescued, SampleStore.CART)).isEqualTo(2);
        assertThat(ToolRun.store("verify", store).exitCode()).isOne();
    }

    @Test
    void a_damaged_length_does_not_hide_the_records_behind_it() throws IOException {
        Path log = lastLog();
        List<Integer> records = records(log);
        damage(log, records.get(records.size() - 2));

        salvage(1);

        assertThat(eventsOf(rescued, SampleStore.CART)).isEqualTo(2);
        assertThat(eventsOf(rescued, SampleStore.BOB)).isOne();
    }

    @Test
    void a_torn_end_of_the_log_is_no_loss() throws IOException {
        Path log = lastLog();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.LITTLE_ENDIAN);
        int end = 64;
        while (bytes.getInt(end) > 0) {
            end += bytes.getInt(end);
        }
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[]{60, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), end);
        }

        salvage(0);

        assertThat(contents(rescued)).isEqualTo(contents(store));
    }

    @Test
    void a_damaged_header_of_the_log_costs_nothing() throws IOException {
        Path log = lastLog();
        byte[] whole = Files.readAllBytes(log);
        damage(log, 30);

        ToolRun run = salvage(0);

        assertThat(run.out()).contains("note: file=", "the header is damaged; records are found without it");
        Files.write(log, whole);
        assertThat(contents(rescued)).isEqualTo(contents(store));
    }

    @Test
    void without_the_state_events_are_taken_and_the_loss_is_told() throws IOException {
        damage(file("state", ".sst"), 20);

        ToolRun run = salvage(1);

        assertThat(run.lines()).anySatisfy(
                line -> assertThat(line).startsWith("lost: ")
                        .contains("snapshots, durable states and deletes are lost but for those in the log"));
        assertThat(eventsOf(rescued, SampleStore.CART)).isEqualTo(2);
        assertThat(eventsOf(rescued, SampleStore.BOB)).isEqualTo(2);
        assertThat(version(rescued, SampleStore.ALICE)).isEqualTo(3);
    }

    @Test
    void without_the_manifest_every_segment_file_is_read() throws IOException {
        Path manifest = store.resolve("MANIFEST");
        byte[] whole = Files.readAllBytes(manifest);
        damage(manifest, 60);

        ToolRun run = salvage(1);

        assertThat(run.out()).contains("lost: file=" + manifest.toRealPath(), "every segment file is read instead");
        Files.write(manifest, whole);
        assertThat(contents(rescued)).isEqualTo(contents(store));
    }

    @Test
    void without_its_identity_file_a_store_is_known_by_its_manifest() throws IOException {
        Path identity = store.resolve("STORE");
        byte[] whole = Files.readAllBytes(identity);
        Files.delete(identity);

        ToolRun run = salvage(0);

        assertThat(run.out()).contains("note: ", "manifest or log say that it is store ");
        Files.write(identity, whole);
        assertThat(contents(rescued)).isEqualTo(contents(store));
    }

    @Test
    void scripts_get_lists() throws IOException {
        damage(file("state", ".sst"), 20);

        ToolRun run = ToolRun.store("salvage", store, rescued, "--json");

        assertThat(run.exitCode()).isOne();
        assertThat(run.out()).contains("\"lost\" : [ \"", "\"events\" : ", "\"notes\" : [");
    }

    @Test
    void bad_directories_are_refused() throws IOException {
        Path empty = Files.createDirectory(temporary.resolve("empty"));

        assertRefused("there is no such directory", temporary.resolve("nowhere"), rescued);
        assertRefused("it has no file STORE", empty, rescued);
        assertRefused("is not empty", store, store);
        assertRefused("is inside of", store, store.resolve("rescued"));
        assertThat(rescued).doesNotExist();
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            assertThat(open.stats().events()).isPositive();
            assertRefused("an application, process", store, rescued);
        }
    }

    private static void assertRefused(String why, Path source, Path target) {
        ToolRun run = ToolRun.store("salvage", source, target);
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(2);
        assertThat(run.err()).contains(why);
    }
}

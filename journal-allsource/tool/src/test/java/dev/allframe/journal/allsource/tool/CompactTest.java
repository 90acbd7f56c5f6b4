package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.engine.Abandoned;
import dev.allframe.store.EventStoreBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class CompactTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;

    /** A store with three sealed segments and events in the log alone, one event of nine deleted. */
    private Path store() {
        Path store = temporary.resolve("store");
        try (Abandoned abandoned = new Abandoned(AllSourceBackend.production(store))) {
            EventStoreBackend open = abandoned.store();
            SampleStore.fill(open);
            SampleStore.await(open.flush());
            SampleStore.append(open, SampleStore.CART, SampleStore.event("cart.reopened", 1, "{}", 9));
        }
        return store;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void segments_become_one_and_the_contents_stay() throws IOException {
        Path store = store();
        Object before = SampleStore.contents(store);

        ToolRun run = ToolRun.store("compact", store);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.lines()).hasSize(2);
        assertThat(run.lines().get(0)).startsWith("before ").contains(" segments ", " bytes ");
        assertThat(run.lines().get(1)).startsWith("after         1 segments ").endsWith(" 9 events sealed");
        assertThat(files(store.resolve("segments"))).hasSize(2);
        assertThat(ToolRun.store("verify", store).exitCode()).isZero();
        assertThat(SampleStore.contents(store)).isEqualTo(before);
    }

    @Test
    void a_second_round_says_that_there_is_nothing_to_do() {
        Path store = store();
        ToolRun.store("compact", store);

        ToolRun again = ToolRun.store("compact", store);

        assertThat(again.exitCode()).isZero();
        assertThat(again.lines()).last().isEqualTo("There was nothing to do.");
    }

    @Test
    void scripts_get_numbers() {
        ToolRun run = ToolRun.store("compact", store(), "--json");

        assertThat(run.out()).contains("\"segmentsAfter\" : 1", "\"segmentsBefore\" : ", "\"segmentBytesBefore\" : ");
    }

    @Test
    void damage_is_told_and_nothing_is_deleted() throws IOException {
        Path store = store();
        for (Path file : files(store.resolve("segments"))) {
            damage(file, 200);
        }
        List<Path> before = files(store.resolve("segments"));

        ToolRun run = ToolRun.store("compact", store);

        assertThat(run.exitCode()).as(run.out() + run.err()).isOne();
        assertThat(run.err()).startsWith("store: damaged: file=");
        assertThat(files(store.resolve("segments"))).containsAll(before);
    }

    @Test
    void a_damaged_segment_is_told_and_the_others_are_compacted() throws IOException {
        Path store = temporary.resolve("store");
        for (int i = 0; i < 3; i++) { // a store merges four by itself
            try (EventStoreBackend open = AllSourceBackend.production(store)) {
                SampleStore.append(open, SampleStore.CART, SampleStore.event("cart.changed", 1, "{}", i));
                SampleStore.await(open.flush());
            }
        }
        List<Path> before = files(store.resolve("segments"));
        assertThat(before).hasSize(6);
        damage(before.get(0), 60); // in its rows; a segment is read from the file of the two that is whole
        damage(before.get(1), 60);

        ToolRun run = ToolRun.store("compact", store);

        assertThat(run.exitCode()).as(run.out() + run.err()).isOne();
        assertThat(run.err()).startsWith("store: damaged: file=").contains("00000000000000000001.");
        assertThat(files(store.resolve("segments"))).hasSize(4).contains(before.get(0), before.get(1));
        assertThat(ToolRun.store("verify", store).lines()).filteredOn(line -> line.startsWith("damage: segment 1: "))
                .hasSize(2)
                .allSatisfy(found -> assertThat(found).contains("00000000000000000001."));
    }

    @Test
    void a_segment_of_whose_files_one_is_whole_is_told_by_verify_and_mended() throws IOException {
        Path store = temporary.resolve("store");
        SampleStore.create(store);
        damage(files(store.resolve("segments")).get(1), 60);
        ToolRun told = ToolRun.store("verify", store);
        assertThat(told.exitCode()).isOne();
        assertThat(told.out()).contains("damage: segment 1: file=", "'store compact' writes the segment anew");

        assertThat(ToolRun.store("compact", store).exitCode()).isZero();

        assertThat(ToolRun.store("verify", store).exitCode()).isZero();
    }

    private static void damage(Path file, long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[]{77, 77, 77}), offset);
        }
    }

    @Test
    void a_store_that_is_open_or_missing_is_refused() {
        Path store = store();
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            assertThat(open.stats().events()).isPositive();

            ToolRun locked = ToolRun.store("compact", store);

            assertThat(locked.exitCode()).isEqualTo(2);
            assertThat(locked.err()).contains("an application, process", "'store compact' needs");
        }
        ToolRun missing = ToolRun.store("compact", temporary.resolve("nowhere"));
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).contains("there is no such directory");
        assertThat(temporary.resolve("nowhere")).doesNotExist();
    }
}

package dev.allframe.sample.bank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.sample.bank.child.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is cut of a file, and what never is. */
final class FeedFileTest {

    private static final String LINE = "{\"key\":\"account|1#1\"}\n";
    private static final String TORN = "{\"key\":\"acc";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path path;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path note;

    @BeforeEach
    void inFolder() {
        path = folder.resolve("feed.jsonl");
        note = folder.resolve("feed.jsonl.replay");
    }

    private void written(String... lines) throws IOException {
        try (FeedFile file = new FeedFile(path)) {
            file.check();
            file.open();
            for (String line : lines) {
                file.write(line);
            }
        }
    }

    /** A feed that was killed in the middle of a line, of a file that was so long before. */
    private void killed(long before, String torn) throws IOException {
        Files.writeString(note, Long.toString(before));
        Files.writeString(path, torn, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void lines_are_appended_and_nothing_else_is_left() throws IOException {
        written(LINE);
        written(LINE, LINE);

        assertThat(path).hasContent(LINE.repeat(3));
        assertThat(note).doesNotExist();
    }

    @Test
    void a_note_is_there_while_lines_are_written_and_only_then() throws IOException {
        written(LINE);
        try (FeedFile file = new FeedFile(path)) {
            file.check();
            assertThat(note).doesNotExist();
            file.open();
            assertThat(note).hasContent(Integer.toString(LINE.length()));
        }
        assertThat(note).doesNotExist();
    }

    @Test
    void what_a_killed_feed_has_left_of_a_line_is_cut_behind_its_whole_lines() throws IOException {
        written(LINE);
        killed(LINE.length(), LINE + TORN);

        written(LINE);

        assertThat(path).hasContent(LINE.repeat(3));
        assertThat(note).doesNotExist();
    }

    @Test
    void a_process_that_is_killed_in_the_middle_of_its_lines_leaves_whole_ones_to_the_next() throws Exception {
        Files.writeString(path, "before\n");
        Process process = ChildJvm.of(FeedFileProcess.class).process(path.toString()).start();
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.lines().anyMatch("two"::equals)).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(note).hasContent("7");

        written(LINE);

        try (Stream<String> lines = Files.lines(path)) {
            List<String> all = lines.toList();
            assertThat(all).startsWith("before").endsWith(LINE.strip()).hasSizeGreaterThanOrEqualTo(4);
            assertThat(all.subList(1, all.size() - 1))
                    .allMatch(line -> line.length() == FeedFileProcess.LINE.length() - 1);
        }
        assertThat(note).doesNotExist();
    }

    @Test
    void zeros_that_a_disk_has_left_of_a_line_are_cut() throws IOException {
        killed(0, LINE + "\0".repeat(30));

        written(LINE);

        assertThat(path).hasContent(LINE.repeat(2));
    }

    @Test
    void a_line_without_an_end_that_no_feed_has_left_is_refused_and_kept() throws IOException {
        refused("mine");
        killed(0, "");
        refused("mine, also beside a note");
        Files.writeString(note, "1000");
        refused(TORN);
        Files.writeString(note, "");
        refused(TORN);
    }

    private void refused(String content) throws IOException {
        Files.writeString(path, content);
        FeedFile file = new FeedFile(path);
        assertThatThrownBy(file::check).isInstanceOf(IOException.class)
                .hasMessageContaining("its last line has no end");
        assertThatThrownBy(file::open).isInstanceOf(IOException.class).hasMessageContaining("its last line has no end");
        file.close();
        assertThat(Files.readString(path)).isEqualTo(content);
    }

    @Test
    void a_file_that_another_feed_writes_is_refused_and_left_to_it() throws IOException {
        try (FeedFile first = new FeedFile(path)) {
            first.open();
            first.write(LINE);
            try (FeedFile second = new FeedFile(path)) {
                assertThatThrownBy(second::open).isInstanceOf(IOException.class)
                        .hasMessage("another command writes to it");
                assertThatThrownBy(() -> second.write(LINE)).isInstanceOf(IOException.class);
            }
            assertThat(note).exists();
            first.write(LINE);
        }
        assertThat(path).hasContent(LINE.repeat(2));
    }

    @Test
    void what_somebody_else_appends_meanwhile_stays() throws IOException {
        try (FeedFile file = new FeedFile(path)) {
            file.open();
            file.write(LINE);
            Files.writeString(path, "other\n", StandardOpenOption.APPEND);
            file.write(LINE);
        }

        assertThat(path).hasContent(LINE + "other\n" + LINE);
    }

    @Test
    void a_folder_that_is_not_there_is_told_and_not_made() {
        Path nowhere = folder.resolve("nowhere");

        assertThatThrownBy(new FeedFile(nowhere.resolve("feed.jsonl"))::check).isInstanceOf(IOException.class)
                .hasMessageContaining("there is no folder " + nowhere);
        assertThat(nowhere).doesNotExist();
    }
}

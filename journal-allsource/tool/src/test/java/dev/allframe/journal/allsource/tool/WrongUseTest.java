package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is asked of a command that it cannot do, it says so in one line, with a documented exit code. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class WrongUseTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private static Path temporary;
    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Path store;

    @BeforeAll
    static void create() throws IOException {
        store = temporary.resolve("a store");
        SampleStore.create(store);
        Files.createDirectory(temporary.resolve("empty"));
        Files.writeString(temporary.resolve("file"), "{}");
        Files.createDirectory(temporary.resolve("folder"));
        Files.writeString(temporary.resolve("folder/file"), "x");
        Files.writeString(temporary.resolve("no.conf"), "a { b");
    }

    @AfterEach
    void nothing_was_made() throws IOException {
        try (var files = Files.list(temporary)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName()))).containsExactlyInAnyOrder("a store",
                    "empty", "file", "folder", "no.conf");
        }
        assertThat(temporary.resolve("empty")).isEmptyDirectory();
    }

    /** Names in {braces} are files of the test. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            inspect {missing};                      there is no store in
            inspect {empty};                        it has no file STORE
            inspect {file};                         it is a file, and a store is a directory
            dump {missing};                         there is no store in
            dump {folder};                          it has no file STORE
            verify {file};                          there is no store in
            verify {missing};                       there is no store in
            compact {empty};                        it has no file STORE
            compact {missing};                      there is no store in
            export {folder};                        it has no file STORE
            salvage {empty} {target};               there is no store in
            salvage {missing} {target};             there is no store in
            salvage {store} {folder};               is not empty
            salvage {store} {file};                 is no directory
            salvage {store} {file/below};           is no directory, so that
            backup {missing} {target};              there is no store in
            backup {store} {folder};                folder
            restore {folder} {target};              it has no file STORE
            restore {store} {folder};               is not empty
            restore {store} {target} --to-position 99;    there is no position 99: the last one is
            restore {store} {target} --to-position -1;    there is no position -1
            restore {store} {target} --to-time yesterday; 'yesterday' is not a time such as 2026-03-01T10:00:00Z
            restore {store} {target} --to-time 2026-02-31T00:00:00Z; is not a time such as
            restore {store} {target} --drop-states; needs --to-position
            import {target} {missing};              there is no file
            import {folder} {file};                 is not empty
            import {target} {empty};                is a directory
            dump {store} --limit 0;                 --limit must be 1 or more, not 0
            dump {store} --limit -5;                --limit must be 1 or more, not -5
            dump {store} --limit many;              'many' is not a whole number
            dump {store} --from-position abc;       'abc' is not a whole number
            dump {store} --to-position 1.5;         '1.5' is not a whole number
            dump {store} --limit 9223372036854775808; is not from -9223372036854775808 to 9223372036854775807
            restore {store} {target} --to-position 1e3;   '1e3' is not a whole number
            restore {store} {target} --to-position 0;     and no event up to position 0 is as late as that
            restore {store} {target} --to-position 1;     and no event up to position 1 is as late as that
            restore {store} {file/below};           is no directory, so that
            import {file/below} {no.conf};          is no directory, so that
            dump {store} --from-position 0;         --from-position must be 1 or more, not 0
            dump {store} --from-position 5 --to-position 4; --to-position must be 5 or more, not 4
            dump {store} --stream nope;             no event is of stream nope
            dump {store} --stream Cart|1 --stream x; no event is of stream x
            dump {store} --type nope;               no event is of type nope
            migrate-from {target} --config {missing} --from x;  there is no file
            migrate-from {target} --config {no.conf} --from x;  is no configuration
            """)
    void a_command_that_cannot_do_what_is_asked_says_so_in_one_line(String arguments, String sentence) {
        ToolRun run = run(arguments);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).doesNotContain("Exception", "\tat ", "-1000000000");
        assertThat(run.err().lines().findFirst().orElse("")).contains(sentence);
    }

    @Test
    void names_that_no_event_within_the_bounds_has_are_no_mistake_where_another_event_has_them() {
        ToolRun run = run("dump {store} --stream Cart|1 --from-position 3 --to-position 4");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect", "dump", "verify", "export"})
    void an_output_that_takes_no_more_ends_a_command_with_3_and_one_line(String command) {
        StringWriter err = new StringWriter();
        OutputStream full = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("No space left on device");
            }
        };

        int exitCode = StoreTool.commandLine()
                .setOut(new PrintWriter(full, false, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err))
                .execute(command, store.toString());

        assertThat(exitCode).isEqualTo(3);
        assertThat(err.toString().strip()).isEqualTo("store: the output took no more: it is not complete");
    }

    private static ToolRun run(String arguments) {
        List<Object> texts = Arrays.stream(arguments.split(" "))
                .map(text -> text.replace("{store}", store.toString())
                        .replaceAll("\\{([a-z./]+)}", temporary + "/$1"))
                .map(Object.class::cast)
                .toList();
        return ToolRun.store(texts.toArray());
    }
}

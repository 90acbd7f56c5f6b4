package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.store.EventStoreBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A path with a link before a {@code ..} is one directory for the application, the commands and the file system. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class LinkedDirectoryTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path beyond;
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path store;

    @BeforeEach
    void create() throws IOException {
        beyond = temporary.resolve("far/beyond");
        Files.createDirectories(beyond.resolve("inner"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), beyond.resolve("inner"));
        store = link.resolve("../store");
        SampleStore.create(store);
    }

    private String there(String name) {
        return temporary.resolve("link").resolve("..").resolve(name).toString();
    }

    @Test
    void the_application_and_every_command_mean_the_directory_that_the_file_system_means() throws IOException {
        assertThat(beyond.resolve("store/STORE")).exists();
        assertThat(ToolRun.store("verify", store).exitCode()).isZero();
        assertThat(ToolRun.store("inspect", store, "--json").out())
                .contains(beyond.toRealPath().resolve("store").toString());
        assertThat(ToolRun.store("dump", store).exitCode()).isZero();
        assertThat(ToolRun.store("backup", store, there("backup")).exitCode()).isZero();
        assertThat(ToolRun.store("restore", there("backup"), there("restored")).exitCode()).isZero();
        assertThat(ToolRun.store("salvage", store, there("salvaged")).exitCode()).isZero();
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            assertThat(open.storeId()).isNotEmpty();
            assertThat(ToolRun.store("dump", store).exitCode()).as("beside its owner").isZero();
        }

        try (var files = Files.list(temporary)) {
            assertThat(files).as("nothing is made elsewhere")
                    .containsExactlyInAnyOrder(temporary.resolve("link"),
                            temporary.resolve("far"));
        }
        for (String made : new String[]{"backup", "restored", "salvaged"}) {
            assertThat(beyond.resolve(made + "/STORE")).exists();
        }
    }

    @Test
    void a_target_inside_of_the_store_is_refused_however_it_is_written() {
        assertThat(ToolRun.store("backup", beyond.resolve("store").toString(), there("store/inside")).exitCode())
                .isEqualTo(2);
        assertThat(ToolRun.store("salvage", beyond.resolve("store").toString(), there("store/inside")).exitCode())
                .isEqualTo(2);
        assertThat(beyond.resolve("store/inside")).doesNotExist();
    }
}

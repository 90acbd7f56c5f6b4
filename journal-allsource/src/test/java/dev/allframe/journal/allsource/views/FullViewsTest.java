package dev.allframe.journal.allsource.views;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.NativeLibrary;
import dev.allframe.store.view.ViewTables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The disk is full under views, in a process of its own: what asks for more is refused, and can be tried again. */
class FullViewsTest {

    private static final long PATIENCE_SECONDS = 240;

    @Test
    void views_that_find_no_room_lose_nothing_and_go_on_when_they_do(
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path temporary) throws Exception {
        Path work = temporary.toRealPath();
        Path library = NativeLibrary.compile("full_disk.c", work);
        Path directory = work.resolve("store");
        Path output = work.resolve("output");
        Path fullWhile = work.resolve("full");
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                FullViewsWriter.class.getName(), directory.toString(), fullWhile.toString())
                .redirectError(work.resolve("errors").toFile())
                .redirectOutput(output.toFile());
        builder.environment().put("LD_PRELOAD", library.toString());
        builder.environment().put("FULL_WHILE", fullWhile.toString());
        Process child = builder.start();
        try {
            assertThat(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
            assertThat(child.exitValue()).as(() -> "exit, see " + work.resolve("errors")).isZero();
        } finally {
            child.destroyForcibly().waitFor();
        }

        int batches = Integer.parseInt(Files.readString(output).strip());
        try (RocksViewStore store = FullViewsWriter.open(directory);
                ViewTables tables = store.open(FullViewsWriter.VIEW, 1)) {
            FullViewsWriter.check(tables, batches);
            assertThat(store.generations(FullViewsWriter.VIEW)).hasSize(2);
            assertThat(store.served(FullViewsWriter.VIEW)).hasValue(store.generations(FullViewsWriter.VIEW).getLast());
        }
    }
}

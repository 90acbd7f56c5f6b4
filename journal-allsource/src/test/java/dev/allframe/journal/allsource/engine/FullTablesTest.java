package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.EventStoreBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The disk is full under RocksDB's files, in a process on a real file system: what asks for more is refused, reads go
 * on, and all goes on by itself when there is room.
 */
@Guarantee({"G1", "G4", "G10"})
class FullTablesTest {

    private static final long PATIENCE_SECONDS = 240;

    private final long seed = Seeds.next();

    @ParameterizedTest
    @EnumSource
    void a_store_whose_tables_find_no_room_loses_nothing_and_goes_on_by_itself_when_they_do(
            FullTablesWriter.Where where,
            @TempDir(factory = TempDirFactory.Standard.class, cleanup = CleanupMode.ON_SUCCESS) Path temporary)
            throws Exception {
        Path work = temporary.toRealPath();
        Path library = NativeLibrary.compile("full_disk.c", work);
        Path directory = work.resolve("store");
        Path output = work.resolve("output");
        Path fullWhile = work.resolve("full");
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                FullTablesWriter.class.getName(), directory.toString(), fullWhile.toString(), where.name(),
                Long.toString(seed))
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

        List<String> said = Files.readAllLines(output);
        try (EventStoreBackend store = FullTablesWriter.open(directory)) {
            FullTablesWriter.check(store, Long.parseLong(said.get(0)), Long.parseLong(said.get(1)));
        }
    }
}

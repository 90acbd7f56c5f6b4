package dev.allframe.sample.bank.watched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.sample.bank.child.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A view of a million rows and a thousand who watch it in a heap of 256 MiB, of which the store has 64: they ask for
 * their first elements and for nothing while the view grows a hundredfold; the heap holds little more then, and who
 * asks again is given all.
 */
final class WatchedMillionsTest {

    private static final long ROWS = Long.getLong("watch.rows", 1_000_000);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void a_thousand_lagging_watchers_of_a_million_rows_fit_into_a_small_heap()
            throws IOException, InterruptedException {
        Path errors = folder.resolve("errors.txt");
        Process process = ChildJvm.of(WatchedMillionsProcess.class)
                .with("-XX:+ExitOnOutOfMemoryError")
                .optimized()
                .process(folder.resolve("store").toString(), Long.toString(ROWS))
                .redirectError(errors.toFile())
                .start();
        List<String> said = new ArrayList<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line);
                said.add(line);
            }
        } finally {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        }

        assertThat(process.exitValue()).as("%s %s", said, Files.readString(errors)).isZero();
        assertThat(said).last().isEqualTo("done");
    }
}

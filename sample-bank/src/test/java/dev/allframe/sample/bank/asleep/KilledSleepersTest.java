package dev.allframe.sample.bank.asleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
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
 * A process is killed in whose store sagas sleep. The next one wakes those that were due meanwhile, then others behind
 * some that fail for ever, then the rest at once: none is lost, and none has its effect twice. Prints how long each
 * took, and how much of the heap is in use while they sleep.
 */
@Guarantee("G8")
final class KilledSleepersTest {

    private static final int SAGAS = Integer.getInteger("timers.sagas", 2_000);

    /** With which the heap is compared where there are many. */
    private static final int FEW = SleepersProcess.DUE + 1_000;

    private static final int FEW_MIB = 16;
    private static final boolean MEASURES = SAGAS >= 10 * FEW;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void sleeping_sagas_are_woken_once_though_the_process_is_killed() throws IOException, InterruptedException {
        long heap = heapWith(SAGAS);

        if (MEASURES) {
            assertThat(heap - heapWith(FEW)).as("MiB more of the heap").isLessThan(FEW_MIB);
        }
    }

    /** The MiB of the heap that are in use while they sleep, where all is found as it should be. */
    private long heapWith(int sagas) throws IOException, InterruptedException {
        Path store = folder.resolve("store-" + sagas);
        run(store, "sleep", sagas);
        return run(store, "wake", sagas).stream()
                .filter(line -> line.startsWith("heap ") && line.contains("asleep"))
                .mapToLong(line -> Long.parseLong(line.split(" ", -1)[1]))
                .findFirst()
                .orElseThrow();
    }

    private List<String> run(Path store, String what, int sagas) throws IOException, InterruptedException {
        Path errors = folder.resolve("errors.txt");
        ChildJvm jvm = ChildJvm.of(SleepersProcess.class).with("-Xmx512m", "-XX:+ExitOnOutOfMemoryError");
        Process process = (sagas > FEW ? jvm.optimized() : jvm)
                .process(store.toString(), what, Integer.toString(sagas), Boolean.toString(MEASURES))
                .redirectError(errors.toFile())
                .start();
        List<String> said = new ArrayList<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line);
                said.add(line);
                if (line.equals("asleep")) {
                    process.toHandle().destroyForcibly();
                }
            }
        } finally {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        }
        assertThat(process.exitValue()).as("%s %s", said, Files.readString(errors))
                .isEqualTo(what.equals("sleep") ? 128 + 9 : 0);
        assertThat(said).contains(what.equals("sleep") ? "asleep" : "done");
        return said;
    }
}

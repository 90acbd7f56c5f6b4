package dev.allframe.sample.bank.killed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.sample.bank.child.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process with two versions of a view is killed about switches and rollbacks, again and again on one store. In the
 * next one the version answers that was ordered last, or the one before where the order was on its way; both are what
 * all events make of them, and neither was built anew.
 */
@Guarantee({"G6", "G7"})
final class KilledReplacingTest {

    private static final int KILLS = Integer.getInteger("replacing.kills", 4);
    private static final int STEPS = 24;

    /** At which line of a switch a process is killed; at no line of one where it pays. */
    private static final List<String> MOMENTS = List.of("asks", "ordered", "answers", "paid");

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Set<Integer> possible = new TreeSet<>(Set.of(1));
    private String generations = "";
    private @Nullable Process process;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void one_of_two_versions_answers_and_both_are_whole_though_the_process_is_killed() throws Exception {
        System.out.println("replay with -Dtest.seed=" + seed);
        for (int kill = 0; kill < KILLS; kill++) {
            live(MOMENTS.get(kill % MOMENTS.size()), 1 + random.nextInt(2));
        }
        live("", 0);
    }

    /** One process, which is killed when it has said a word so many times; one that has done what it had to ends. */
    private void live(String word, int times) throws IOException, InterruptedException {
        Path errors = folder.resolve("errors.txt");
        Process life = ChildJvm.of(SwitchingProcess.class)
                .process(folder.resolve("store").toString(), Long.toString(random.nextLong()),
                        Integer.toString(STEPS), random.nextBoolean() ? "3ms" : "60s")
                .redirectError(errors.toFile())
                .start();
        process = life;
        int said = 0;
        boolean killed = false;
        try (BufferedReader lines = life.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.endsWith(PursesProcess.END)) {
                    continue;
                }
                String[] words = line.split(" ", -1);
                assertThat(words[0]).as(line + "\n" + Files.readString(errors)).isNotEqualTo("failed");
                hear(words);
                if (words[0].equals(word) && ++said == times && !killed) {
                    life.toHandle().destroyForcibly();
                    killed = true;
                }
            }
        } finally {
            life.destroyForcibly().waitFor();
        }
        assertThat(life.exitValue()).as(Files.readString(errors)).isEqualTo(killed ? 128 + 9 : 0);
    }

    /** Keeps in mind which version may answer in the next process: lines may be said that come behind the kill. */
    private void hear(String[] words) {
        switch (words[0]) {
            case "verified" -> {
                assertThat(possible).as("replay with -Dtest.seed=%s", seed).contains(Integer.parseInt(words[1]));
                possible.retainAll(Set.of(Integer.parseInt(words[1])));
                String both = words[2] + " and " + words[3];
                assertThat(both).as("a version was built anew; replay with -Dtest.seed=%s", seed)
                        .isEqualTo(generations.isEmpty() ? both : generations);
                generations = both;
            }
            case "asks" -> possible.add(Integer.parseInt(words[1]));
            case "ordered" -> possible.retainAll(Set.of(Integer.parseInt(words[1])));
            default -> {
                // says what is not looked at
            }
        }
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}

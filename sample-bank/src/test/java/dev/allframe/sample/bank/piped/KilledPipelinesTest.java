package dev.allframe.sample.bank.piped;

import static dev.allframe.sample.bank.piped.Readings.METER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.projection.ProjectionType;
import dev.allframe.sample.bank.child.ChildJvm;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process with pipelines is killed, again and again on one store: while they catch up, while events are appended
 * whose times are in any order, and while one of them is built anew. Windows, sessions, retention and the counts of
 * what came too late are then what a fold of all events says; what the last process builds anew has the same digests.
 */
@Guarantee("G7")
final class KilledPipelinesTest {

    private static final int KILLS = Integer.getInteger("pipeline.kills", 4);

    /** Events that are stored before any view is: several pages of a first catch-up. */
    private static final int HISTORY = 600;

    /** What a process is killed in. */
    private enum Moment {
        CATCH_UP, LIVE, REBUILD
    }

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<Process> started = new ArrayList<>();
    private final Map<String, Integer> hits = new TreeMap<>();
    private long acknowledged;
    private long late;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void pipelines_equal_a_fold_of_all_events_though_the_process_is_killed() throws Exception {
        System.out.println("replay with -Dtest.seed=" + seed);
        long begun = System.nanoTime();
        try (EventStoreBackend backend = AllSourceBackend.production(store())) {
            ReadingsProcess.append(EventStore.of(backend, METER, JacksonEventCodec.of(METER)), random, HISTORY,
                    Instant.EPOCH, appended -> acknowledged = appended.lastPosition().index());
        }
        Life next = new Life(Moment.CATCH_UP);
        for (int kill = 1; kill <= KILLS; kill++) {
            Life now = next;
            // Started beside the life of this one, so that it is warm when its turn comes.
            next = kill == KILLS ? new Life(null) : new Life(Moment.values()[kill % Moment.values().length]);
            now.run();
        }
        next.run();
        System.out.println(KILLS + " kills in " + (System.nanoTime() - begun) / 1_000_000 + " ms, " + hits + ", "
                + acknowledged + " events, " + late + " late");
        assertThat(hits).containsKeys("in catch-up", "live", "in a rebuild");
        assertThat(late).isPositive();
    }

    private Path store() {
        return folder.resolve("store");
    }

    /** One process: what it is to do, and when it is killed. */
    private final class Life {

        private final @Nullable Moment moment;
        private final double part = random.nextDouble();
        private final int appended = 20 + random.nextInt(100);
        private final Process process;
        private final Path errors = folder.resolve("errors-" + started.size() + ".txt");
        private int handled;
        private int answered;
        private boolean verified;
        private boolean ordered;

        Life(@Nullable Moment moment) throws IOException {
            this.moment = moment;
            List<String> views = new Readings(seed).views().stream().map(ProjectionType::name).toList();
            process = ChildJvm.of(ReadingsProcess.class)
                    .process(store().toString(), Long.toString(seed), Long.toString(random.nextLong()),
                            Integer.toString(appended), random.nextBoolean() ? "3ms" : "60s",
                            moment == Moment.REBUILD && random.nextBoolean() ? "2000" : "0",
                            moment == null
                                    ? "all"
                                    : moment == Moment.REBUILD ? views.get(random.nextInt(views.size())) : "none")
                    .redirectError(errors.toFile())
                    .start();
            started.add(process);
        }

        /** Lets the process live, and kills it in its moment, or lets it end where it has none. */
        void run() throws IOException, InterruptedException {
            boolean killed = false;
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                    Writer orders = process.outputWriter(StandardCharsets.UTF_8)) {
                boolean began = false;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String said = line.endsWith(ReadingsProcess.END)
                            ? line.substring(0, line.length() - ReadingsProcess.END.length())
                            : "";
                    if (said.startsWith("failed")) {
                        throw new AssertionError(said + "\n" + Files.readString(errors));
                    } else if (said.equals("warm")) {
                        orders.write("go " + acknowledged + "\n");
                        orders.flush();
                    } else if (said.equals("began")) {
                        began = true;
                    } else if (began) {
                        heard(said.split(" ", -1), !killed);
                        if (!killed && (isMoment() || (moment != null && said.equals("done")))) {
                            process.toHandle().destroyForcibly();
                            killed = true;
                        } else if (moment == null && said.equals("done")) {
                            orders.close();
                        }
                    }
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            assertThat(killed).as(Files.readString(errors)).isEqualTo(moment != null);
            assertThat(process.exitValue()).as(Files.readString(errors)).isEqualTo(killed ? 128 + 9 : 0);
            if (killed) {
                hits.merge(verified ? ordered ? "in a rebuild" : "live" : "in catch-up", 1, Integer::sum);
            }
        }

        /** What it says when it was killed already counts only where it was acknowledged. */
        private void heard(String[] said, boolean alive) {
            switch (said[0]) {
                case "appended" -> {
                    answered++;
                    acknowledged = Math.max(acknowledged, Long.parseLong(said[1]));
                }
                case "verified" -> {
                    verified |= alive;
                    late = Long.parseLong(said[1]);
                    handled = 0;
                }
                case "ordered" -> {
                    ordered |= alive;
                    handled = 0;
                }
                case "handled" -> handled++;
                default -> {
                    // says what the test does not look at
                }
            }
        }

        private boolean isMoment() {
            return switch (moment) {
                case null -> false;
                case CATCH_UP -> !verified && handled > HISTORY * 6 * part * part;
                case LIVE -> verified && answered > appended * part / 3;
                case REBUILD -> ordered && handled > HISTORY * part;
            };
        }
    }
}

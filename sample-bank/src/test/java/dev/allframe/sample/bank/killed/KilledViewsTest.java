package dev.allframe.sample.bank.killed;

import static dev.allframe.sample.bank.killed.Purses.PURSE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.sample.bank.child.ChildJvm;
import dev.allframe.sample.bank.killed.Purses.PurseEvent;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process with two views is killed, again and again on one store: while the views catch up, while commands are sent,
 * while a view is built anew beside the one that is served, and about the moment in which the new one takes its place.
 * The next process waits for its views and compares them with a fold of its own over all events; every command that was
 * ever acknowledged is seen, and every event has had its effect by a reaction, those of a stream in their order.
 */
@Guarantee({"G6", "G7"})
final class KilledViewsTest {

    private static final int KILLS = Integer.getInteger("view.kills", 15);

    /** With so many kills, one has hit the moment behind the switch in which the old generation is there still. */
    private static final int ALL_MOMENTS = 60;
    private static final int PAGE = 50;

    /** Events that are stored before any view is: several pages of a first catch-up. */
    private static final int HISTORY = 600;

    /** What a process is killed in. */
    private enum Moment {
        CATCH_UP, REBUILD, LIVE, SWITCH
    }

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<String> tokens = new ArrayList<>();

    /** How many kills have hit what. */
    private final Map<String, Integer> hits = new TreeMap<>();

    /** The generation that was served when a view was last ordered to be built anew. */
    private final Map<String, Long> ordered = new TreeMap<>();

    private final List<Process> started = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void views_equal_a_fold_of_all_events_though_the_process_is_killed() throws Exception {
        System.out.println("test.seed=" + seed);
        long begun = System.nanoTime();
        fill();
        Life next = new Life(Moment.CATCH_UP);
        for (int kill = 1; kill <= KILLS; kill++) {
            Life now = next;
            // Started beside the life of this one, so that it is warm when its turn comes.
            next = kill == KILLS ? new Life(null) : new Life(Moment.values()[kill % Moment.values().length]);
            now.run();
        }
        next.run();
        System.out.println(KILLS + " kills in " + (System.nanoTime() - begun) / 1_000_000_000 + " s, " + hits + ", "
                + tokens.size() + " commands acknowledged");
        assertThat(hits.keySet().stream().map(hit -> hit.split(",", 2)[0])).contains("in catch-up", "live")
                .anyMatch(hit -> hit.startsWith("in a rebuild"));
        if (KILLS >= ALL_MOMENTS) {
            assertThat(hits).containsKey("in a rebuild, the new one is served, the old one there");
        }
    }

    /** A store without views. */
    private void fill() {
        try (EventStoreBackend backend = AllSourceBackend.production(store())) {
            EventStore<PurseEvent> events = EventStore.of(backend, PURSE, JacksonEventCodec.of(PURSE));
            for (int i = 0; i < HISTORY / 10; i++) {
                List<PurseEvent> some = new ArrayList<>(List.of(new PurseEvent.Opened("person-" + i % 6)));
                for (int j = 1; j < 10; j++) {
                    some.add(new PurseEvent.Paid(BigDecimal.valueOf(random.nextInt(100_000), 2)));
                }
                events.append("old-" + i, ExpectedVersion.any(), some).toCompletableFuture().join();
            }
        }
    }

    private Path store() {
        return folder.resolve("store");
    }

    /** One process: what it is to do, and when it is killed. */
    private final class Life {

        private final @Nullable Moment moment;
        private final int commands = 4 + random.nextInt(20);
        private final String view = Purses.VIEWS.get(random.nextInt(2)).name();
        private final double part = random.nextDouble();
        private final Process process;
        private final Path errors = folder.resolve("errors-" + started.size() + ".txt");
        private int handled;
        private int acknowledged;
        private long lastWhenOrdered = -1;
        private boolean verified;
        private String hit = "";

        Life(@Nullable Moment moment) throws IOException {
            this.moment = moment;
            boolean rebuilds = moment == Moment.REBUILD || moment == Moment.SWITCH;
            process = ChildJvm.of(PursesProcess.class)
                    .process(store().toString(), Long.toString(random.nextLong()), Integer.toString(commands),
                            one("3ms", "60s", "60s"), rebuilds ? one("0", "1000", "4000") : "0",
                            rebuilds ? view : "none")
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
                    String said = line.endsWith(PursesProcess.END)
                            ? line.substring(0, line.length() - PursesProcess.END.length())
                            : "";
                    if (said.startsWith("failed")) {
                        throw new AssertionError(said + "\n" + Files.readString(errors));
                    } else if (said.equals("warm")) {
                        orders.write(String.join("\n", tokens) + (tokens.isEmpty() ? "" : "\n") + "go\n");
                        orders.flush();
                    } else if (said.equals("began")) {
                        began = true;
                    } else if (began && !killed && isMoment(said.split(" ", -1))) {
                        process.toHandle().destroyForcibly();
                        killed = true;
                    } else if (killed && said.startsWith("acknowledged")) {
                        tokens.add(said.split(" ", -1)[1]);
                    } else if (moment == null && said.equals("done")) {
                        orders.close();
                    }
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            assertThat(killed).as(Files.readString(errors)).isEqualTo(moment != null);
            assertThat(process.exitValue()).as(Files.readString(errors)).isEqualTo(killed ? 128 + 9 : 0);
            if (killed) {
                hits.merge(hit + (lastWhenOrdered < 0 ? "" : generations()), 1, Integer::sum);
            }
        }

        /** Whether this line is the one at which the process is killed. */
        private boolean isMoment(String[] said) throws IOException {
            switch (said[0]) {
                case "handled" -> handled++;
                case "verified" -> {
                    verified = true;
                    nothingIsSetAside();
                    noOrderIsLost();
                }
                case "ordered" -> {
                    lastWhenOrdered = Long.parseLong(said[2]);
                    ordered.put(view, Long.parseLong(said[3]));
                }
                case "acknowledged" -> {
                    acknowledged++;
                    tokens.add(said[1]);
                }
                default -> {
                    // says what is looked at below
                }
            }
            boolean now = switch (moment) {
                case null -> false;
                case CATCH_UP -> !verified && handled > (part < 0.5 ? 1 + 40 * part : HISTORY * 2 * (part - 0.5));
                case LIVE -> acknowledged > PursesProcess.SENDERS * (commands - 1) * part;
                case REBUILD -> isBuiltTo(said, (long) (lastWhenOrdered * Math.max(0, 1.5 * part - 0.5)));
                case SWITCH -> part < 0.25
                        ? isBuiltTo(said, (long) (lastWhenOrdered - PAGE * part))
                        : said[0].equals("switched");
            };
            hit = verified ? lastWhenOrdered < 0 ? "live" : "in a rebuild" : "in catch-up";
            return now || (moment != null && (said[0].equals("switched") || said[0].equals("done")));
        }

        /** Whether the view that is built anew has come so far; the served one has gone further already. */
        private boolean isBuiltTo(String[] said, long index) {
            if (lastWhenOrdered < 0 || !said[0].equals("handled") || !said[1].equals(view)) {
                return false;
            }
            long there = Long.parseLong(said[2]);
            return index <= there && there <= lastWhenOrdered;
        }

        /** What the kill has left of the view's generations. */
        private String generations() throws IOException {
            long served = ByteBuffer.wrap(Files.readAllBytes(views().resolve(view).resolve("CURRENT")))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong(8);
            List<Long> there = KilledViewsTest.this.generations(view);
            return there.stream().anyMatch(number -> number > served)
                    ? ", the old one is served"
                    : there.size() > 1 ? ", the new one is served, the old one there" : ", one is there";
        }
    }

    private Path views() {
        return store().resolve("views");
    }

    /** The numbers of a view's generations, those of which files are left included. */
    private List<Long> generations(String view) throws IOException {
        try (Stream<Path> files = Files.list(views().resolve(view))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("CURRENT"))
                    .map(name -> Long.parseLong(name.split("\\.", 2)[0]))
                    .toList();
        }
    }

    /** A kill damages nothing: what it has left is gone on with, and not built anew. */
    private void nothingIsSetAside() throws IOException {
        try (Stream<Path> files = Files.walk(views(), 2)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".aside"));
        }
    }

    /** A view that was ordered to be built anew has been, or is being, once it was opened. */
    private void noOrderIsLost() throws IOException {
        for (Map.Entry<String, Long> order : ordered.entrySet()) {
            assertThat(generations(order.getKey())).as(order.toString())
                    .anyMatch(number -> number > order.getValue());
        }
    }

    private String one(String... values) {
        return values[random.nextInt(values.length)];
    }
}

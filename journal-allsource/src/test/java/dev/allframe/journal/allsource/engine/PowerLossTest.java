package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.AllSourceConfig;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.Trace;
import dev.allframe.journal.allsource.engine.io.TracedFiles;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * The power goes off under a store on a real file system, RocksDB's files among the others. A process writes to a store
 * until it dies; a library that is loaded before all others keeps a trace of what it does to files. From the trace come
 * directories as a power loss at random moments may leave them, and each must open with all that was acknowledged. The
 * next process goes on with one of them.
 *
 * <p>A trace is what the threads and the disk make of it: the seed repeats what is asked of the store, not when. So a
 * failure keeps its files.
 */
@Guarantee({"G1", "G2", "G3"})
class PowerLossTest {

    private static final int CRASHES = Seeds.count("power.crashes", 6);
    private static final int CRASHES_OF_A_TRACE = 10;
    private static final int LONGEST_CHAIN = 4;
    private static final int LEAST_STEPS = 1000;
    private static final int MORE_STEPS = 7000;

    /**
     * So many operations may be done behind the last that was acknowledged: those under way, and a few that conflicted
     * before.
     */
    private static final int UNTOLD = 4 * PowerWriter.BURST;

    private static final int PAGE = 1000;
    private static final long PATIENCE_SECONDS = 120;
    private static final long MEMORY_BYTES = 64L << 20;

    private static final String SOURCE = "power_trace.c";

    /** Say at length what a store does that is closed in the middle of a compaction. */
    private static final Logger MESSAGES = Logger.getLogger(PowerLossTest.class.getPackageName());

    static {
        MESSAGES.setLevel(Level.OFF);
    }

    private final Random random = new Random(Seeds.next());

    /** A store's files and what is certain to be in them. */
    private record Base(Path directory, PowerScript script) {}

    /** What a process did to the files of a base, and how many operations it has asked for at most. */
    private record Life(Base base, long seed, List<Trace.Step> steps, int operations) {
        @Override
        public String toString() {
            return "script " + base.script + ", then " + seed + " with " + steps.size() + " steps";
        }
    }

    /** A power loss after so many steps, its seed, and how many of the life's operations were found. */
    private record Crash(int at, long seed, int operations) {}

    @Test
    void what_was_acknowledged_outlives_a_power_loss_under_all_files(
            @TempDir(factory = TempDirFactory.Standard.class, cleanup = CleanupMode.ON_SUCCESS) Path temporary)
            throws Exception {
        Path work = temporary.toRealPath();
        Path library = NativeLibrary.compile(SOURCE, work);
        Base base = new Base(Files.createDirectory(work.resolve("base-0")), PowerScript.NEW);
        long begun = System.nanoTime();
        long steps = 0;
        int traces = 0;
        for (int states = 0; states < CRASHES;) {
            int count = Math.min(CRASHES_OF_A_TRACE, CRASHES - states);
            TracedFiles files = new TracedFiles(base.directory, PowerLossTest::ofRocksDb);
            TracedFiles again = new TracedFiles(base.directory, PowerLossTest::ofRocksDb);
            Life life = live(base, library, work);
            List<Crash> crashes = crash(life, files, count, work);
            Path next = Files.createDirectory(work.resolve("base-" + ++traces));
            Crash chosen = crashes.get(random.nextInt(crashes.size()));
            boolean goesOn = base.script.parts().size() < LONGEST_CHAIN;
            if (goesOn) {
                rebuild(life, again, chosen, next);
            }
            deleteTree(base.directory);
            base = new Base(next, goesOn ? base.script.with(life.seed, chosen.operations) : PowerScript.NEW);
            states += count;
            steps += life.steps.size();
        }
        System.out.printf(Locale.ROOT, "crash states: %d, %.1f a second, of %d traces with %d steps%n", CRASHES,
                CRASHES * 1e9 / (System.nanoTime() - begun), traces, steps);
    }

    /** RocksDB forces a new manifest, and not its name, before CURRENT names it. */
    private static boolean ofRocksDb(Path path) {
        return path.toString().matches("(index|state)(\\.tmp)?/.*");
    }

    /** A process that writes until the library ends it. */
    private Life live(Base base, Path library, Path work) throws IOException, InterruptedException {
        long seed = random.nextLong();
        Path trace = work.resolve("trace");
        Path errors = work.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                PowerWriter.class.getName(), base.directory.toString(), base.script.toString(), Long.toString(seed))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(errors.toFile());
        builder.environment().put("LD_PRELOAD", library.toString());
        builder.environment().put("POWER_DIRECTORY", base.directory.toString());
        builder.environment().put("POWER_TRACE", trace.toString());
        builder.environment().put("POWER_RECORDS", Integer.toString(LEAST_STEPS + random.nextInt(MORE_STEPS)));
        Process child = builder.start();
        try {
            assertThat(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
            assertThat(child.exitValue()).as(() -> "exit, see " + errors).isEqualTo(128 + 9);
        } finally {
            child.destroyForcibly().waitFor();
        }
        List<Trace.Step> steps = Trace.read(trace);
        int last = -1;
        for (Trace.Step step : steps) {
            for (int number : acknowledged(step)) {
                last = Math.max(last, number);
            }
        }
        return new Life(base, seed, steps, last + 1 + UNTOLD);
    }

    /** The numbers of the operations that were acknowledged by then. */
    private static List<Integer> acknowledged(Trace.Step step) {
        List<Integer> numbers = new ArrayList<>();
        if (step instanceof Trace.Said(String text)) {
            for (String line : text.lines().toList()) {
                assertThat(line).as("what the process said").matches("\\d+");
                numbers.add(Integer.parseInt(line));
            }
        }
        return numbers;
    }

    /** Lets the power go off at so many steps of a life, and opens what is left. */
    private List<Crash> crash(Life life, TracedFiles files, int count, Path work) throws IOException {
        Model model = life.base.script.model();
        List<Operation> operations = PowerScript.operations(model.copy(), life.seed, life.operations);
        BitSet certain = certain(model.copy(), operations);
        NavigableSet<Integer> points = points(life.steps, count);
        List<Crash> crashes = new ArrayList<>();
        int known = 0;
        int done = 0;
        for (int at = 0; at <= life.steps.size(); at++) {
            if (points.contains(at)) {
                for (; done < known; done++) {
                    model.accepts(operations.get(done));
                }
                long seed = random.nextLong();
                Path directory = Files.createDirectory(work.resolve("crash"));
                try {
                    files.crash(modes(seed), new Random(seed), directory);
                    int found = check(directory, model.copy(), operations.subList(done, operations.size()));
                    crashes.add(new Crash(at, seed, done + found));
                } catch (RuntimeException | Error failed) {
                    throw new AssertionError("power loss after step " + at + ", seed " + seed + ", of " + life + ", "
                            + known + " operations known; files in " + work, failed);
                }
                deleteTree(directory);
            }
            if (at < life.steps.size()) {
                files.apply(life.steps.get(at));
                for (int number : acknowledged(life.steps.get(at))) {
                    known = certain.get(number) ? Math.max(known, number + 1) : known;
                }
            }
        }
        assertThat(files.difference()).as("what the trace does not tell").isEmpty();
        return crashes;
    }

    /**
     * Of which operations the acknowledgement says that all before are on the disk. To delete what the store has never
     * had changes nothing.
     */
    private static BitSet certain(Model model, List<Operation> operations) {
        BitSet certain = new BitSet();
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            certain.set(i, !(operation instanceof Operation.DeleteEvents delete) || model.version(delete.stream()) > 0);
            model.accepts(operation);
        }
        return certain;
    }

    /**
     * Where the power goes off: half of the points are anywhere, half are near a change of a name, and each kind of
     * name is as likely as the others.
     */
    private NavigableSet<Integer> points(List<Trace.Step> steps, int count) {
        Map<String, List<Integer>> names = new TreeMap<>();
        for (int i = 0; i < steps.size(); i++) {
            Path name = switch (steps.get(i)) {
                case Trace.Created created -> created.path();
                case Trace.DirectoryCreated created -> created.path();
                case Trace.Renamed renamed -> renamed.to();
                case Trace.Removed removed -> removed.path();
                default -> null;
            };
            if (name != null) {
                names.computeIfAbsent(steps.get(i).getClass() + name.toString().replaceAll("[0-9]+", ""),
                        first -> new ArrayList<>()).add(i);
            }
        }
        List<List<Integer>> kinds = List.copyOf(names.values());
        NavigableSet<Integer> points = new TreeSet<>();
        while (points.size() < count) {
            List<Integer> kind = kinds.get(random.nextInt(kinds.size()));
            points.add(random.nextBoolean()
                    ? random.nextInt(steps.size() + 1)
                    : Math.min(kind.get(random.nextInt(kind.size())) + random.nextInt(4), steps.size()));
        }
        return points;
    }

    /** One mode for all, or for each file any. */
    private static Supplier<CrashMode> modes(long seed) {
        Random choice = new Random(seed + 1);
        CrashMode one = CrashMode.any(choice);
        return choice.nextBoolean() ? () -> one : () -> CrashMode.any(choice);
    }

    /** Compares what the store holds, uses it, and compares again. */
    private static int check(Path directory, Model model, List<Operation> next) {
        int found;
        Operation.AppendEvents one = new Operation.AppendEvents(new Append(Model.IDS.getFirst(),
                ExpectedVersion.any(), "the test", List.of(record())));
        try (EventStoreBackend store = open(directory)) {
            found = find(Picture.of(store, PAGE), store.storeId(), model, next);
            Stages.get(one.submitTo(store));
            model.accepts(one);
        }
        try (EventStoreBackend store = open(directory)) {
            compare(store, model);
            Stages.get(store.flush());
            compare(store, model);
        }
        return found;
    }

    private static Envelope record() {
        return Envelope.of("tested", 1, Payload.json("{}".getBytes(StandardCharsets.UTF_8)), Set.of(),
                EventMetadata.at(Model.NOW), null);
    }

    private static EventStoreBackend open(Path directory) {
        return AllSourceBackend.withConfig(AllSourceConfig.in(directory).withMemoryBytes(MEMORY_BYTES));
    }

    private static void compare(EventStoreBackend store, Model model) {
        assertThat(Picture.of(store, PAGE).difference(model.picture(store.storeId()))).isEmpty();
    }

    /**
     * How many more operations the store has done, all of the first and none of the others; the model has done them
     * then.
     */
    private static int find(Picture found, String storeId, Model model, List<Operation> next) {
        String before = found.difference(model.picture(storeId));
        for (int done = 0;; done++) {
            if (model.lastPosition() == found.lastPosition().index() && model.picture(storeId).equals(found)) {
                return done;
            }
            if (done == next.size() || model.lastPosition() > found.lastPosition().index()) {
                throw new AssertionError("the store is not as after any operation; it differs from the last that is"
                        + " known to be done in " + before + "\n and at the end in "
                        + found.difference(model.picture(storeId)));
            }
            model.accepts(next.get(done));
        }
    }

    /** The same crash once more. */
    private static void rebuild(Life life, TracedFiles files, Crash crash, Path into) throws IOException {
        life.steps.subList(0, crash.at).forEach(files::apply);
        files.crash(modes(crash.seed), new Random(crash.seed), into);
    }

    private static void deleteTree(Path tree) throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}

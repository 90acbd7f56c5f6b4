package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.StoreVerifier;
import dev.allframe.journal.allsource.engine.index.RocksTables;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A closed store on a real file system rots in the files of its index and state: what verify does not tell is read as
 * it was stored, by whoever opens the store or is refused; and nothing else is ever read.
 */
@Guarantee({"G1", "G10"})
class TableRotTest {

    private static final int CASES = Seeds.count("rot.tables", 40);
    private static final int OPERATIONS = 200;
    private static final int PAGE = 1000;
    private static final long TABLE_BYTES = 8L << 20;

    private static final EngineConfig CONFIG = StoreLife.SMALL;

    /** Say at length that an index is built anew. */
    private static final Logger MESSAGES = Logger.getLogger(TableRotTest.class.getPackageName());

    static {
        MESSAGES.setLevel(Level.OFF);
    }

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final Map<String, Integer> outcomes = new TreeMap<>();

    private static EngineBackend open(Path directory) {
        return new EngineBackend(Engine.open(new RealDisk(), directory, new RocksTables(directory, TABLE_BYTES), CONFIG,
                Clock.fixed(Model.NOW, ZoneOffset.UTC), "a test"), "fsync");
    }

    /** Most of it is sealed and flushed; the end is in the log, which is applied again. */
    private Picture fill(Path directory) {
        try (Abandoned abandoned = new Abandoned(open(directory))) {
            EngineBackend store = abandoned.store();
            Operations operations = new Operations(random);
            Model model = new Model();
            for (int i = 0; i < OPERATIONS; i++) {
                Operation operation = operations.next(model);
                if (Stages.failure(operation.submitTo(store)) == null) {
                    model.accepts(operation);
                }
                if (i % (OPERATIONS / 4) == 0) {
                    Stages.get(store.flush());
                }
            }
            return Picture.of(store, PAGE);
        }
    }

    @Test
    void what_has_rotten_in_a_table_is_told_or_healed_or_harms_nothing(@TempDir Path temporary) throws IOException {
        Path whole = temporary.resolve("whole");
        Picture picture = fill(whole);
        List<Path> files = tableFiles(whole);
        for (int i = 0; i < CASES; i++) {
            Path rotten = files.get(i % files.size());
            byte[] bytes = Files.readAllBytes(whole.resolve(rotten));
            int at = random.nextInt(bytes.length);
            int bit = random.nextInt(8);
            bytes[at] ^= (byte) (1 << bit);
            Path copy = temporary.resolve("copy");
            copy(whole, copy);
            Files.write(copy.resolve(rotten), bytes);
            try {
                String outcome = outcome(copy, picture);
                outcomes.merge(rotten.toString().replaceAll("[0-9]+", "N") + ' ' + outcome, 1, Integer::sum);
            } catch (RuntimeException | Error wrong) {
                throw new AssertionError("-Dtest.seed=" + seed + ", case " + i + ": bit " + bit + " at " + at + " of "
                        + rotten, wrong);
            }
            delete(copy);
        }
        System.out.println("rot of tables: " + outcomes);
        assertThat(outcomes.keySet()).anyMatch(outcome -> outcome.contains("told"));
    }

    private static String outcome(Path directory, Picture picture) {
        boolean told = !damage(directory).isEmpty();
        boolean read = isReadAsStored(directory, picture);
        StoreLife.check(read || told, "refused, and verify has found nothing");
        if (!told) {
            return "harmless";
        }
        return !read
                ? "told"
                : damage(directory).isEmpty() ? "told, and healed" : "told, and not in the way of a reader";
    }

    private static List<String> damage(Path directory) {
        List<String> found = new ArrayList<>();
        try (ClosedStore store = ClosedStore.lock(new RealDisk(), directory, "a test")) {
            StoreVerifier.verify(store, new StoreVerifier.Report() {
                @Override
                public void damage(String what) {
                    found.add(what);
                }

                @Override
                public void note(String what) {}

                @Override
                public void read(long bytes) {}
            });
        }
        return found;
    }

    /** Opens it and reads everything; what is read is what was stored. */
    private static boolean isReadAsStored(Path directory, Picture picture) {
        EngineBackend store;
        try {
            store = open(directory);
        } catch (CorruptStoreException | UnsupportedFormatException refused) {
            return false;
        }
        boolean read = false;
        try {
            String difference = Picture.of(store, PAGE).difference(picture);
            StoreLife.check(difference.isEmpty(), "a wrong answer: " + difference);
            Stages.get(store.flush());
            read = true;
        } catch (EventStoreException told) {
            StoreLife.check(told.getMessage() != null, "reading failed without a word");
        }
        Stages.run(store::close);
        return read;
    }

    private static List<Path> tableFiles(Path store) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String directory : List.of("index", "state")) {
            try (Stream<Path> files = Files.list(store.resolve(directory))) {
                files.filter(file -> file.getFileName().toString().matches("CURRENT|FLUSHED|MANIFEST-.*|.*[.]sst"))
                        .map(store::relativize)
                        .sorted()
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}

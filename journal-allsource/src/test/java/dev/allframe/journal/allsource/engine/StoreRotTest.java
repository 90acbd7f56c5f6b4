package dev.allframe.journal.allsource.engine;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A closed store rots in any of its files: whoever opens and reads it gets what was stored or is told, and never
 * anything else.
 */
@Guarantee({"G1", "G10"})
class StoreRotTest {

    private static final int CASES = Seeds.count("rot.cases", 800);
    private static final int CASES_OF_A_STORE = 250;

    /** Row files of two or three segments; of older ones the Parquet file is read. */
    private static final EngineConfig CONFIG = StoreLife.SMALL.withRowFileBytes(5000);

    private final long seed = Seeds.next();
    private final Map<String, Integer> outcomes = new TreeMap<>();

    /** A store that was filled and closed, or abandoned with its log. */
    private record Closed(SimulatedDisk disk, RememberedTables tables, Picture picture) {}

    private static EngineBackend open(SimulatedDisk disk, RememberedTables tables) {
        return new EngineBackend(Engine.open(disk, StoreLife.DIRECTORY, tables, CONFIG,
                Clock.fixed(Model.NOW, ZoneOffset.UTC), "a test"), "fsync");
    }

    private static Closed filled(Random random) {
        SimulatedDisk disk = new SimulatedDisk();
        RememberedTables tables = new RememberedTables();
        EngineBackend store = open(disk, tables);
        Operations operations = new Operations(random);
        Model model = new Model();
        for (int i = 0; i < 80; i++) {
            Operation operation = operations.next(model);
            if (Stages.failure(operation.submitTo(store)) == null) {
                model.accepts(operation);
            }
        }
        Picture picture = Picture.of(store);
        Stages.run(random.nextInt(3) == 0 ? store::close : store::abandon);
        return new Closed(disk, tables, picture);
    }

    @Test
    void what_has_rotten_anywhere_is_told_or_harms_nothing() throws IOException {
        for (int done = 0; done < CASES; done += CASES_OF_A_STORE) {
            long storeSeed = seed + done;
            Random random = new Random(storeSeed);
            Closed closed = filled(random);
            for (int i = 0; i < Math.min(CASES_OF_A_STORE, CASES - done); i++) {
                rot(closed, random, "-Dtest.seed=" + storeSeed + ", case " + i);
            }
        }
        System.out.println("rot: " + outcomes);
    }

    private void rot(Closed closed, Random random, String where) throws IOException {
        SimulatedDisk disk = closed.disk.copy();
        List<Path> files = Files.of(disk);
        Path file = files.get(random.nextInt(files.size()));
        byte[] contents = disk.contents(file);
        String what;
        if (contents.length == 0 || random.nextInt(5) == 0) {
            int length = contents.length == 0 ? 0 : random.nextInt(contents.length);
            disk.put(file, Arrays.copyOf(contents, length));
            what = file + " cut from " + contents.length + " to " + length + " bytes";
        } else {
            int offset = random.nextInt(contents.length);
            int bit = random.nextInt(8);
            disk.flip(file, offset, bit);
            what = "bit " + bit + " at " + offset + " of " + file;
        }
        String outcome;
        try {
            outcome = read(disk, closed);
        } catch (RuntimeException | Error wrong) {
            throw new AssertionError(where + ": " + what + "\nfiles: " + Files.dump(disk), wrong);
        }
        String name = file.getFileName().toString();
        outcomes.merge(name.replaceFirst("^[0-9]+\\.", ".") + " " + outcome, 1, Integer::sum);
    }

    private static String read(SimulatedDisk disk, Closed closed) {
        EngineBackend store;
        try {
            store = open(disk, closed.tables.all());
        } catch (CorruptStoreException | UnsupportedFormatException told) {
            return "refused";
        }
        try {
            String difference = Picture.of(store).difference(closed.picture);
            StoreLife.check(difference.isEmpty(), "a wrong answer: " + difference);
            return "harmless";
        } catch (CorruptStoreException | UnsupportedFormatException told) {
            return "told";
        } finally {
            closeEvenIfDamaged(store);
        }
    }

    /** What it has to write may be refused because of the damage. */
    private static void closeEvenIfDamaged(EngineBackend store) {
        try {
            Stages.run(store::close);
        } catch (EventStoreException told) {
            StoreLife.check(told.getMessage() != null, "closing failed without a word");
        }
    }
}

package dev.allframe.sample.bank.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.sample.bank.history.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where events are stored. */
final class Storage {

    private static final String DURABLE = "allsource";
    private static final String MEMORY = "memory";
    private static final Path DATA = Path.of("bank-data");

    @Option(names = "--backend", defaultValue = DURABLE, paramLabel = "NAME", description = "Where events are stored: allsource, on disk; memory, which keeps them until the command ends (default: ${DEFAULT-VALUE}).")
    private String backend = DURABLE;

    @Option(names = "--data", paramLabel = "DIR", description = "The folder of the store on disk, which is made where it is missing (default: ./bank-data).")
    private @Nullable Path data;

    /** Whether what is stored is there for the next command. */
    boolean isDurable() {
        return switch (backend) {
            case DURABLE -> true;
            case MEMORY -> {
                if (data != null) {
                    throw new InputException("the memory backend stores nothing on disk: leave --data out");
                }
                yield false;
            }
            default ->
                throw new InputException("there is no backend '" + backend + "'; there are allsource and memory");
        };
    }

    /** The folder of a durable store. */
    Path folder() {
        if (data != null && data.toString().isEmpty()) {
            throw new InputException("--data is empty: name a folder, such as . for this one, or leave --data out");
        }
        return data == null ? DATA : data;
    }

    /**
     * Refuses to read where nothing was stored.
     *
     * @throws InputException if there is no store in the folder
     */
    void checkThere() {
        boolean damaged = Files.exists(folder().resolve("MANIFEST")); // opening it says what is missing
        if (!damaged && !Files.exists(folder().resolve("STORE"))) {
            throw new InputException("there is no bank in " + folder()
                    + ": fill one with 'bank demo' or 'bank import', or name its folder with --data");
        }
    }

    /**
     * Refuses orders to views that nobody would see carried out.
     *
     * @throws InputException if there is no store in the folder, or storage that keeps nothing
     */
    void checkKeepsViews() {
        if (!isDurable()) {
            throw new InputException("the memory backend keeps no views from one command to the next: leave --backend"
                    + " out");
        }
        checkThere();
    }

    /**
     * Refuses to work with accounts of an earlier command where there are none.
     *
     * @throws InputException if there is no store in the folder, or storage that keeps nothing
     */
    void checkKeepsAccounts() {
        if (!isDurable()) {
            throw new InputException("the memory backend keeps no accounts from one command to the next: leave"
                    + " --backend out");
        }
        checkThere();
    }

    /** The configuration of the actor system. */
    Config config() {
        Map<String, String> chosen = isDurable()
                ? Map.of("allframe.storage", DURABLE, "allsource.dir", absolute(folder()))
                : Map.of("allframe.storage", MEMORY);
        return ConfigFactory.parseMap(chosen).withFallback(ConfigFactory.load());
    }

    private static String absolute(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new InputException(folder + " is not a folder");
        }
        Path there = folder.toAbsolutePath();
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (!Files.isWritable(there)) {
            throw new InputException(there + " cannot be written, and the bank opens its store for writing;"
                    + " 'bank store dump' reads one on a disk that takes no writes");
        }
        return folder.toAbsolutePath().toString();
    }
}

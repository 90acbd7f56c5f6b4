package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.codec.jackson.SchemaFiles;
import dev.allframe.evolution.MigrationPath;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.history.InputException;
import dev.allframe.schema.CompatibilityMode;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bank schemas}. */
@Command(name = "schemas", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = {
        "Shows how every stored version of an event is read, and compares today's events with the schemas that are kept with the code.",
        "", "Needs no store. Exit code 1 where something does not fit."})
final class SchemasCommand implements Callable<Integer> {

    @Option(names = "--dir", paramLabel = "DIR", description = "Where the schemas are; sample-bank/src/main/schemas of this project unless set.")
    private @Nullable Path folder;

    @Option(names = "--mode", paramLabel = "MODE", defaultValue = "BACKWARD_TRANSITIVE", description = "What is asked for: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} unless set.")
    private CompatibilityMode mode = CompatibilityMode.BACKWARD_TRANSITIVE;

    @Option(names = "--write", description = "First writes the schemas that are missing; never changes one.")
    private boolean write;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        Path directory = folder == null ? ofThisProject() : folder;
        if (!Files.isDirectory(directory) && !write) {
            throw new InputException("there is no folder " + directory + ": name that of the schemas with --dir");
        }
        SchemaFiles<AccountEvent> files = SchemaFiles.of(ACCOUNT, directory);
        List<Path> written = write ? files.writeMissing(List.of()) : List.of();
        List<MigrationPath> paths = JacksonEventCodec.of(ACCOUNT).versions().paths();
        List<String> problems = files.problems(mode);
        if (output.isJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("good", problems.isEmpty());
            json.put("mode", mode.name());
            json.put("readable", paths.stream().map(MigrationPath::toString).toList());
            json.put("written", written.stream().map(Path::toString).toList());
            json.put("problems", problems);
            output.printJson(json);
        } else {
            paths.forEach(path -> output.print("%s", path));
            written.forEach(file -> output.print("wrote %s", file));
            problems.forEach(problem -> output.print("%n%s", problem));
            if (problems.isEmpty()) {
                output.print("The events keep what %s says (%s).", directory, mode);
            }
        }
        return problems.isEmpty() ? 0 : Bank.NOT_GOOD;
    }

    /** The project from which these classes were built, whichever folder the command is called in. */
    private static Path ofThisProject() {
        Path schemas = Path.of("sample-bank", "src", "main", "schemas");
        try {
            Path classes = Path.of(SchemasCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            for (Path at = classes.getParent(); at != null; at = at.getParent()) {
                if (Files.isDirectory(at.resolve(schemas))) {
                    return at.resolve(schemas);
                }
            }
        } catch (URISyntaxException | FileSystemNotFoundException elsewhere) {
            return schemas;
        }
        return schemas;
    }
}

package dev.allframe.journal.allsource.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.closed.NewStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code store import}. */
@Command(name = "import", mixinStandardHelpOptions = true, description = {
        "Makes a store of what 'store export' printed.", "",
        "It has everything that the exported one had, with the same positions and numbers, and an id of its own. Where a line cannot be used or the file is cut, what was written is no store: delete it."})
final class ImportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "DIR", description = "Where the store shall be: an empty directory, or none.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path directory;

    @Parameters(index = "1", paramLabel = "FILE", description = "A file in UTF-8, one CloudEvent a line.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws IOException {
        StoreDirectory.refuseUnlessEmpty(directory);
        if (Files.isDirectory(file)) {
            throw new RefusedException(file + " is a directory");
        }
        try (BufferedReader lines = Files.newBufferedReader(file);
                NewStore store = NewStore.create(StoreDirectory.DISK, directory, "store import");
                Progress progress = output.progress("import", "lines", -1)) {
            readAll(lines, store, progress);
            store.finish();
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("storeId", store.storeId().toString());
            json.put("events", store.events());
            if (output.isJson()) {
                output.printJson(json);
            } else {
                output.print("Imported to %s: %,d events, store %s", directory, store.events(), store.storeId());
            }
        } catch (NoSuchFileException missing) {
            throw new RefusedException("there is no file " + missing.getFile());
        } catch (CharacterCodingException noText) {
            throw new RefusedException(file + " is not in UTF-8");
        }
        return 0;
    }

    private void readAll(BufferedReader lines, NewStore store, Progress progress) throws IOException {
        long number = 0;
        boolean ended = false;
        String line;
        while ((line = lines.readLine()) != null) {
            if (ended) {
                throw new RefusedException(file + " goes on behind its last line, at line " + (number + 2));
            }
            try {
                ended = read(line, number, store);
            } catch (IOException | IllegalArgumentException | DateTimeException malformed) {
                // Where Jackson names a place, it is one within the line, behind a line break.
                String why = malformed instanceof JsonProcessingException json
                        ? json.getOriginalMessage()
                        : Failures.message(malformed);
                throw new RefusedException(file + " line " + (number + 1) + " cannot be used: " + why);
            }
            number += ended ? 0 : 1;
            progress.step();
        }
        if (!ended) {
            throw new RefusedException(
                    file + " is cut behind line " + number + ": the line with kind 'end' is missing");
        }
    }

    private static boolean read(String line, long before, NewStore store) throws IOException {
        JsonNode json = Json.MAPPER.readTree(line);
        switch (CloudEvents.kind(json)) {
            case "" -> store.add(CloudEvents.readEvent(json));
            case "deleted" -> store.addDeleted(CloudEvents.stream(json), CloudEvents.number(json, "sequence"));
            case "snapshot" -> store.add(CloudEvents.readSnapshot(json));
            case "state" -> store.add(CloudEvents.readState(json));
            case "end" -> {
                if (CloudEvents.number(json, "sequence") != before) {
                    throw new IllegalArgumentException("there are " + before + " lines before it, not "
                            + CloudEvents.number(json, "sequence"));
                }
                return true;
            }
            default -> throw new IllegalArgumentException("'" + CloudEvents.kind(json) + "' is no kind");
        }
        return false;
    }
}

package dev.allframe.journal.allsource.tool;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.closed.Backups;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code store backup}. */
@Command(name = "backup", mixinStandardHelpOptions = true, description = {
        "Copies a store to another directory, or brings an older backup there up to date.", "",
        "Files of segments that the backup has already are not copied again. The backup is a store with the same id and opens as one; its index is left out and computed then.",
        "A backup that is interrupted leaves the older one, or a directory that is no store until the command is repeated."})
final class BackupCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path directory;

    @Parameters(index = "1", paramLabel = "TARGET", description = "Where the backup is or shall be.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path target;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws IOException {
        try (ClosedStore store = StoreDirectory.read(directory, "backup")) {
            int copied = Backups.copy(store, target);
            int segments = store.manifest().segments().size();
            if (output.isJson()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("storeId", store.storeId().toString());
                json.put("target", StoreDirectory.DISK.real(target).toString());
                json.put("segments", segments);
                json.put("copiedSegmentFiles", copied);
                output.printJson(json);
            } else {
                output.print("Store %s is backed up to %s: %,d segments, %,d of their files copied", store.storeId(),
                        target, segments, copied);
            }
        } catch (Backups.UnfitTargetException unfit) {
            throw new RefusedException(Failures.message(unfit));
        }
        return 0;
    }
}

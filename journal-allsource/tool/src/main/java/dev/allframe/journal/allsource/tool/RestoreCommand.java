package dev.allframe.journal.allsource.tool;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.closed.Backups;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.NewStore;
import dev.allframe.journal.allsource.engine.closed.StoredContents;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code store restore}. */
@Command(name = "restore", mixinStandardHelpOptions = true, description = {"Makes a store from a backup.", "",
        "Without an option it is a copy with the same store id: right where nothing was stored after the backup was taken.",
        "With one it is a new store, with an id of its own: positions and tokens that were given out before may name events that it does not have, or will give to others, and must be refused rather than taken for its own. Readers begin anew.",
        "What was deleted stays deleted, also where the delete came later than the point that is asked for: the bytes are gone."})
final class RestoreCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "BACKUP", description = "The directory of a backup, or of any store that is closed.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path backup;

    @Parameters(index = "1", paramLabel = "DIR", description = "Where the store shall be: an empty directory, or none.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path directory;

    @ArgGroup
    private @Nullable Until until;

    /** Where to stop. */
    static final class Until {

        @Option(names = "--to-position", paramLabel = "N", description = "Keep events up to this position, included.")
        private @Nullable Long position;

        @Option(names = "--to-time", paramLabel = "TIME", description = "Keep events before the first one with a later time than this: 2026-03-01T10:00:00Z.")
        private @Nullable Instant time;

        @Option(names = "--new-id", description = "Keep all events, in a new store: right where the lost store went on after the backup was taken.")
        @SuppressWarnings("UnusedVariable") // that the group is there says it
        private boolean newId;
    }

    @Option(names = "--drop-states", description = "Leave out durable states, but not where reactions stand. Without it, going back behind a change of one is refused: of a durable state only the last value is kept.")
    private boolean dropStates;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws IOException {
        StoreDirectory.refuseUnlessEmpty(directory);
        try (ClosedStore store = StoreDirectory.lock(backup, "restore")) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("from", store.storeId().toString());
            String restored;
            if (until == null) {
                if (dropStates) {
                    throw new RefusedException(
                            "a copy keeps everything: --drop-states needs --to-position, --to-time or --new-id");
                }
                Backups.copy(store, directory);
                json.put("storeId", store.storeId().toString());
                restored = "a copy of store " + store.storeId();
            } else {
                restored = replay(store, json);
            }
            if (output.isJson()) {
                output.printJson(json);
            } else {
                output.print("Restored to %s: %s", directory, restored);
            }
        } catch (Backups.UnfitTargetException unfit) {
            throw new RefusedException(Failures.message(unfit));
        } catch (StoreFullException | StoreFailedException failed) {
            throw failure(directory, failed);
        }
        return 0;
    }

    /** A restore that has failed, in a sentence of its own: parts of it are a backup's and a new store's. */
    static EventStoreException failure(Path directory, EventStoreException failed) {
        List<Throwable> causes = Failures.chain(failed);
        Throwable reason = causes.stream()
                .filter(cause -> cause instanceof StoreFullException || cause instanceof NoSpaceException)
                .findFirst()
                .orElse(causes.get(Math.min(1, causes.size() - 1)));
        boolean full = reason instanceof StoreFullException || reason instanceof NoSpaceException;
        String why = Failures.message(reason) + "; what is there is no store: delete it and restore again";
        return full
                ? new StoreFullException("the disk of " + directory + " is full, and the restore has failed: " + why)
                : new StoreFailedException("the restore to " + directory + " has failed: " + why, failed);
    }

    /** In words, which events the new store has. */
    private String replay(ClosedStore store, Map<String, Object> json) {
        try (StoredContents contents = StoredContents.of(store)) {
            RestorePoint point = RestorePoint.find(contents, until == null ? null : until.position,
                    until == null ? null : until.time);
            if (!dropStates) {
                point.refuseLaterStates();
            }
            try (NewStore restored = NewStore.create(StoreDirectory.DISK, directory, "store restore");
                    Progress progress = output.progress("restore", "events", contents.eventCount())) {
                point.replayInto(restored, dropStates, progress);
                restored.finish();
                json.put("storeId", restored.storeId().toString());
                json.put("toPosition", point.position());
                json.put("events", restored.events());
                return String.format(Locale.ROOT, "%,d events up to position %,d, store %s", restored.events(),
                        point.position(), restored.storeId());
            }
        }
    }
}

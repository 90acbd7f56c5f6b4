package dev.allframe.journal.allsource.tool;

import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.NewStore;
import dev.allframe.journal.allsource.engine.closed.Rescue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code store salvage}. */
@Command(name = "salvage", mixinStandardHelpOptions = true, description = {
        "Makes a new store of everything that can still be read of a damaged one, and lists what is lost.", "",
        "The damaged store is not changed. Where 'store verify' finds nothing, and where there is a good backup, it is not needed.",
        "A segment is read from either of its files, row by row; a log on both sides of the damage. A stream is cut at its first gap, with the snapshots behind it: the events of a stream always follow each other. Events keep their order and sequence numbers; their positions, and the store's id, are new, so readers begin anew."}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                "0:Nothing is lost.", "1:Something is lost, and is listed; the new store has the rest.",
                "2:Wrong usage, a store that is not there or is open elsewhere, or a target that is not empty.",
                "3:Unexpected failure."})
final class SalvageCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "SOURCE", description = "The damaged store's directory.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path source;

    @Parameters(index = "1", paramLabel = "TARGET", description = "Where the new store shall be: an empty directory, or none.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path target;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws IOException {
        if (!Rescue.isWorthTrying(StoreDirectory.DISK, source)) {
            StoreDirectory.refuseIfNoStore(source);
        }
        StoreDirectory.refuseUnlessEmpty(target);
        StoreDirectory.refuseInside(target, source);
        List<String> lost = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        try (ClosedStore damaged = StoreDirectory.lockWhateverIsThere(source, "salvage");
                NewStore store = NewStore.create(StoreDirectory.DISK, target, "store salvage");
                Progress progress = output.progress("salvage", "events", -1)) {
            Rescue.run(StoreDirectory.DISK, damaged, store, new Rescue.Report() {
                @Override
                public void lost(String what) {
                    lost.add(what);
                }

                @Override
                public void note(String what) {
                    notes.add(what);
                }

                @Override
                public void taken(long events) {
                    progress.step(events);
                }
            });
            store.finish();
            print(store, lost, notes);
        }
        return lost.isEmpty() ? 0 : StoreTool.DAMAGED;
    }

    private void print(NewStore store, List<String> lost, List<String> notes) {
        if (output.isJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("storeId", store.storeId().toString());
            json.put("events", store.events());
            json.put("lost", lost);
            json.put("notes", notes);
            output.printJson(json);
            return;
        }
        notes.forEach(note -> output.print("note: %s", note));
        lost.forEach(loss -> output.print("lost: %s", loss));
        output.print("Salvaged to %s: %,d events, store %s", target, store.events(), store.storeId());
        output.print(lost.isEmpty() ? "Nothing is lost." : "%,d findings of something lost", lost.size());
    }
}

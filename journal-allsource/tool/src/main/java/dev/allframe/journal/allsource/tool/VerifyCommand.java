package dev.allframe.journal.allsource.tool;

import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.StoreVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code store verify}. */
@Command(name = "verify", mixinStandardHelpOptions = true, description = {
        "Reads every byte of a store and compares checksums, and each part with the others.", "",
        "Goes on behind damage with what can still be checked, and changes nothing."}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                "0:Everything is as it was written.", "1:Damage was found, and is listed.",
                "2:Wrong usage, or a directory that is no store.", "3:Unexpected failure."})
final class VerifyCommand implements Callable<Integer> {

    private static final int KIBIBYTE = 1024;

    @Parameters(paramLabel = "DIR", description = "The store's directory.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path directory;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws IOException {
        List<String> damage = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        try (ClosedStore store = StoreDirectory.read(directory, "verify");
                Progress progress = output.progress("verify", "KiB", segmentBytes(store) / KIBIBYTE)) {
            StoreVerifier.verify(store, new StoreVerifier.Report() {
                @Override
                public void damage(String what) {
                    damage.add(what);
                }

                @Override
                public void note(String what) {
                    notes.add(what);
                }

                @Override
                public void read(long bytes) {
                    progress.step(bytes / KIBIBYTE);
                }
            });
        }
        print(damage, notes);
        return damage.isEmpty() ? 0 : StoreTool.DAMAGED;
    }

    private void print(List<String> damage, List<String> notes) {
        if (output.isJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("good", damage.isEmpty());
            json.put("damage", damage);
            json.put("notes", notes);
            output.printJson(json);
            return;
        }
        notes.forEach(note -> output.print("note: %s", note));
        damage.forEach(found -> output.print("damage: %s", found));
        output.print(damage.isEmpty() ? "Everything is as it was written." : "%,d findings", damage.size());
    }

    private static long segmentBytes(ClosedStore store) throws IOException {
        long bytes = 0;
        if (Files.isDirectory(store.segmentDirectory())) {
            try (Stream<Path> files = Files.list(store.segmentDirectory())) {
                for (Path file : files.toList()) {
                    bytes += Files.size(file);
                }
            }
        }
        return bytes;
    }
}

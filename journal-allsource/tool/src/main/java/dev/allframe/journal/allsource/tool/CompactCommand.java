package dev.allframe.journal.allsource.tool;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.AllSourceConfig;
import dev.allframe.journal.allsource.engine.EngineBackend;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.engine.upkeep.CompactionReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code store compact}. */
@Command(name = "compact", mixinStandardHelpOptions = true, description = {
        "Merges small segments of a store and removes what is deleted from the rest, until nothing is left to do.", "",
        "The log is sealed first. A store does by itself what pays; this does the rest. May be interrupted at any time: what is not finished changes nothing. A segment that is damaged is left alone and told, the others are compacted."})
final class CompactCommand implements Callable<Integer> {

    private static final int REDRAW_MILLIS = 200;

    @Parameters(paramLabel = "DIR", description = "The store's directory.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path directory;

    @Mixin
    private final Output output = new Output();

    /**
     * What the sealed part of a store takes.
     *
     * @param segments how many
     * @param rows of all segments
     * @param bytes of all files in the directory of segments
     */
    private record Size(int segments, long rows, long bytes) {

        static Size of(Path directory) throws IOException {
            Manifest manifest = ClosedStore.manifest(StoreDirectory.DISK, directory,
                    ClosedStore.storeId(StoreDirectory.DISK, directory));
            long rows = manifest.segments().stream().mapToLong(SegmentMeta::rows).sum();
            return new Size(manifest.segments().size(), rows, bytes(directory.resolve("segments")));
        }

        private static long bytes(Path files) throws IOException {
            long bytes = 0;
            try (Stream<Path> all = Files.list(files)) {
                for (Path file : all.toList()) {
                    bytes += Files.size(file);
                }
            }
            return bytes;
        }
    }

    @Override
    public Integer call() throws IOException {
        StoreDirectory.refuseIfNoStore(directory);
        StoreDirectory.refuseReadOnly(directory);
        Size before;
        try (ClosedStore locked = StoreDirectory.lock(directory, "compact")) {
            // says more of an owner than opening does
            before = Size.of(locked.directory());
        }
        try (EngineBackend store = (EngineBackend) AllSourceBackend.withConfig(AllSourceConfig.in(directory),
                "store compact")) {
            RuntimeException notSealed = failureOf(store.flush().toCompletableFuture());
            compact(store, before.rows);
            if (notSealed != null) {
                throw notSealed; // such as a damaged segment; the others are compacted
            }
        }
        Size after = Size.of(directory); // when closed: files of segments go with their last reader
        print(before, after);
        return 0;
    }

    private void compact(EngineBackend store, long rows) {
        CompletableFuture<CompactionReport> compaction = store.compact().toCompletableFuture();
        try (Progress progress = output.progress("compact", "events", rows)) {
            long shown = 0;
            while (!compaction.isDone()) {
                compaction.handle((report, failure) -> true)
                        .completeOnTimeout(false, REDRAW_MILLIS, TimeUnit.MILLISECONDS)
                        .join();
                long seen = store.compactedRows();
                progress.step(seen - shown);
                shown = seen;
            }
            RuntimeException failure = failureOf(compaction);
            if (failure != null) {
                throw failure;
            }
        }
    }

    private static @Nullable RuntimeException failureOf(CompletableFuture<?> stage) {
        try {
            stage.join();
            return null;
        } catch (CompletionException failed) {
            return failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    private void print(Size before, Size after) {
        if (output.isJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("segmentsBefore", before.segments);
            json.put("segmentsAfter", after.segments);
            json.put("segmentBytesBefore", before.bytes);
            json.put("segmentBytesAfter", after.bytes);
            json.put("sealedEventsBefore", before.rows);
            json.put("sealedEventsAfter", after.rows);
            output.printJson(json);
            return;
        }
        output.print("before %,8d segments %,16d bytes %,14d events sealed", before.segments, before.bytes,
                before.rows);
        output.print("after  %,8d segments %,16d bytes %,14d events sealed", after.segments, after.bytes, after.rows);
        if (before.equals(after)) {
            output.print("There was nothing to do.");
        }
    }
}

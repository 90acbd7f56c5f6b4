package dev.allframe.journal.allsource.tool;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.StoredContents;
import dev.allframe.journal.allsource.engine.index.StateCounters;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.views.StoredView;
import dev.allframe.store.StoreLockedException;
import dev.allframe.store.StoredType;
import dev.allframe.store.view.Replacement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code store inspect}. */
@Command(name = "inspect", mixinStandardHelpOptions = true, description = {
        "Shows what a store consists of: identity, log, segments, views, counters, types.", "",
        "Of a store that is open elsewhere it says who has it, and shows it as it is at this moment."})
final class InspectCommand implements Callable<Integer> {

    private static final int FORMAT_VERSION = 1;
    private static final String LOG_SUFFIX = ".wal";

    @Parameters(paramLabel = "DIR", description = "The store's directory.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path directory;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws IOException {
        StoreDirectory.refuseIfNoStore(directory);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("directory", StoreDirectory.DISK.real(directory).toString());
        try (ClosedStore store = ClosedStore.lock(StoreDirectory.DISK, directory, "store inspect")) {
            files(facts);
            facts.put("open", false);
            contents(store, facts);
        } catch (StoreLockedException held) {
            files(facts);
            facts.put("open", true);
            facts.put("owner", Failures.message(held));
            try (ClosedStore store = ClosedStore.beside(StoreDirectory.DISK, directory, "store inspect")) {
                contents(store, facts);
            }
        }
        if (output.isJson()) {
            output.printJson(facts);
        } else {
            print(facts);
        }
        return 0;
    }

    private void files(Map<String, Object> facts) throws IOException {
        Disk disk = StoreDirectory.DISK;
        UUID storeId = ClosedStore.storeId(disk, directory);
        Manifest manifest = ClosedStore.manifest(disk, directory, storeId);
        facts.put("storeId", storeId.toString());
        facts.put("formatVersion", FORMAT_VERSION);
        facts.put("sealedLsn", manifest.sealedLsn());
        facts.put("nextSegmentId", manifest.nextSegmentId());
        facts.put("log", logSegments());
        facts.put("segments", manifest.segments().stream().map(this::segment).toList());
        facts.put("stateBytes", bytesBelow(directory.resolve("state")));
        facts.put("indexBytes", bytesBelow(directory.resolve("index")));
        facts.put("views", StoredView.list(directory).stream().map(InspectCommand::view).toList());
    }

    private List<Map<String, Object>> logSegments() throws IOException {
        List<Path> files = StoreDirectory.DISK.list(directory.resolve("log"))
                .stream()
                .filter(file -> file.toString().endsWith(LOG_SUFFIX))
                .toList();
        List<Map<String, Object>> segments = new ArrayList<>();
        for (Path file : files) {
            Map<String, Object> segment = new LinkedHashMap<>();
            String name = file.getFileName().toString();
            segment.put("file", "log/" + name);
            segment.put("firstLsn", Long.parseLong(name.substring(0, name.length() - LOG_SUFFIX.length())));
            segment.put("bytes", bytes(file));
            segments.add(segment);
        }
        return segments;
    }

    private Map<String, Object> segment(SegmentMeta meta) {
        Disk disk = StoreDirectory.DISK;
        Path segments = directory.resolve("segments");
        Map<String, Object> segment = new LinkedHashMap<>();
        segment.put("id", meta.id());
        segment.put("firstPosition", meta.firstPosition());
        segment.put("lastPosition", meta.lastPosition());
        segment.put("rows", meta.rows());
        segment.put("firstTime", meta.minTimestamp().toString());
        segment.put("lastTime", meta.maxTimestamp().toString());
        segment.put("rowFileBytes", bytes(SegmentFile.ROWS.find(disk, segments, meta.id())));
        segment.put("parquetBytes", bytes(SegmentFile.PARQUET.find(disk, segments, meta.id())));
        return segment;
    }

    private static Map<String, Object> view(StoredView stored) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("name", stored.name());
        stored.served().ifPresent(number -> view.put("served", number));
        view.put("generations", stored.generations().stream().map(InspectCommand::generation).toList());
        if (!stored.setAside().isEmpty()) {
            view.put("setAside", stored.setAside());
            view.put("setAsideBytes", stored.setAsideBytes());
        }
        if (stored.damage() != null) {
            view.put("damage", stored.damage());
        }
        return view;
    }

    private static Map<String, Object> generation(StoredView.StoredGeneration stored) {
        Map<String, Object> generation = new LinkedHashMap<>();
        generation.put("number", stored.number());
        generation.put("bytes", stored.bytes());
        Replacement replaced = stored.replaced();
        if (replaced != null) {
            generation.put("codeVersion", replaced.version());
            generation.put("replacedAt", replaced.at().toString());
            generation.put("keptUntil", replaced.keptUntil().toString());
        }
        return generation;
    }

    /** The length of a file, 0 where it is not there. */
    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException goneMeanwhile) {
            return 0;
        }
    }

    private static long bytesBelow(Path directory) throws IOException {
        long bytes = 0;
        try {
            for (Path file : StoreDirectory.DISK.list(directory)) {
                bytes += bytes(file);
            }
        } catch (NoSuchFileException goneMeanwhile) {
            return bytes;
        }
        return bytes;
    }

    private static void contents(ClosedStore store, Map<String, Object> facts) {
        try (StoredContents contents = StoredContents.of(store)) {
            StateCounters counters = contents.state().counters();
            facts.put("lastLsn", contents.log().numbers().lastLsn());
            facts.put("logEnd", contents.log().end() != null && contents.log().end().torn() ? "torn" : "whole");
            facts.put("lastPosition", contents.lastPosition());
            facts.put("events", contents.eventCount());
            facts.put("deletedEvents", counters.deletedEvents());
            facts.put("snapshots", counters.snapshots());
            facts.put("durableStates", counters.liveStates());
            facts.put("lastChange", counters.lastChange());
            facts.put("types", contents.state().types().stream().map(InspectCommand::type).toList());
        }
    }

    private static Map<String, Object> type(StoredType type) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("entityType", type.entityType());
        json.put("eventType", type.eventType());
        json.put("version", type.version());
        return json;
    }

    private void print(Map<String, Object> facts) {
        facts.forEach((name, value) -> {
            if (value instanceof List<?> entries) {
                output.print("%-14s %,16d", name, entries.size());
                entries.forEach(entry -> output.print("  %s", entry));
            } else if (value instanceof Number number) {
                output.print("%-14s %,16d", name, number.longValue());
            } else {
                output.print("%-14s %s", name, value);
            }
        });
    }
}

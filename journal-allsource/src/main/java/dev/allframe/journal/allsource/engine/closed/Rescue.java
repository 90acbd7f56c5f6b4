package dev.allframe.journal.allsource.engine.closed;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.index.AppliedEntry;
import dev.allframe.journal.allsource.engine.index.StateChanges;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.index.Table;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.engine.segment.SegmentRescue;
import dev.allframe.journal.allsource.engine.wal.LogRescue;
import dev.allframe.journal.allsource.engine.wal.WalConsumer;
import dev.allframe.journal.allsource.tables.MemoryKeyValues;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes a new store with everything that can be read of a damaged one, and tells what cannot. The damaged one is not
 * changed.
 *
 * <h2>Rules</h2>
 * <ul>
 * <li>What is taken comes from bytes that have their checksum.
 * <li>A stream is cut at its first gap: no reader of a stream, and no aggregate, may be given events that do not follow
 * each other. Snapshots behind the cut go with it.
 * <li>Events keep their order and their sequence numbers, and get positions anew, from 1: those of lost events would
 * otherwise count as stored.
 * <li>Where the state is lost, what the log still has of it is applied. A stream may begin with any number then, as its
 * first events may have been deleted.
 * <li>Where the manifest is lost, every segment file is read; rows that stand in several of them are taken once.
 * </ul>
 *
 * <p>Holds the events of the log in memory, one segment at a time, and a number for each stream. For one thread, once.
 */
public final class Rescue {

    private static final int PAGE = 1000;

    /** Told of what is found. */
    public interface Report {

        /** Something is not in the new store; says what, and where it stood. */
        void lost(String what);

        /** Something is damaged or missing and has cost nothing. */
        void note(String what);

        /** So many more events were taken. */
        void taken(long events);
    }

    private final Disk disk;
    private final ClosedStore source;
    private final NewStore target;
    private final Report report;
    private final UUID storeId;
    private final @Nullable Manifest manifest;
    private final StateStore state;
    private final boolean stateIsThere;
    private final TreeMap<Long, StoredEvent> ofLog = new TreeMap<>();
    private final RescuedStreams streams;
    private boolean eventsAreLost;

    private Rescue(Disk disk, ClosedStore source, NewStore target, Report report) {
        this.disk = disk;
        this.source = source;
        this.target = target;
        this.report = report;
        this.storeId = identity();
        this.manifest = manifest();
        StateStore readable = readableState();
        this.stateIsThere = readable != null;
        this.state = readable != null
                ? readable
                : StateStore.open(MemoryKeyValues.open(Table.STATE), storeId.toString());
        this.streams = new RescuedStreams(storeId.toString(), state, stateIsThere, target, report);
    }

    /**
     * Whether anything in a directory may be rescued.
     *
     * @param directory any, also one that is missing
     */
    public static boolean isWorthTrying(Disk disk, Path directory) {
        return ClosedStore.isStore(disk, directory) || disk.exists(directory.resolve(StoreLayout.MANIFEST))
                || disk.exists(directory.resolve(StoreLayout.LOG));
    }

    /**
     * Takes what can be taken. The new store is not finished by this.
     *
     * @throws CorruptStoreException if not even the id of the store can be read anywhere
     * @throws StoreFailedException if the new store cannot be written
     */
    public static void run(Disk disk, ClosedStore source, NewStore target, Report report) {
        Rescue rescue = new Rescue(disk, source, target, report);
        try (rescue.state) {
            rescue.takeAll();
        }
    }

    private interface Reading<T> {

        T read() throws IOException;
    }

    /** What a part gives; null where it cannot be read, which is told. */
    private <T> @Nullable T attempt(Reading<T> reading, String consequence) {
        try {
            return reading.read();
        } catch (IOException | EventStoreException unreadable) {
            report.lost(words(unreadable) + "; " + consequence);
            return null;
        }
    }

    private static String words(Exception failed) {
        return failed instanceof IOException
                ? failed.getClass().getSimpleName() + " " + Failures.message(failed)
                : Failures.message(failed);
    }

    private UUID identity() {
        try {
            return source.storeId();
        } catch (IOException | EventStoreException unreadable) {
            UUID found = identityElsewhere();
            report.note(words(unreadable) + "; manifest or log say that it is store " + found);
            return found;
        }
    }

    private UUID identityElsewhere() {
        try {
            Optional<UUID> owner = Manifest.owner(disk, source.directory());
            if (owner.isPresent()) {
                return owner.get();
            }
        } catch (IOException | EventStoreException unreadable) {
            report.note(words(unreadable));
        }
        try {
            return LogRescue.owner(disk, source.logDirectory())
                    .orElseThrow(() -> new CorruptStoreException("directory=" + source.directory()
                            + ": neither the file STORE nor manifest nor log say which store this is"));
        } catch (IOException failed) {
            throw new StoreFailedException("the log in " + source.logDirectory() + " cannot be read: "
                    + Failures.message(failed), failed);
        }
    }

    private @Nullable Manifest manifest() {
        String consequence = "every segment file is read instead, and segments of which no file is left are not missed";
        Manifest read = attempt(
                () -> ClosedStore.manifest(disk, source.directory(), storeId), consequence);
        return read;
    }

    private @Nullable StateStore readableState() {
        String consequence = "snapshots, durable states and deletes are lost but for those in the log";
        return attempt(() -> {
            StateStore opened = source.state(storeId);
            try {
                opened.verify();
                return opened;
            } catch (RuntimeException damaged) {
                opened.close();
                throw damaged;
            }
        }, consequence);
    }

    private void takeAll() {
        readLog();
        takeEvents();
        takeDeletes();
        takeSnapshots();
        takeStates();
        streams.tellCuts();
        compareWithIndex();
    }

    // ---- the log

    private void readLog() {
        long sealed = manifest == null ? 0 : manifest.sealedLsn();
        long applied = stateIsThere ? state.appliedLsn() : 0;
        FromLog entries = new FromLog(applied);
        boolean fromBeginning = manifest == null || !stateIsThere;
        LogRescue.Found found = attempt(() -> LogRescue.read(disk, source.logDirectory(), storeId,
                fromBeginning ? firstLsn() - 1 : Math.min(sealed, applied), entries), "the log is lost");
        entries.applyAll();
        if (found == null) {
            eventsAreLost = true;
            return;
        }
        found.gaps().forEach(gap -> tell(gap, sealed, applied));
        long known = Math.max(sealed, applied);
        if (found.lastLsn() < known) {
            eventsAreLost = true;
            report.lost("the log ends with entry " + found.lastLsn() + ", and had entries up to " + known
                    + " at least; what came behind is lost");
        }
    }

    /** The number with which the log begins; what stood before it stands in segments and state. */
    private long firstLsn() throws IOException {
        for (Path file : disk.list(source.logDirectory())) {
            Matcher name = Pattern.compile("(0[0-9]{19})\\.wal").matcher(file.getFileName().toString());
            if (name.matches()) {
                return Long.parseLong(name.group(1));
            }
        }
        return 1;
    }

    private void tell(LogRescue.Gap gap, long sealed, long applied) {
        String what = "file=" + gap.file() + " offset=" + gap.offset() + ": " + gap.why();
        if (gap.firstLsn() == 0) {
            report.note(what);
            return;
        }
        String entries = gap.lastLsn() == Long.MAX_VALUE
                ? "entries from " + gap.firstLsn() + " on"
                : gap.lastLsn() == gap.firstLsn()
                        ? "entry " + gap.firstLsn()
                        : "entries " + gap.firstLsn() + " to " + gap.lastLsn();
        if (gap.lastLsn() <= Math.min(sealed, applied)) {
            report.note(what + "; " + entries + " of the log stand in segments and state");
            return;
        }
        eventsAreLost |= gap.lastLsn() > sealed;
        report.lost(what + "; lost: " + entries + " of the log"
                + (gap.lastLsn() <= sealed ? ", of which events stand in segments" : ""));
    }

    /** Takes what the log has. The state is given its entries with numbers that have no gap. */
    private final class FromLog implements WalConsumer {

        private final long appliedBefore;
        private final List<AppliedEntry> entries = new ArrayList<>();
        private long number;

        FromLog(long appliedBefore) {
            this.appliedBefore = appliedBefore;
            this.number = appliedBefore;
        }

        @Override
        public void entry(long lsn, LogEntry entry, int bytes) {
            if (lsn > appliedBefore) {
                entries.add(new AppliedEntry(++number, entry));
                if (entries.size() == PAGE) {
                    applyAll();
                }
            }
            if (entry instanceof LogEntry.EventsAppended events) {
                events.events(storeId.toString()).forEach(event -> ofLog.put(event.position().index(), event));
            }
        }

        void applyAll() {
            state.apply(entries);
            entries.clear();
        }
    }

    // ---- events

    private void takeEvents() {
        for (SegmentGroup group : manifest == null
                ? SegmentGroup.ofFiles(disk, source.segmentDirectory(), storeId, idsOfFiles())
                : SegmentGroup.ofManifest(manifest)) {
            TreeMap<Long, StoredEvent> events = new TreeMap<>(ofLog.headMap(group.lastPosition(), true));
            ofLog.headMap(group.lastPosition(), true).clear();
            for (long id : group.ids()) {
                SegmentMeta meta = manifest == null ? null : ofManifest(manifest, id);
                SegmentRescue.Found found = SegmentRescue.read(disk, source.segmentDirectory(), storeId, id, meta);
                found.events().forEach(event -> addOnce(events, event));
                tell(found, meta != null && hasAll(events, meta));
            }
            events.values().forEach(streams::take);
        }
        ofLog.values().forEach(streams::take);
        ofLog.clear();
    }

    private static SegmentMeta ofManifest(Manifest manifest, long id) {
        return manifest.segments().stream().filter(segment -> segment.id() == id).findFirst().orElseThrow();
    }

    /** Whether there is an event at each position of a segment. */
    private static boolean hasAll(NavigableMap<Long, StoredEvent> events, SegmentMeta meta) {
        return events.subMap(meta.firstPosition(), true, meta.lastPosition(), true).size() == meta.lastPosition()
                - meta.firstPosition() + 1;
    }

    private void tell(SegmentRescue.Found found, boolean restIsInLog) {
        found.notes().forEach(report::note);
        if (restIsInLog) {
            found.lost().forEach(lost -> report.note(lost + "; the log has them"));
        } else {
            found.lost().forEach(report::lost);
            eventsAreLost |= !found.lost().isEmpty();
        }
    }

    private void addOnce(Map<Long, StoredEvent> events, StoredEvent event) {
        StoredEvent other = events.putIfAbsent(event.position().index(), event);
        if (other != null && !other.equals(event)) {
            eventsAreLost = true;
            report.lost("two events have position " + event.position().index() + ": stream=" + other.stream()
                    + " sequenceNr=" + other.sequenceNr() + " is kept, stream=" + event.stream() + " sequenceNr="
                    + event.sequenceNr() + " is lost");
        }
    }

    private Set<Long> idsOfFiles() {
        Set<Long> ids = new TreeSet<>();
        attempt(() -> {
            for (Path file : disk.list(source.segmentDirectory())) {
                SegmentFile.named(file).filter(name -> !name.temporary()).ifPresent(name -> ids.add(name.segmentId()));
            }
            return ids;
        }, "the segments are lost");
        return ids;
    }

    // ---- what is no event

    private void takeDeletes() {
        state.forEachDeleted(target::addDeleted);
        streams.tellBegins();
    }

    private void takeSnapshots() {
        state.forEachSnapshot(snapshot -> {
            boolean cut = streams.isCut(snapshot.stream()) || eventsAreLost;
            if (cut && snapshot.sequenceNr() > streams.version(snapshot.stream())) {
                report.lost("stream=" + snapshot.stream() + ": the snapshot of event " + snapshot.sequenceNr()
                        + ", as the stream ends with event " + streams.version(snapshot.stream()));
            } else {
                target.add(snapshot);
            }
        });
    }

    private void takeStates() {
        long after = 0;
        boolean atEnd = false;
        while (!atEnd) {
            StateChanges page = state.changesAfter(after, PAGE);
            page.changes().forEach(target::add);
            atEnd = page.atEnd() || page.changes().isEmpty();
            after = atEnd ? after : page.changes().getLast().position().index();
        }
    }

    private void compareWithIndex() {
        if (!disk.exists(source.directory().resolve(StoreLayout.INDEX))) {
            return;
        }
        try (StreamIndex index = source.index(storeId)) {
            index.verify();
            List<StreamId> page = index.streams(null, PAGE);
            while (!page.isEmpty()) {
                page.forEach(stream -> streams.compare(stream, index.version(stream)));
                page = index.streams(page.getLast(), PAGE);
            }
        } catch (EventStoreException unreadable) {
            report.note(words(unreadable) + "; streams are not compared with the index, which is computed anew");
        }
    }
}

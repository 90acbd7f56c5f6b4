package dev.allframe.journal.allsource.engine.write;

import dev.allframe.journal.allsource.engine.log.EntryTooLongException;
import dev.allframe.journal.allsource.engine.log.Group;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.upkeep.Sealer;
import dev.allframe.store.Append;
import dev.allframe.store.AppendTooLargeException;
import dev.allframe.store.DurableState;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordTooLargeException;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides what entry a request becomes, against what the store will hold when everything before it is durable, and puts
 * it into the group. What it refuses, it refuses by an exception, and the group is as before. Here numbers and times
 * are given; whatever comes behind takes them from the entry. For the partition's thread.
 */
final class Admission {

    private final String storeId;
    private final int maxRecordBytes;
    private final int maxPayloadBytes;
    private final Clock clock;
    private final Speculation speculation;
    private final Group group;
    private final Sealer sealer;

    Admission(WriteParts parts, Speculation speculation, Group group, Sealer sealer) {
        this.storeId = parts.storeId();
        this.maxRecordBytes = parts.limits().recordBytes();
        this.maxPayloadBytes = parts.limits().entryBytes();
        this.clock = parts.clock();
        this.speculation = speculation;
        this.group = group;
        this.sealer = sealer;
    }

    /** The entry of an append. */
    LogEntry.EventsAppended append(Append append) {
        long version = speculation.version(append.stream());
        if (!append.expected().accepts(version)) {
            throw new VersionConflictException(append.stream(), append.expected(), version);
        }
        checkSizes(append);
        return add(new LogEntry.EventsAppended(append.stream(), append.writer(), version + 1,
                speculation.numbers().nextPosition(), append.records()));
    }

    /** The entry of a delete of events; null where there is nothing to delete. */
    LogEntry.@Nullable EventsDeleted delete(StreamId stream, long toSequenceNr) {
        long to = Math.min(toSequenceNr, speculation.version(stream));
        return to <= 0 ? null : add(new LogEntry.EventsDeleted(stream, to));
    }

    /** The entry of a snapshot. */
    LogEntry.SnapshotSaved save(Snapshot snapshot) {
        checkSize(snapshot.stream(), snapshot.payload());
        checkSize(snapshot.stream(), snapshot.metadata());
        return add(new LogEntry.SnapshotSaved(snapshot));
    }

    /** The entry of a delete of snapshots; null where none can be meant. */
    LogEntry.@Nullable SnapshotsDeleted delete(StreamId stream, SnapshotCriteria criteria) {
        if (criteria.maxSequenceNr() < 0) { // no snapshot has such a number
            return null;
        }
        return add(new LogEntry.SnapshotsDeleted(stream, Math.max(criteria.minSequenceNr(), 0),
                criteria.maxSequenceNr(), firstMillisNotBefore(criteria.minTimestamp()),
                lastMillisNotAfter(criteria.maxTimestamp())));
    }

    /** The entry of a change of a durable state; a delete keeps the tag. */
    LogEntry.StateChanged change(StreamId id, long revision, @Nullable Payload payload, String tag) {
        DurableState last = speculation.state(id);
        long current = last == null ? 0 : last.revision();
        if (revision != current + 1) {
            throw new VersionConflictException(id, ExpectedVersion.exactly(Math.max(revision - 1, 0)), current);
        }
        checkSize(id, payload);
        String kept = payload == null ? (last == null ? "" : last.tag()) : tag;
        Position position = new Position(storeId, 0, 0, speculation.numbers().nextChange());
        return add(new LogEntry.StateChanged(new DurableState(id, revision, position,
                Instant.ofEpochMilli(clock.millis()), payload, kept)));
    }

    private <E extends LogEntry> E add(E entry) {
        sealer.refuseWhereFull();
        try {
            group.add(entry);
        } catch (EntryTooLongException tooLong) {
            throw tooLong(entry, tooLong);
        }
        speculation.add(entry);
        return entry;
    }

    private static RuntimeException tooLong(LogEntry entry, EntryTooLongException tooLong) {
        return switch (entry) {
            case LogEntry.EventsAppended events -> new AppendTooLargeException(events.stream(),
                    events.records().size(), tooLong.bytes(), tooLong.limitBytes());
            case LogEntry.SnapshotSaved saved -> tooLarge(saved.snapshot().stream(), tooLong);
            case LogEntry.StateChanged changed -> tooLarge(changed.state().id(), tooLong);
            case LogEntry.EventsDeleted deleted -> tooLarge(deleted.stream(), tooLong);
            case LogEntry.SnapshotsDeleted deleted -> tooLarge(deleted.stream(), tooLong);
        };
    }

    private static RecordTooLargeException tooLarge(StreamId stream, EntryTooLongException tooLong) {
        return new RecordTooLargeException(stream, tooLong.bytes(), tooLong.limitBytes());
    }

    private void checkSizes(Append append) {
        long largest = append.largestRecordBytes();
        if (largest > maxRecordBytes) {
            throw new RecordTooLargeException(append.stream(), largest, maxRecordBytes);
        }
        int count = append.records().size();
        if (count * largest > maxPayloadBytes) { // else adding up is not worth it
            long bytes = append.recordBytes();
            if (bytes > maxPayloadBytes) { // so that it is not copied first
                throw new AppendTooLargeException(append.stream(), count, bytes, maxPayloadBytes);
            }
        }
    }

    /** What has no limit of its own is limited by the log. */
    private void checkSize(StreamId id, @Nullable Payload payload) {
        if (payload != null && payload.bytes().length > maxPayloadBytes) {
            throw new RecordTooLargeException(id, payload.bytes().length, maxPayloadBytes);
        }
    }

    private static long firstMillisNotBefore(Instant time) {
        long millis = lastMillisNotAfter(time);
        boolean between = millis != Long.MIN_VALUE && millis != Long.MAX_VALUE
                && Instant.ofEpochMilli(millis).isBefore(time);
        return between ? millis + 1 : millis;
    }

    /** As near as a long can say: an instant may be further away. */
    private static long lastMillisNotAfter(Instant time) {
        long seconds = time.getEpochSecond();
        if (seconds <= Long.MIN_VALUE / 1000) {
            return Long.MIN_VALUE;
        }
        return seconds >= Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : time.toEpochMilli();
    }
}

package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.EntryCodec;
import dev.allframe.journal.allsource.engine.log.Group;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsAppended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * A log on a simulated disk, with a ledger of what it was given and what it has promised. Everything runs on the
 * calling thread.
 */
final class LogRun {

    static final Path DIRECTORY = Path.of("/store/log");
    static final UUID STORE = UUID.fromString("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
    /** In the place of a mark's entry, which it has none of. */
    static final byte[] MARK = {6};
    static final WalConfig SMALL = WalConfig.defaults().withSegmentBytes(2_048).withMaxRecordBytes(1 << 20);

    /**
     * What a test may replace by something broken.
     *
     * @param disk around the simulated disk
     * @param tornEnd in place of the true one
     * @param consumer around the true one
     */
    record Parts(UnaryOperator<Disk> disk, TornEnd tornEnd, UnaryOperator<WalConsumer> consumer) {

        static final Parts SOUND = new Parts(disk -> disk, TornEnd.UNLESS_A_RECORD_PROVES_IT_FORCED, all -> all);

        WalLog open(Disk simulated, WalConfig config, long afterLsn, WalConsumer entries) throws IOException {
            return WalLog.open(disk.apply(simulated), DIRECTORY, STORE, config, afterLsn, consumer.apply(entries),
                    new WalLog.Surroundings(Runnable::run, InstantSource.fixed(Instant.EPOCH), tornEnd));
        }
    }

    /** At this boundary of the disk, everything up to a number was promised to last. */
    private record Promise(int boundary, long lsn) {}

    final SimulatedDisk disk;
    private final WalConfig config;
    private final Parts parts;
    private final List<byte[]> given = new ArrayList<>();
    private final List<Promise> promises = new ArrayList<>();
    private final List<Promise> releases = new ArrayList<>();
    private long nextPosition = 1;
    private WalLog log;

    LogRun(SimulatedDisk disk, WalConfig config, Parts parts) throws IOException {
        this.disk = disk;
        this.config = config;
        this.parts = parts;
        log = parts.open(disk, config, 0, (lsn, entry, bytes) -> {});
    }

    /** Appends one entry of about so many bytes, different from every other. */
    void append(int bytes) throws IOException {
        LogEntry entry = event(nextPosition, bytes);
        given.add(encoded(entry));
        try {
            append(log, entry);
            nextPosition++;
        } catch (NoSpaceException nothingWritten) {
            given.removeLast();
            throw nothingWritten;
        }
    }

    /** Appends a group, and gives the number of its first entry. */
    static long append(WalLog log, LogEntry... entries) throws IOException {
        Group group = new Group(log.maxEntryBytes());
        for (LogEntry entry : entries) {
            group.add(entry);
        }
        return log.append(group);
    }

    static EventsAppended event(long position, int bytes) {
        byte[] payload = new byte[bytes];
        Arrays.fill(payload, (byte) position);
        return new EventsAppended(new StreamId("s|" + position), "w", 1, position,
                List.of(Envelope.of("e", 1, new Payload(1, "", payload), Set.of(), EventMetadata.at(Instant.EPOCH),
                        null)));
    }

    void append(int count, int bytes) throws IOException {
        for (int i = 0; i < count; i++) {
            append(bytes);
        }
    }

    void force() throws IOException {
        log.force();
        promise();
    }

    void idle() throws IOException {
        given.add(MARK);
        log.idle();
        if (log.numbers().lastLsn() < given.size()) {
            given.removeLast();
        }
    }

    void roll() throws IOException {
        log.roll();
        promise();
    }

    void release(long lsn) throws IOException {
        releases.add(new Promise(disk.boundary(), lsn));
        log.releaseTo(lsn);
    }

    void close() throws IOException {
        given.add(MARK);
        log.close();
        if (log.numbers().lastLsn() < given.size()) {
            given.removeLast();
        }
        promise();
    }

    void reopen() throws IOException {
        close();
        log = parts.open(disk, config, releasedAt(disk.boundary()), (lsn, entry, bytes) -> {});
    }

    private void promise() {
        promises.add(new Promise(disk.boundary(), log.numbers().lastLsn()));
    }

    WalLog log() {
        return log;
    }

    List<byte[]> given() {
        return given;
    }

    long promisedAt(int boundary) {
        return upTo(promises, boundary);
    }

    long releasedAt(int boundary) {
        return upTo(releases, boundary);
    }

    private static long upTo(List<Promise> promises, int boundary) {
        return promises.stream().filter(p -> p.boundary <= boundary).mapToLong(Promise::lsn).max().orElse(0);
    }

    static byte[] encoded(LogEntry entry) {
        ByteWriter out = new ByteWriter(64);
        EntryCodec.write(out, entry);
        return out.toByteArray();
    }
}

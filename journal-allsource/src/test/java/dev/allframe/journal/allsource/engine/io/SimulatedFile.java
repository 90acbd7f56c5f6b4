package dev.allframe.journal.allsource.engine.io;

import dev.allframe.journal.allsource.engine.io.DiskOperation.Truncate;
import dev.allframe.journal.allsource.engine.io.DiskOperation.Write;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Contents of one file of a {@link SimulatedDisk}: as read, as on the disk, and the writes between the two. Not
 * thread-safe.
 */
final class SimulatedFile {

    final int number;
    private final Pages seen;
    private final Pages durable;
    private final List<DiskOperation> pending = new ArrayList<>();
    private long changes;

    SimulatedFile(int number) {
        this(number, new Pages(), new Pages());
    }

    private SimulatedFile(int number, Pages seen, Pages durable) {
        this.number = number;
        this.seen = seen;
        this.durable = durable;
    }

    Pages seen() {
        return seen;
    }

    void write(Write write) {
        apply(seen, write);
        pending.add(write);
        changes++;
    }

    void truncate(Truncate truncate) {
        seen.truncate(truncate.length());
        pending.add(truncate);
        changes++;
    }

    /** How often it was written or truncated. */
    long changes() {
        return changes;
    }

    void force() {
        forceFirst(changes);
    }

    /** Forces so many of all its changes; the first of them may have been forced already. */
    void forceFirst(long count) {
        long forced = changes - pending.size();
        List<DiskOperation> first = pending.subList(0, (int) Math.max(0, count - forced));
        for (DiskOperation operation : first) {
            apply(durable, operation);
        }
        first.clear();
    }

    void failForce() {
        pending.clear();
    }

    void flip(long offset, int bit) {
        flip(seen, offset, bit);
        flip(durable, offset, bit);
    }

    private static void flip(Pages pages, long offset, int bit) {
        ByteBuffer one = ByteBuffer.allocate(1);
        if (pages.read(one, offset) == 1) {
            pages.write(offset, new byte[]{(byte) (one.get(0) ^ (1 << bit))}, 0, 1);
        }
    }

    SimulatedFile copy() {
        SimulatedFile copy = new SimulatedFile(number, seen.copy(), durable.copy());
        copy.pending.addAll(pending);
        copy.changes = changes;
        return copy;
    }

    /** The file after a power loss. */
    SimulatedFile crash(CrashMode mode, Random random) {
        Pages left = durable.copy();
        if (!pending.isEmpty()) {
            switch (mode) {
                case LOSE_ALL -> {
                }
                case KEEP_ALL -> pending.forEach(operation -> apply(left, operation));
                case TORN_512, TORN_4096 -> tear(left, mode.sectorBytes, random);
                case SUBSET_512, SUBSET_4096 -> keepSome(left, mode.sectorBytes, random);
            }
        }
        return new SimulatedFile(number, left, left.copy());
    }

    private void tear(Pages left, int sectorBytes, Random random) {
        int whole = random.nextInt(pending.size());
        for (DiskOperation operation : pending.subList(0, whole)) {
            apply(left, operation);
        }
        if (pending.get(whole) instanceof Write write) {
            long firstBorder = (write.offset() / sectorBytes + 1) * sectorBytes;
            int borders = (int) Math.max(0, (write.offset() + write.length() - 1) / sectorBytes
                    - write.offset() / sectorBytes);
            int kept = random.nextInt(borders + 1);
            if (kept > 0) {
                int count = (int) (firstBorder + (kept - 1L) * sectorBytes - write.offset());
                left.write(write.offset(), write.bytes(), 0, count);
            }
        }
    }

    private void keepSome(Pages left, int sectorBytes, Random random) {
        Map<Long, Integer> touches = new HashMap<>();
        for (DiskOperation operation : pending) {
            if (operation instanceof Write write) {
                for (long sector = write.offset() / sectorBytes; sector * sectorBytes < write.offset()
                        + write.length(); sector++) {
                    touches.merge(sector, 1, Integer::sum);
                }
            }
        }
        Map<Long, Integer> cuts = new HashMap<>();
        touches.forEach((sector, count) -> cuts.put(sector, random.nextInt(count + 1)));
        for (DiskOperation operation : pending) {
            if (operation instanceof Write write) {
                keepSectors(left, write, sectorBytes, cuts);
            } else if (random.nextBoolean()) {
                apply(left, operation);
            }
        }
    }

    /** Applies a write to those of its sectors that have writes left to be kept. */
    private static void keepSectors(Pages left, Write write, int sectorBytes, Map<Long, Integer> cuts) {
        long end = write.offset() + write.length();
        for (long at = write.offset(); at < end;) {
            long sector = at / sectorBytes;
            int count = (int) (Math.min(end, (sector + 1) * sectorBytes) - at);
            int writesLeft = cuts.merge(sector, -1, Integer::sum);
            if (writesLeft >= 0) {
                left.write(at, write.bytes(), (int) (at - write.offset()), count);
            }
            at += count;
        }
    }

    private static void apply(Pages pages, DiskOperation operation) {
        switch (operation) {
            case Write write -> pages.write(write.offset(), write.bytes(), 0, write.length());
            case Truncate truncate -> pages.truncate(truncate.length());
            default -> throw new IllegalArgumentException("no change of contents: " + operation);
        }
    }
}

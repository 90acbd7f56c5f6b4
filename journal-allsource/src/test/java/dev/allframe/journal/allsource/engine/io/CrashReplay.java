package dev.allframe.journal.allsource.engine.io;

import java.util.List;
import java.util.Random;

/**
 * Goes through a recorded workload operation by operation; at each boundary the power may be lost in any way.
 *
 * <pre>
 * for (CrashReplay replay = new CrashReplay(disk); ; replay.next()) {
 *     SimulatedDisk left = replay.crash(mode, random);
 *     if (replay.atEnd()) break;
 * }
 * </pre>
 */
public final class CrashReplay {

    private final List<DiskOperation> operations;
    private final SimulatedDisk disk;
    private int boundary;

    public CrashReplay(SimulatedDisk recorded) {
        operations = recorded.recorded();
        disk = recorded.start();
    }

    /** How many operations were made. */
    public int boundary() {
        return boundary;
    }

    public boolean atEnd() {
        return boundary == operations.size();
    }

    /** Makes the next operation. */
    public void next() {
        disk.apply(operations.get(boundary++));
    }

    /** The disk after a power loss at this boundary. */
    public SimulatedDisk crash(CrashMode mode, Random random) {
        return disk.crash(mode, random);
    }

    /** Which operation was the last. */
    @Override
    public String toString() {
        return "after operation " + boundary + " of " + operations.size()
                + (boundary == 0 ? "" : ", " + operations.get(boundary - 1));
    }
}

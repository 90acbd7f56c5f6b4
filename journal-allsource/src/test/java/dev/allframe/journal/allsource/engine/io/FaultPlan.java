package dev.allframe.journal.allsource.engine.io;

import java.io.IOException;

/**
 * Which calls of a {@link SimulatedDisk} fail.
 *
 * @param firstCall the number of the first failing call, from 1; 0 for none
 * @param lastCall the number of the last failing call
 * @param kind how it fails
 */
public record FaultPlan(long firstCall, long lastCall, Kind kind) {

    public static final FaultPlan NONE = new FaultPlan(0, 0, Kind.IO_ERROR);

    /** How a call fails. A force that fails drops what was not forced, and a later force says that all is well. */
    public enum Kind {
        IO_ERROR, NO_SPACE,
        /** A write leaves its first half; another call fails as with {@link #IO_ERROR}. */
        SHORT_WRITE
    }

    public static FaultPlan once(long call, Kind kind) {
        return new FaultPlan(call, call, kind);
    }

    public static FaultPlan forever(long call, Kind kind) {
        return new FaultPlan(call, Long.MAX_VALUE, kind);
    }

    boolean hits(long call) {
        return firstCall > 0 && call >= firstCall && call <= lastCall;
    }

    IOException failure(long call) {
        return kind == Kind.NO_SPACE
                ? new NoSpaceException("planned at call " + call, new IOException("No space left on device"))
                : new IOException("planned at call " + call);
    }
}

package dev.allframe.benchmarks.baretransfer;

import dev.allframe.benchmarks.baretransfer.TransferEvent.Compensated;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Completed;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Parked;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Started;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Taken;
import dev.allframe.benchmarks.baretransfer.TransferEvent.TurnedBack;
import java.time.Instant;

/**
 * How far a transfer is.
 *
 * @param since when it began what it is at
 */
record TransferState(Phase phase, String from, String to, long amount, Instant since, String reason) {

    enum Phase {
        NEW, TAKING, PUTTING, PUTTING_BACK, COMPLETED, COMPENSATED, PARKED;

        boolean isEnd() {
            return this == COMPLETED || this == COMPENSATED || this == PARKED;
        }
    }

    static final TransferState NEW = new TransferState(Phase.NEW, "", "", 0, Instant.EPOCH, "");

    boolean is(String source, String target, long sum) {
        return from.equals(source) && to.equals(target) && amount == sum;
    }

    TransferState after(TransferEvent event) {
        return switch (event) {
            case Started(var source, var target, var sum, var at) ->
                new TransferState(Phase.TAKING, source, target, sum, at, "");
            case Taken(var at) -> in(Phase.PUTTING, at, "");
            case Completed(var at) -> in(Phase.COMPLETED, at, "");
            case TurnedBack(var at, var why) -> in(Phase.PUTTING_BACK, at, why);
            case Compensated(var at, var why) -> in(Phase.COMPENSATED, at, why);
            case Parked(var at, var why) -> in(Phase.PARKED, at, why);
        };
    }

    private TransferState in(Phase next, Instant at, String why) {
        return new TransferState(next, from, to, amount, at, why);
    }
}

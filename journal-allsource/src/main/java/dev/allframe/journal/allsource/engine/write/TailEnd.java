package dev.allframe.journal.allsource.engine.write;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.contents.Applier;
import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.log.GroupLog;
import dev.allframe.journal.allsource.engine.upkeep.Sealer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Ends the tail segment when it is full, old enough or asked for, and gives it to the sealer. For the partition's
 * thread.
 */
final class TailEnd {

    private static final Logger LOG = System.getLogger(TailEnd.class.getName());

    private final WriteParts parts;
    private final Contents contents;
    private final GroupLog log;
    private final Sealer sealer;
    private final Applier applier;
    private final WriteTrouble trouble;
    private final TailAge age;
    private volatile boolean isWhole;

    TailEnd(WriteParts parts, Sealer sealer, Applier applier, WriteTrouble trouble) {
        this.parts = parts;
        this.contents = parts.contents();
        this.log = parts.log();
        this.sealer = sealer;
        this.applier = applier;
        this.trouble = trouble;
        this.age = new TailAge(parts.limits().sealAfter());
    }

    /** How long the tail segment has waited. */
    TailAge age() {
        return age;
    }

    /** Ends it where it is full, or old enough. */
    void endWhereDue() {
        if (contents.tail().isFull(parts.limits().tail()) || age.isOver()) {
            end();
        }
    }

    /** Ends it, unless something is in trouble. Waits where too many are waiting to be sealed. */
    private void end() {
        if (trouble.tablesFull() != null) {
            return; // it is as old when they have found room
        }
        age.end();
        if (!trouble.isFailed()) {
            sealer.submit(contents.endTail(applier.lastLsn()));
            sealer.awaitRoom();
        }
    }

    /** Has everything that was applied in tail segments that have ended, or throws. */
    void endWhole() {
        trouble.refuse();
        if (applier.lastLsn() > contents.endedLsn()) {
            end();
        }
    }

    /**
     * As {@link #endWhole}, for a store that is closed, which does not wait for the sealer here, with the numbers that
     * the log has used for itself.
     *
     * @param frozen whether a copy under way needs the log
     */
    void endForGood(boolean frozen) {
        try {
            trouble.refuse();
            applier.passed(log.settle());
            applier.publish();
            if (applier.lastLsn() > contents.endedLsn()) {
                sealer.submit(contents.endTail(applier.lastLsn()));
            }
            isWhole = !frozen;
            if (frozen) {
                warn("its log stays, which a copy is made of");
            }
        } catch (IOException failed) {
            trouble.fail(failed);
            warn("its last events stay in the log: " + Failures.message(failed));
        } catch (RuntimeException refused) {
            warn("its last events stay in the log: " + Failures.message(refused));
        }
    }

    private void warn(String what) {
        LOG.log(Level.WARNING, "store " + parts.storeId() + " is closed and " + what);
    }

    /** Whether {@link #endForGood} has ended everything, and nobody needs the log. Asked from any thread. */
    boolean isWhole() {
        return isWhole;
    }
}

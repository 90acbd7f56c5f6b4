package dev.allframe.journal.allsource.engine.write;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.log.GroupLog;
import dev.allframe.journal.allsource.engine.upkeep.Sealer;
import dev.allframe.store.StoreFailedException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * Does what is asked of the writer besides changes, when the group that came with it is applied. For the partition's
 * thread.
 */
final class Upkeep {

    private final GroupLog log;
    private final Sealer sealer;
    private final WriteTrouble trouble;
    private final TailEnd tailEnd;
    /** Copies under way, for which the log is kept. */
    private int freezes;
    /** The log up to here is not needed by the store itself. */
    private long releasable;

    /** For one writer. */
    Upkeep(GroupLog log, Sealer sealer, WriteTrouble trouble, TailEnd tailEnd) {
        this.log = log;
        this.sealer = sealer;
        this.trouble = trouble;
        this.tailEnd = tailEnd;
    }

    void run(Request.Afterwards request, Answers answers) {
        try {
            switch (request) {
                case Request.Look<?> look -> look(look, answers);
                case Request.Seal seal -> {
                    tailEnd.endWhole();
                    sealer.whenSealed(seal.result());
                }
                case Request.Freeze<?> freeze -> freeze(freeze, answers);
                case Request.Thaw thaw -> {
                    freezes--;
                    release(thaw.result(), answers);
                }
                case Request.Release release -> {
                    releasable = Math.max(releasable, release.lsn());
                    release(release.result(), answers);
                }
                case Request.Stop stop -> {
                    if (stop.endsTail()) {
                        tailEnd.endForGood(freezes > 0);
                    }
                    answers.done(stop.result());
                }
            }
        } catch (RuntimeException | Error refused) {
            request.fail(answers, refused);
        }
    }

    private static <T> void look(Request.Look<T> look, Answers answers) {
        answers.succeed(look.result(), look.look().get());
    }

    /** Everything up to the last entry is applied, and in files of the log that change no more. */
    private <T> void freeze(Request.Freeze<T> freeze, Answers answers) {
        long lastLsn;
        try {
            tailEnd.endWhole();
            lastLsn = log.endFile();
        } catch (IOException failed) {
            trouble.fail(failed);
            throw trouble.failed();
        }
        try {
            answers.succeed(freeze.result(), freeze.taking().take(lastLsn));
            freezes++;
        } catch (IOException failed) {
            throw new StoreFailedException("a copy failed: " + Failures.message(failed), failed);
        }
    }

    private void release(CompletableFuture<Void> result, Answers answers) {
        try {
            if (freezes == 0) {
                log.releaseTo(releasable);
            }
            answers.done(result);
        } catch (IOException failed) {
            trouble.fail(failed);
            throw trouble.failed();
        }
    }
}

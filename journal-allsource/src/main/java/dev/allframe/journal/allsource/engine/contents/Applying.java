package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.wal.WalConsumer;

/** Applies what is read of a closed store's log, a part at a time. */
public final class Applying implements WalConsumer {

    private static final int AT_ONCE = 1000;

    private final Applier applier;

    public Applying(Applier applier) {
        this.applier = applier;
    }

    @Override
    public void entry(long lsn, LogEntry entry, int bytes) {
        applier.apply(lsn, entry, bytes);
        publishMany();
    }

    @Override
    public void mark(long lsn) {
        applier.passed(lsn);
        publishMany();
    }

    private void publishMany() {
        if (applier.unpublished() >= AT_ONCE) {
            applier.publish();
        }
    }
}

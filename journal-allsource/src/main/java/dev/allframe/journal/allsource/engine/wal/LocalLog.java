package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.engine.log.Group;
import dev.allframe.journal.allsource.engine.log.GroupLog;
import dev.allframe.store.StoreFullException;
import java.io.IOException;

/** Groups in the log of this machine's disk: durable when they are forced. */
public final class LocalLog implements GroupLog {

    private final WalLog log;

    /** Over an open log, which is closed with this. */
    public LocalLog(WalLog log) {
        this.log = log;
    }

    @Override
    public Group newGroup() {
        return new Group(log.maxEntryBytes());
    }

    @Override
    public Outcome commit(Group group) {
        try {
            long firstLsn = log.append(group);
            log.force();
            return new Outcome.Committed(firstLsn);
        } catch (NoSpaceException full) {
            return new Outcome.Refused(full(full));
        } catch (IOException failed) {
            return new Outcome.Unknown(failed);
        } catch (RuntimeException | Error unwritten) { // what is thrown while bytes are on their way is an IOException
            return new Outcome.Refused(unwritten);
        }
    }

    private static StoreFullException full(NoSpaceException full) {
        return new StoreFullException("the disk is full: " + Failures.message(full));
    }

    @Override
    public void idle() throws IOException {
        log.idle();
    }

    @Override
    public long endFile() throws IOException {
        log.roll();
        return log.numbers().lastLsn();
    }

    @Override
    public void releaseTo(long lsn) throws IOException {
        log.releaseTo(lsn);
    }

    @Override
    public long settle() throws IOException {
        log.force();
        return log.numbers().lastLsn();
    }

    @Override
    public void shrink(long lsn) throws IOException {
        log.shrink(lsn);
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
